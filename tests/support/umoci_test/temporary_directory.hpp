// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

namespace umoci::test {

/// A new directory below $TMPDIR (or /tmp) that vanishes with this object, whatever modes and names
/// the test left in it.
class TemporaryDirectory {
 public:
  TemporaryDirectory() {
    const char* parent = std::getenv("TMPDIR");
    std::string name =
        std::string(parent != nullptr && *parent != '\0' ? parent : "/tmp") + "/umoci-test-XXXXXX";
    if (::mkdtemp(name.data()) == nullptr) {
      throw std::system_error(errno, std::system_category(), "mkdtemp " + name);
    }
    path_ = name;
  }
  TemporaryDirectory(const TemporaryDirectory&) = delete;
  TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;
  ~TemporaryDirectory() {
    const int top = ::open(path_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    ::fchmod(top, 0700);
    // Each pass takes one level off every tree in here, so that none is too deep.
    while (remove_level(top)) {
    }
    ::close(top);
    ::rmdir(path_.c_str());
  }

  [[nodiscard]] const std::filesystem::path& path() const noexcept { return path_; }
  [[nodiscard]] std::filesystem::path operator/(std::string_view name) const {
    return path_ / name;
  }

 private:
  /// Calls fn(descriptor of the directory, name, is a directory) for each name in it.
  template <class Fn>
  static void for_each(int parent, const char* name, Fn fn) {
    const int fd = ::openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    DIR* directory = fd < 0 ? nullptr : ::fdopendir(fd);
    if (directory == nullptr) return;
    while (const dirent* entry = ::readdir(directory)) {
      const std::string_view child = entry->d_name;
      struct stat info{};
      if (child == "." || child == "..") continue;
      if (::fstatat(fd, entry->d_name, &info, AT_SYMLINK_NOFOLLOW) != 0) continue;
      // Even moving a directory takes the right to write into it.
      if (S_ISDIR(info.st_mode)) ::fchmodat(fd, entry->d_name, 0700, 0);
      fn(fd, entry->d_name, S_ISDIR(info.st_mode));
    }
    ::closedir(directory);
  }

  /// Removes what is no directory from `top` and from the directories in it, and the latter once
  /// their own directories have moved up. Returns false when there was nothing left to do.
  bool remove_level(int top) {
    bool progress = false;
    std::vector<std::string> children;
    for_each(top, ".", [&](int fd, const char* name, bool is_directory) {
      if (is_directory)
        children.emplace_back(name);
      else if (::unlinkat(fd, name, 0) == 0)
        progress = true;
    });
    for (const std::string& child : children) {
      for_each(top, child.c_str(), [&](int fd, const char* name, bool is_directory) {
        const std::string moved = ".removed-" + std::to_string(moved_++);
        const int result =
            is_directory ? ::renameat(fd, name, top, moved.c_str()) : ::unlinkat(fd, name, 0);
        if (result == 0) progress = true;
      });
      if (::unlinkat(top, child.c_str(), AT_REMOVEDIR) == 0) progress = true;
    }
    return progress;
  }

  std::filesystem::path path_;
  std::uint64_t moved_ = 0;
};

/// The content of a file.
[[nodiscard]] inline std::string read_file(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) throw std::system_error(ENOENT, std::generic_category(), "open " + path.string());
  return {std::istreambuf_iterator<char>(file), {}};
}

/// Creates or replaces a file.
inline void write_file(const std::filesystem::path& path, std::string_view content) {
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  file.write(content.data(), static_cast<std::streamsize>(content.size()));
  file.close();
  if (!file) throw std::system_error(EIO, std::generic_category(), "write " + path.string());
}

}  // namespace umoci::test
