// SPDX-License-Identifier: Apache-2.0
#pragma once

// A directory of the real disk as a MemoryTree, read with the plainest calls there are: what tests
// hold the library's own ways of reading against. A test program that includes this links
// umoci_tree.

#include <umoci/tree/memory_tree.hpp>
#include <umoci_test/temporary_directory.hpp>

#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <cerrno>
#include <climits>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <system_error>

namespace umoci::test {

/// All extended attributes of the object itself.
[[nodiscard]] inline tree::Xattrs read_xattrs(const std::filesystem::path& path) {
  std::string names(XATTR_LIST_MAX, '\0');
  const ssize_t names_bytes = ::llistxattr(path.c_str(), names.data(), names.size());
  if (names_bytes < 0) {
    if (errno == ENOTSUP) return {};
    throw std::system_error(errno, std::system_category(), "llistxattr " + path.string());
  }
  tree::Xattrs xattrs;
  for (std::size_t at = 0; at < static_cast<std::size_t>(names_bytes);) {
    const std::string name = names.c_str() + at;
    std::string value(XATTR_SIZE_MAX, '\0');
    const ssize_t bytes = ::lgetxattr(path.c_str(), name.c_str(), value.data(), value.size());
    if (bytes < 0) throw std::system_error(errno, std::system_category(), "lgetxattr " + name);
    value.resize(static_cast<std::size_t>(bytes));
    xattrs[name] = value;
    at += name.size() + 1;
  }
  return xattrs;
}

[[nodiscard]] inline tree::EntryType type_of(mode_t mode) {
  switch (mode & S_IFMT) {
    case S_IFDIR:
      return tree::EntryType::directory;
    case S_IFLNK:
      return tree::EntryType::symlink;
    case S_IFCHR:
      return tree::EntryType::char_device;
    case S_IFBLK:
      return tree::EntryType::block_device;
    case S_IFIFO:
      return tree::EntryType::fifo;
    case S_IFSOCK:
      return tree::EntryType::socket;
    default:
      return tree::EntryType::file;
  }
}

/// The object at `path`, as the entry named `name`.
[[nodiscard]] inline tree::Entry read_entry(const std::filesystem::path& path,
                                            std::string_view name) {
  struct stat info{};
  if (::lstat(path.c_str(), &info) != 0) {
    throw std::system_error(errno, std::system_category(), "lstat " + path.string());
  }
  tree::Entry entry;
  entry.path = tree::TreePath::clean(name);
  entry.type = type_of(info.st_mode);
  entry.mode = info.st_mode & 07777U;
  entry.uid = info.st_uid;
  entry.gid = info.st_gid;
  entry.size_bytes = static_cast<std::uint64_t>(info.st_size);
  entry.mtime = {.seconds = info.st_mtim.tv_sec,
                 .nanoseconds = static_cast<std::uint32_t>(info.st_mtim.tv_nsec)};
  entry.device = {.major = major(info.st_rdev), .minor = minor(info.st_rdev)};
  entry.link_count = info.st_nlink;
  entry.inode = {.device = info.st_dev, .inode = info.st_ino};
  entry.xattrs = read_xattrs(path);
  if (entry.type == tree::EntryType::symlink) {
    entry.link = std::filesystem::read_symlink(path).string();
  }
  return entry;
}

/// The tree at `root`, with an entry for the root itself.
[[nodiscard]] inline std::unique_ptr<tree::MemoryTree> read_tree(
    const std::filesystem::path& root) {
  auto tree = std::make_unique<tree::MemoryTree>();
  tree->put(read_entry(root, ""));
  for (const auto& found : std::filesystem::recursive_directory_iterator(root)) {
    const std::string name = found.path().lexically_relative(root).string();
    const tree::Entry entry = read_entry(found.path(), name);
    tree->put(entry, entry.type == tree::EntryType::file ? read_file(found.path()) : std::string());
  }
  return tree;
}

}  // namespace umoci::test
