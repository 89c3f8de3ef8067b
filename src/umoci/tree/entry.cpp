// SPDX-License-Identifier: Apache-2.0
#include <umoci/tree/entry.hpp>

namespace umoci::tree {

std::string_view name_of(EntryType type) {
  switch (type) {
    case EntryType::file:
      return "file";
    case EntryType::directory:
      return "directory";
    case EntryType::symlink:
      return "symlink";
    case EntryType::hard_link:
      return "hard link";
    case EntryType::char_device:
      return "character device";
    case EntryType::block_device:
      return "block device";
    case EntryType::fifo:
      return "fifo";
    case EntryType::socket:
      return "socket";
  }
  return "unknown";
}

}  // namespace umoci::tree
