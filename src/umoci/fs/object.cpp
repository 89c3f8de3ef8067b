// SPDX-License-Identifier: Apache-2.0
#include <umoci/fs/object.hpp>

#include <fcntl.h>
#include <sys/syscall.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>

namespace umoci::fs {
namespace {

// Calls too new for the headers of the C library. Since Linux 5.1 all architectures count alike,
// some of them from another start.
constexpr long first_number = SYS_openat2 - 437;
constexpr long fchmodat2_number = first_number + 452;    // Kernel: 6.6
constexpr long getxattrat_number = first_number + 464;   // Kernel: 6.13
constexpr long listxattrat_number = first_number + 465;  // Kernel: 6.13

/// What getxattrat(2) reads its arguments from.
struct alignas(8) XattrArguments {
  std::uint64_t value;
  std::uint32_t size_bytes;
  std::uint32_t flags;
};

/// True if the kernel does not know the call that failed just now. Container engines' filters
/// answer EPERM to what they do not know.
bool is_missing_call() { return errno == ENOSYS || errno == EPERM; }

/// A path below /proc/self/fd is missing if the object was removed, and if /proc is not mounted.
/// The latter must not look like the former.
template <class Number>
Number explained(Number result) {
  if (result < 0 && errno == ENOENT) {
    errno = ::access("/proc/self/fd", F_OK) == 0 ? ENOENT : ENOSYS;
  }
  return result;
}

}  // namespace

std::string proc_path(int fd) { return "/proc/self/fd/" + std::to_string(fd); }

std::string Object::path() const {
  std::string path = proc_path(fd_);
  if (way_ == Way::named) {
    path += '/';
    path += name_;
  }
  return path;
}

int Object::status(struct stat& out) const {
  if (way_ != Way::named) return ::fstat(fd_, &out);
  return ::fstatat(fd_, name_, &out, AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT);
}

int Object::change_owner(Owner owner) const {
  switch (way_) {
    case Way::opened:
      return ::fchown(fd_, owner.uid, owner.gid);
    case Way::pinned:
      return ::fchownat(fd_, "", owner.uid, owner.gid, AT_EMPTY_PATH);
    case Way::named:
      break;
  }
  return ::fchownat(fd_, name_, owner.uid, owner.gid, AT_SYMLINK_NOFOLLOW);
}

int Object::change_mode(mode_t mode) const {
  switch (way_) {
    case Way::opened:
      return ::fchmod(fd_, mode);
    case Way::pinned:
      if (::syscall(fchmodat2_number, fd_, "", mode, AT_EMPTY_PATH) == 0) return 0;
      return is_missing_call() ? explained(::chmod(path().c_str(), mode)) : -1;
    case Way::named:
      break;
  }
  return ::fchmodat(fd_, name_, mode, AT_SYMLINK_NOFOLLOW);
}

int Object::change_times(std::span<const timespec, 2> times) const {
  switch (way_) {
    case Way::opened:
      return ::futimens(fd_, times.data());
    case Way::pinned:
      if (::utimensat(fd_, "", times.data(), AT_EMPTY_PATH) == 0) return 0;
      // Kernel: 5.8 has the flag.
      if (errno != EINVAL) return -1;
      return explained(::utimensat(AT_FDCWD, path().c_str(), times.data(), 0));
    case Way::named:
      break;
  }
  return ::utimensat(fd_, name_, times.data(), AT_SYMLINK_NOFOLLOW);
}

ssize_t Object::list_xattrs(std::span<char> out) const {
  if (way_ == Way::opened) return ::flistxattr(fd_, out.data(), out.size());
  if (way_ == Way::named) {
    // Three times as fast as the way over /proc.
    const long size_bytes =
        ::syscall(listxattrat_number, fd_, name_, AT_SYMLINK_NOFOLLOW, out.data(), out.size());
    if (size_bytes >= 0 || !is_missing_call()) return size_bytes;
  }
  const auto call = way_ == Way::pinned ? ::listxattr : ::llistxattr;
  return explained(call(path().c_str(), out.data(), out.size()));
}

ssize_t Object::get_xattr(const std::string& name, std::span<char> out) const {
  if (way_ == Way::opened) return ::fgetxattr(fd_, name.c_str(), out.data(), out.size());
  if (way_ == Way::named) {
    XattrArguments arguments{.value = reinterpret_cast<std::uintptr_t>(out.data()),
                             .size_bytes = static_cast<std::uint32_t>(out.size()),
                             .flags = 0};
    const long size_bytes = ::syscall(getxattrat_number, fd_, name_, AT_SYMLINK_NOFOLLOW,
                                      name.c_str(), &arguments, sizeof arguments);
    if (size_bytes >= 0 || !is_missing_call()) return size_bytes;
  }
  const auto call = way_ == Way::pinned ? ::getxattr : ::lgetxattr;
  return explained(call(path().c_str(), name.c_str(), out.data(), out.size()));
}

int Object::set_xattr(const std::string& name, std::string_view value) const {
  if (way_ == Way::opened) return ::fsetxattr(fd_, name.c_str(), value.data(), value.size(), 0);
  const auto call = way_ == Way::pinned ? ::setxattr : ::lsetxattr;
  return explained(call(path().c_str(), name.c_str(), value.data(), value.size(), 0));
}

int Object::remove_xattr(const std::string& name) const {
  if (way_ == Way::opened) return ::fremovexattr(fd_, name.c_str());
  const auto call = way_ == Way::pinned ? ::removexattr : ::lremovexattr;
  return explained(call(path().c_str(), name.c_str()));
}

}  // namespace umoci::fs
