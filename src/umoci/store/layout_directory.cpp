// SPDX-License-Identifier: Apache-2.0
#include <umoci/store/layout_directory.hpp>

#include <umoci/base/error.hpp>
#include <umoci/io/source.hpp>

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

namespace umoci::store {
namespace {

UniqueFd open_layout(const std::filesystem::path& path) {
  constexpr int flags = O_DIRECTORY | O_CLOEXEC;
  int fd = ::open(path.c_str(), O_RDONLY | flags);
  // Who may search but not list the directory can still use what is in it, though not lock it.
  if (fd < 0 && errno == EACCES) fd = ::open(path.c_str(), O_PATH | flags);
  if (fd < 0) throw_errno("open layout " + quoted(path.string()));
  return UniqueFd(fd);
}

std::optional<struct stat> status_at(const LayoutDirectory& directory, const std::string& name,
                                     int flags) {
  struct stat status{};
  if (::fstatat(directory.fd(), name.c_str(), &status, flags) == 0) return status;
  if (errno == ENOENT) return std::nullopt;
  throw_errno("stat " + quoted((directory.path() / name).string()));
}

}  // namespace

LayoutDirectory::LayoutDirectory(std::filesystem::path path, const LayoutOptions& options)
    : path_(std::move(path)),
      fd_(open_layout(path_)),
      limits_(options.limits),
      durability_(options.durability),
      stop_(options.stop),
      log_(options.log != nullptr ? *options.log : silent_log()),
      locker_(path_.string(), {.timeout = options.lock_timeout, .stop = stop_}, log_) {}

std::optional<struct stat> LayoutDirectory::status(const std::string& name) const {
  return status_at(*this, name, 0);
}

std::optional<struct stat> LayoutDirectory::link_status(const std::string& name) const {
  return status_at(*this, name, AT_SYMLINK_NOFOLLOW);
}

UniqueFd LayoutDirectory::open_file(const std::string& name) const {
  const auto refuse = [&] {
    throw Error(ErrorKind::invalid_data,
                quoted((path_ / name).string()) + " is not a regular file");
  };
  // To open a device can rewind a tape; to open a pipe can wait for ever.
  const auto before = status(name);
  if (!before) return {};
  if (!S_ISREG(before->st_mode)) refuse();
  UniqueFd fd(::openat(fd_.get(), name.c_str(), O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
  if (!fd) {
    if (errno == ENOENT) return {};
    throw_errno("open " + quoted((path_ / name).string()));
  }
  // It may have been replaced in between.
  struct stat opened{};
  if (::fstat(fd.get(), &opened) != 0) throw_errno("stat " + quoted((path_ / name).string()));
  if (!S_ISREG(opened.st_mode)) refuse();
  return fd;
}

std::string LayoutDirectory::read_file(const std::string& name, std::uint64_t limit_bytes) const {
  UniqueFd fd = open_file(name);
  if (!fd) {
    throw Error::from_errno(ENOENT, "open " + quoted((path_ / name).string()));
  }
  return in_context([&] { return quoted((path_ / name).string()); },
                    [&] {
                      io::FileSource source(std::move(fd));
                      return io::read_all(source, limit_bytes);
                    });
}

UniqueFd LayoutDirectory::open_directory(const std::string& name) const {
  UniqueFd fd(::openat(fd_.get(), name.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!fd) throw_errno("open " + quoted((path_ / name).string()));
  return fd;
}

UniqueFd LayoutDirectory::open_directory_for_writing(const std::string& name) const {
  UniqueFd fd = open_directory(name);
  if (::geteuid() != 0) return fd;
  struct stat own{};
  struct stat found{};
  if (::fstat(fd_.get(), &own) != 0 || ::fstat(fd.get(), &found) != 0) {
    throw_errno("stat " + quoted((path_ / name).string()));
  }
  if (found.st_uid != own.st_uid) {
    throw Error(ErrorKind::permission,
                "directory " + quoted((path_ / name).string()) +
                    " belongs to another user than the layout: nothing is written there");
  }
  return fd;
}

bool LayoutDirectory::make_directory(const std::string& name) const {
  const std::filesystem::path path(name);
  const UniqueFd parent =
      open_directory_for_writing(path.has_parent_path() ? path.parent_path().string() : ".");
  const std::string base = path.filename().string();
  if (::mkdirat(parent.get(), base.c_str(), 0755) != 0) {
    if (errno == EEXIST) return false;
    throw_write_error(errno, name);
  }
  if (::geteuid() != 0) return true;
  // The owner of the layout may have put something else there meanwhile: only what is ours, new and
  // no link is given away.
  const UniqueFd made(
      ::openat(parent.get(), base.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  struct stat status{};
  if (!made || ::fstat(made.get(), &status) != 0) {
    throw_errno("open " + quoted((path_ / name).string()));
  }
  constexpr nlink_t links_of_empty_directory = 2;  // 1 where a file system does not count
  if (status.st_uid == ::geteuid() && status.st_nlink <= links_of_empty_directory) {
    adopt(made.get());
  }
  return true;
}

void LayoutDirectory::adopt(int fd) const {
  if (::geteuid() != 0) return;
  struct stat own{};
  struct stat made{};
  if (::fstat(fd_.get(), &own) != 0 || ::fstat(fd, &made) != 0) {
    throw_errno("stat in layout " + quoted(path_.string()));
  }
  if (made.st_uid == own.st_uid && made.st_gid == own.st_gid) return;
  if (::fchown(fd, own.st_uid, own.st_gid) == 0) return;
  // In a user namespace the owner may be one that has no name here.
  if (errno != EPERM && errno != EINVAL) throw_errno("chown in layout " + quoted(path_.string()));
  if (!warned_of_owner_.test_and_set()) {
    log_.warn("new files cannot be given to the owner of the layout", {{"layout", path_.string()}});
  }
}

std::optional<fs::Directory> LayoutDirectory::find_own_directory(const std::string& name,
                                                                 fs::Access access) const {
  UniqueFd fd(::fcntl(fd_.get(), F_DUPFD_CLOEXEC, 0));
  if (!fd) throw_errno("duplicate a descriptor");
  std::optional<fs::Directory> directory(fs::Directory(std::move(fd), access));
  for (std::size_t begin = 0; name != "." && begin < name.size() && directory;) {
    const std::size_t end = std::min(name.find('/', begin), name.size());
    directory = directory->open_directory(name.substr(begin, end - begin));
    begin = end + 1;
  }
  return directory;
}

void LayoutDirectory::require_writable(const std::string& name) const {
  if (::faccessat(fd_.get(), name.c_str(), W_OK | X_OK, AT_EACCESS) == 0) return;
  throw_write_error(errno, name);
}

void LayoutDirectory::sync_directory(const std::string& name) const {
  if (!is_synced()) return;
  const UniqueFd fd(::openat(fd_.get(), name.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  // Without the right to list a directory there is no way to sync it.
  if (!fd && errno == EACCES) return;
  // Some file systems cannot sync directories and say so with EINVAL.
  if (!fd || (::fsync(fd.get()) != 0 && errno != EINVAL)) {
    throw_errno("sync " + quoted((path_ / name).string()));
  }
}

void LayoutDirectory::throw_write_error(int number, const std::string& what) const {
  std::string message = "write " + quoted((path_ / what).string());
  if (number == EROFS || number == EACCES || number == EPERM) {
    message.insert(0, "layout is read-only: ");
  }
  throw Error::from_errno(number, std::move(message));
}

std::string blob_directory(std::string_view algorithm_name) {
  return "blobs/" + std::string(algorithm_name);
}

}  // namespace umoci::store
