// SPDX-License-Identifier: Apache-2.0
#include <umoci/fs/directory.hpp>

#include <umoci/base/error.hpp>
#include <umoci/fs/directory_handle.hpp>
#include <umoci/fs/directory_names.hpp>
#include <umoci/fs/metadata_change.hpp>
#include <umoci/fs/rename_new.hpp>
#include <umoci/fs/xattrs.hpp>

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <array>
#include <cerrno>

namespace umoci::fs {
namespace {

constexpr int directory_flags = O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;

[[noreturn]] void fail(std::string_view what, std::string_view name) {
  const int reason = errno;
  throw Error::from_errno(reason, std::string(what) + " " + quoted(name));
}

mode_t node_type(tree::EntryType type) {
  switch (type) {
    case tree::EntryType::fifo:
      return S_IFIFO;
    case tree::EntryType::char_device:
      return S_IFCHR;
    case tree::EntryType::block_device:
      return S_IFBLK;
    default:
      throw Error(ErrorKind::invalid_argument,
                  std::string(tree::name_of(type)) + " is neither a fifo nor a device");
  }
}

/// open() which leaves the time of last access alone if we may ask for that.
int open_for_reading(int directory, const char* path, int flags) {
  const int fd = ::openat(directory, path, O_RDONLY | O_CLOEXEC | O_NOATIME | flags);
  if (fd >= 0 || errno != EPERM) return fd;
  return ::openat(directory, path, O_RDONLY | O_CLOEXEC | flags);
}

}  // namespace

bool is_component(std::string_view name) {
  return !name.empty() && name != "." && name != ".." &&
         name.find_first_of(std::string_view("/\0", 2)) == std::string_view::npos;
}

std::string checked_name(std::string_view name) {
  if (!is_component(name)) {
    throw Error(ErrorKind::invalid_argument, quoted(name) + " is not the name of one file");
  }
  return std::string(name);
}

Directory::Directory(UniqueFd fd, Access access)
    : handle_(std::make_shared<Handle>(std::move(fd), access == Access::grant_to_owner
                                                          ? std::make_shared<GrantLedger>()
                                                          : nullptr)) {}

Directory Directory::adopt(UniqueFd fd) const {
  return Directory(std::make_shared<Handle>(std::move(fd), handle_->ledger()));
}

int Directory::fd() const noexcept { return handle_->fd(); }

struct stat Directory::status() const {
  struct stat status{};
  if (handle_->status(Object::pinned(fd()), status) != 0) throw_errno("read status of directory");
  return status;
}

std::optional<struct stat> Directory::status(std::string_view name) const {
  const std::string file = checked_name(name);
  struct stat status{};
  const auto step = [&] { return handle_->status(Object::named(fd(), file), status); };
  if (with_help(step, handle_->grant()) == 0) return status;
  if (errno == ENOENT) return std::nullopt;
  fail("read status of", name);
}

std::optional<Directory> Directory::open_directory(std::string_view name) const {
  const std::string file = checked_name(name);
  UniqueFd opened(
      with_help([&] { return ::openat(fd(), file.c_str(), directory_flags); }, handle_->grant()));
  if (opened) return adopt(std::move(opened));
  if (errno == ENOENT || errno == ENOTDIR || errno == ELOOP) return std::nullopt;
  fail("open directory", name);
}

/// A descriptor that stands for the object, which is not opened by that.
UniqueFd Directory::pin(const std::string& name) const {
  return UniqueFd(
      with_help([&] { return ::openat(fd(), name.c_str(), O_PATH | O_NOFOLLOW | O_CLOEXEC); },
                handle_->grant()));
}

/// Opens what `pinned` stands for, which is known to be a regular file.
UniqueFd Directory::open_pinned(const std::string& name, const UniqueFd& pinned) const {
  TemporaryGrant grant(handle_->ledger().get(), pinned.get());
  const std::string path = proc_path(pinned.get());
  // Even a regular file may block whoever opens it: a lease on it wants to be given up first.
  constexpr int flags = O_NONBLOCK | O_NOCTTY;
  UniqueFd opened(
      with_help([&] { return open_for_reading(AT_FDCWD, path.c_str(), flags); }, grant));
  if (opened || errno != ENOENT) return opened;

  // There is no /proc. What was swapped in since may be opened here, but is not used.
  opened = UniqueFd(
      with_help([&] { return open_for_reading(fd(), name.c_str(), flags | O_NOFOLLOW); }, grant));
  if (!opened) return opened;
  struct stat expected{};
  struct stat found{};
  if (Object::pinned(pinned.get()).status(expected) != 0 ||
      Object::opened(opened.get()).status(found) != 0) {
    throw_errno("read status");
  }
  if (expected.st_dev != found.st_dev || expected.st_ino != found.st_ino) {
    throw Error(ErrorKind::conflict, quoted(name) + " was replaced while it was opened");
  }
  return opened;
}

UniqueFd Directory::open_file(std::string_view name) const {
  const std::string file = checked_name(name);
  const UniqueFd pinned = pin(file);
  struct stat status{};
  if (!pinned || Object::pinned(pinned.get()).status(status) != 0) fail("open", name);
  if (!S_ISREG(status.st_mode)) {
    throw Error(ErrorKind::invalid_data, quoted(name) + " is not a regular file");
  }
  UniqueFd opened = open_pinned(file, pinned);
  if (!opened) fail("open", name);
  return opened;
}

UniqueFd Directory::open_file(std::string_view name, tree::InodeId inode) const {
  const std::string file = checked_name(name);
  const UniqueFd pinned = pin(file);
  if (!pinned && errno != ENOENT) fail("open", name);
  struct stat status{};
  if (pinned && Object::pinned(pinned.get()).status(status) != 0) fail("open", name);
  if (!pinned || !S_ISREG(status.st_mode) ||
      inode != tree::InodeId{.device = status.st_dev, .inode = status.st_ino}) {
    throw Error(ErrorKind::conflict, quoted(name) + " was replaced meanwhile");
  }
  UniqueFd opened = open_pinned(file, pinned);
  if (!opened) fail("open", name);
  return opened;
}

std::optional<std::string> Directory::find_link(std::string_view name) const {
  const std::string file = checked_name(name);
  std::string target;
  // No file system known has longer targets than PATH_MAX, but what is cut off would be wrong.
  for (std::size_t room = 256;; room *= 4) {
    target.resize(room);
    const ssize_t size_bytes =
        with_help([&] { return ::readlinkat(fd(), file.c_str(), target.data(), target.size()); },
                  handle_->grant());
    if (size_bytes < 0) break;
    if (static_cast<std::size_t>(size_bytes) == room) continue;
    target.resize(static_cast<std::size_t>(size_bytes));
    return target;
  }
  if (errno == ENOENT || errno == EINVAL) return std::nullopt;
  fail("read link", name);
}

std::string Directory::read_link(std::string_view name) const {
  if (auto target = find_link(name)) return std::move(*target);
  if (!status(name)) {
    errno = ENOENT;
    fail("read link", name);
  }
  throw Error(ErrorKind::invalid_data, quoted(name) + " is not a symbolic link");
}

UniqueFd Directory::open_listing() const {
  UniqueFd opened(
      with_help([&] { return open_for_reading(fd(), ".", O_DIRECTORY); }, handle_->grant()));
  if (!opened) throw_errno("open directory for listing");
  return opened;
}

std::vector<std::string> Directory::list() const {
  std::vector<std::string> names;
  for (DirectoryName& found : read_names(open_listing().get())) {
    names.push_back(std::move(found.name));
  }
  return names;
}

UniqueFd Directory::create_file(std::string_view name, mode_t mode) const {
  const std::string file = checked_name(name);
  constexpr int flags = O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC;
  UniqueFd created(
      with_help([&] { return ::openat(fd(), file.c_str(), flags, mode); }, handle_->grant()));
  if (!created) fail("create file", name);
  return created;
}

void Directory::create_directory(std::string_view name, mode_t mode) const {
  const std::string file = checked_name(name);
  if (with_help([&] { return ::mkdirat(fd(), file.c_str(), mode); }, handle_->grant()) != 0) {
    fail("create directory", name);
  }
}

void Directory::create_symlink(std::string_view name, const std::string& target) const {
  const std::string file = checked_name(name);
  if (target.find('\0') != std::string::npos) {
    throw Error(ErrorKind::invalid_argument, "link target " + quoted(target) + " contains NUL");
  }
  const auto step = [&] { return ::symlinkat(target.c_str(), fd(), file.c_str()); };
  if (with_help(step, handle_->grant()) != 0) fail("create link", name);
}

void Directory::create_node(std::string_view name, tree::EntryType type, tree::DeviceNumber device,
                            mode_t mode) const {
  const std::string file = checked_name(name);
  const mode_t type_and_mode = node_type(type) | (mode & 0777U);
  const dev_t number =
      type == tree::EntryType::fifo ? dev_t{0} : makedev(device.major, device.minor);
  const auto step = [&] { return ::mknodat(fd(), file.c_str(), type_and_mode, number); };
  if (with_help(step, handle_->grant()) != 0) fail("create " + std::string(name_of(type)), name);
}

void Directory::create_hard_link(std::string_view name, const Directory& from,
                                 std::string_view existing_name) const {
  const std::string file = checked_name(name);
  const std::string existing = checked_name(existing_name);
  const auto step = [&] { return ::linkat(from.fd(), existing.c_str(), fd(), file.c_str(), 0); };
  if (with_help(step, handle_->grant(), from.handle_->grant()) != 0) {
    fail("create hard link to " + quoted(existing_name), name);
  }
}

void Directory::rename(std::string_view from, const Directory& to, std::string_view name,
                       Occupied occupied) const {
  const std::string old_name = checked_name(from);
  const std::string new_name = checked_name(name);
  const auto step = [&] {
    if (occupied == Occupied::is_replaced) {
      return ::renameat(fd(), old_name.c_str(), to.fd(), new_name.c_str());
    }
    return rename_new(fd(), old_name.c_str(), to.fd(), new_name.c_str());
  };
  int result = with_help(step, handle_->grant(), to.handle_->grant());
  if (result != 0 && errno == EACCES && handle_->ledger()) {
    // A directory that gets a new parent must be writable itself: its ".." changes.
    const UniqueFd moved = pin(old_name);
    TemporaryGrant grant(handle_->ledger().get(), moved.get());
    result = with_help(step, grant);
  }
  if (result != 0) fail("rename " + quoted(from) + " to", name);
}

void Directory::apply(const Metadata& metadata) const {
  const Help help{.ledger = handle_->ledger().get(), .grant = handle_->grant()};
  fs::apply(Object::pinned(fd()), status(), metadata, help);
}

void Directory::apply(std::string_view name, const Metadata& metadata) const {
  const std::string file = checked_name(name);
  GrantLedger* const ledger = handle_->ledger().get();
  const std::optional<struct stat> found = status(name);
  if (!found) {
    errno = ENOENT;
    fail("change metadata of", name);
  }
  in_context([&] { return "change metadata of " + quoted(name); },
             [&] {
               if (S_ISLNK(found->st_mode)) {
                 // No permission of a link could be granted.
                 TemporaryGrant nothing(nullptr, -1);
                 fs::apply(Object::named(fd(), file), *found, metadata, Help{ledger, nothing});
                 return;
               }
               const UniqueFd pinned = pin(file);
               const Object object = Object::pinned(pinned.get());
               // Asked again, because by now it may be something else of that name.
               struct stat status{};
               if (!pinned || handle_->status(object, status) != 0) throw_errno("open");
               TemporaryGrant grant(ledger, pinned.get());
               fs::apply(object, status, metadata, Help{ledger, grant});
             });
}

tree::Xattrs Directory::xattrs() const {
  const auto step = [&] { return fs::read_xattrs(Object::pinned(fd())); };
  auto xattrs = step();
  if (!xattrs && handle_->grant().help()) xattrs = step();
  if (!xattrs) throw_errno("read attributes of directory");
  if (handle_->ledger()) handle_->ledger()->hide_in(Object::pinned(fd()), *xattrs);
  return std::move(*xattrs);
}

tree::Xattrs Directory::xattrs(std::string_view name) const {
  const std::string file = checked_name(name);
  const auto step = [&] { return fs::read_xattrs(Object::named(fd(), file)); };
  auto xattrs = step();
  if (!xattrs && handle_->grant().help()) xattrs = step();
  if (!xattrs && errno == EACCES && handle_->ledger()) {
    const UniqueFd pinned = pin(file);
    TemporaryGrant grant(handle_->ledger().get(), pinned.get());
    errno = EACCES;
    if (pinned && grant.help()) xattrs = fs::read_xattrs(Object::pinned(pinned.get()));
    if (xattrs) handle_->ledger()->hide_in(Object::pinned(pinned.get()), *xattrs);
  }
  if (!xattrs) fail("read attributes of", name);
  if (handle_->ledger()) handle_->ledger()->hide_in(Object::named(fd(), file), *xattrs);
  return std::move(*xattrs);
}

}  // namespace umoci::fs
