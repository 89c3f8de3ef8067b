// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <umoci/fs/metadata.hpp>

#include <sys/stat.h>
#include <sys/types.h>

#include <span>
#include <string>
#include <string_view>

namespace umoci::fs {

/// "/proc/self/fd/7": what leads to the object behind a descriptor in calls that know paths only.
[[nodiscard]] std::string proc_path(int fd);

/// The system calls for metadata of one object, whichever way it was reached. Nothing is ever
/// opened or followed. The methods return what the calls do, with errno set. Borrows what it is
/// made of.
class Object {
 public:
  /// Behind a descriptor opened for reading or writing.
  [[nodiscard]] static Object opened(int fd) { return {Way::opened, fd, ""}; }
  /// Behind an O_PATH descriptor (or any other), links included.
  [[nodiscard]] static Object pinned(int fd) { return {Way::pinned, fd, ""}; }
  /// Whatever has this name in a directory.
  [[nodiscard]] static Object named(int directory, const std::string& name) {
    return {Way::named, directory, name.c_str()};
  }

  [[nodiscard]] int status(struct stat& out) const;
  [[nodiscard]] int change_owner(Owner owner) const;
  /// Fails with EOPNOTSUPP on links.
  [[nodiscard]] int change_mode(mode_t mode) const;
  [[nodiscard]] int change_times(std::span<const timespec, 2> times) const;

  [[nodiscard]] ssize_t list_xattrs(std::span<char> out) const;
  [[nodiscard]] ssize_t get_xattr(const std::string& name, std::span<char> out) const;
  [[nodiscard]] int set_xattr(const std::string& name, std::string_view value) const;
  [[nodiscard]] int remove_xattr(const std::string& name) const;

 private:
  enum class Way { opened, pinned, named };
  Object(Way way, int fd, const char* name) : way_(way), fd_(fd), name_(name) {}

  /// For the calls on attributes, which know no directory descriptors. No link is followed behind
  /// it if it has a name at the end; without one it must be followed to reach the object.
  [[nodiscard]] std::string path() const;

  Way way_;
  int fd_;
  const char* name_;
};

}  // namespace umoci::fs
