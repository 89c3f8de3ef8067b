// SPDX-License-Identifier: Apache-2.0
#include <umoci/fs/directory_names.hpp>

#include <umoci/base/error.hpp>

#include <dirent.h>

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <memory>
#include <string_view>

namespace umoci::fs {
namespace {

constexpr std::size_t buffer_bytes = 32U << 10U;

void append_names(const char* records, std::size_t size_bytes, std::vector<DirectoryName>& names) {
  for (std::size_t position = 0; position < size_bytes;) {
    // The records are aligned for the kernel's type, whose layout this is.
    const auto* record = reinterpret_cast<const dirent64*>(records + position);
    position += record->d_reclen;
    const std::string_view name = record->d_name;
    if (name == "." || name == "..") continue;
    names.push_back({.name = std::string(name),
                     .may_be_directory = record->d_type == DT_DIR || record->d_type == DT_UNKNOWN});
  }
}

}  // namespace

std::vector<DirectoryName> read_names(int fd) {
  std::vector<DirectoryName> names;
  const auto buffer = std::make_unique_for_overwrite<char[]>(buffer_bytes);
  for (;;) {
    const ssize_t size_bytes = ::getdents64(fd, buffer.get(), buffer_bytes);
    if (size_bytes < 0) throw_errno("list directory");
    if (size_bytes == 0) break;
    append_names(buffer.get(), static_cast<std::size_t>(size_bytes), names);
  }
  std::sort(names.begin(), names.end(),
            [](const DirectoryName& a, const DirectoryName& b) { return a.name < b.name; });
  // A name that moves while it is listed may turn up twice.
  const auto same = [](const DirectoryName& a, const DirectoryName& b) { return a.name == b.name; };
  names.erase(std::unique(names.begin(), names.end(), same), names.end());
  return names;
}

}  // namespace umoci::fs
