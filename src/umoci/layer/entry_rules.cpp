// SPDX-License-Identifier: Apache-2.0
#include <umoci/layer/entry_rules.hpp>

#include <umoci/base/error.hpp>
#include <umoci/layer/whiteout.hpp>

#include <climits>
#include <string>
#include <string_view>

namespace umoci::layer {
namespace {

[[noreturn]] void refuse(const std::string& why) { throw Error(ErrorKind::invalid_data, why); }

void check_symlink(const tree::Entry& entry) {
  if (entry.link.empty()) refuse("symbolic link without a target");
  if (entry.link.size() >= PATH_MAX || entry.link.find('\0') != std::string::npos) {
    refuse("no symbolic link can have the target " + quoted(entry.link));
  }
}

void check_hard_link(const tree::Entry& entry) {
  const tree::TreePath existing = tree::TreePath::clean(entry.link);
  if (!existing.is_root() && existing != entry.path) return;
  refuse("hard link to " + quoted(entry.link) + ", which is " +
         (existing.is_root() ? "the root of the tree" : "the link itself"));
}

}  // namespace

void check_entry(const tree::Entry& entry) {
  if (entry.path.is_root()) {
    if (entry.type == tree::EntryType::directory) return;
    refuse("the root of the tree must be a directory, not a " + std::string(name_of(entry.type)));
  }
  // What else a whiteout's entry says does not count.
  if (whiteout_of(entry.path)) return;
  switch (entry.type) {
    case tree::EntryType::symlink:
      return check_symlink(entry);
    case tree::EntryType::hard_link:
      return check_hard_link(entry);
    case tree::EntryType::socket:
      refuse("no layer can hold a socket");
    case tree::EntryType::file:
    case tree::EntryType::directory:
    case tree::EntryType::char_device:
    case tree::EntryType::block_device:
    case tree::EntryType::fifo:
      return;
  }
  refuse("entry of unknown type");
}

}  // namespace umoci::layer
