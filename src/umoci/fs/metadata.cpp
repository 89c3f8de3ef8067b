// SPDX-License-Identifier: Apache-2.0
#include <umoci/fs/metadata.hpp>

#include <umoci/base/error.hpp>
#include <umoci/fs/granted_access.hpp>
#include <umoci/fs/metadata_change.hpp>
#include <umoci/fs/xattrs.hpp>

#include <fmt/format.h>

#include <sys/sysmacros.h>

#include <array>

namespace umoci::fs {
namespace {

constexpr std::uint32_t set_id_bits = S_ISUID | S_ISGID;

Time time_of(const timespec& time) {
  return {.seconds = time.tv_sec, .nanoseconds = static_cast<std::uint32_t>(time.tv_nsec)};
}

timespec timespec_of(const Time& time) {
  return {.tv_sec = time.seconds, .tv_nsec = static_cast<long>(time.nanoseconds)};
}

tree::EntryType type_of(mode_t mode) {
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

/// True if the owner was changed.
bool apply_owner(const Object& object, const struct stat& status, const Metadata& metadata) {
  if (!metadata.owner) return false;
  const Owner owner = *metadata.owner;
  if (owner == Owner{.uid = status.st_uid, .gid = status.st_gid}) return false;
  // The system call reads the highest number as "leave it", which would not be what was asked for.
  constexpr std::uint32_t none = 0xffffffff;
  if (owner.uid == none || owner.gid == none) {
    throw Error(ErrorKind::invalid_argument,
                fmt::format("no file can belong to {}:{}", owner.uid, owner.gid));
  }
  if (object.change_owner(owner) != 0) {
    throw_errno(fmt::format("change owner to {}:{}", owner.uid, owner.gid));
  }
  return true;
}

void apply_mode(const Object& object, const struct stat& status, std::uint32_t mode,
                GrantLedger* ledger) {
  const int result =
      ledger == nullptr ? object.change_mode(mode) : ledger->change_mode(object, status, mode);
  if (result != 0) throw_errno(fmt::format("change mode to {:04o}", mode));
}

void apply_times(const Object& object, const Metadata& metadata) {
  const std::optional<Time> access = metadata.atime ? metadata.atime : metadata.mtime;
  if (!access) return;
  const timespec omitted{.tv_sec = 0, .tv_nsec = UTIME_OMIT};
  const std::array times{timespec_of(*access),
                         metadata.mtime ? timespec_of(*metadata.mtime) : omitted};
  if (object.change_times(times) != 0) throw_errno("change times");
}

}  // namespace

void apply(const Object& object, const struct stat& status, const Metadata& metadata, Help help) {
  const bool new_owner = apply_owner(object, status, metadata);

  const bool is_link = S_ISLNK(status.st_mode);
  const std::uint32_t old_mode = status.st_mode & 07777U;
  const std::uint32_t mode = metadata.mode && !is_link ? *metadata.mode & 07777U : old_mode;
  // With the owner the kernel took the set-id bits away.
  const bool new_mode = mode != old_mode || (new_owner && !is_link && (mode & set_id_bits) != 0);

  std::optional<XattrUpdate> xattrs;
  if (metadata.xattrs) xattrs.emplace(object, *metadata.xattrs, help.grant);
  // User attributes are written while the owner may write: before that is taken away, or after it
  // was given.
  const bool late = (old_mode & S_IWUSR) == 0 && (mode & S_IWUSR) != 0;
  if (xattrs && !late) xattrs->apply_user();
  if (new_mode) apply_mode(object, status, mode, help.ledger);
  if (xattrs && late) xattrs->apply_user();
  // An access control list may change the mode, so it has the last word.
  if (xattrs) xattrs->apply_other();

  apply_times(object, metadata);
}

void apply(int fd, const Metadata& metadata) {
  const Object object = Object::opened(fd);
  struct stat status{};
  if (object.status(status) != 0) throw_errno("read status");
  TemporaryGrant nothing(nullptr, fd);
  apply(object, status, metadata, Help{.ledger = nullptr, .grant = nothing});
}

tree::Xattrs read_xattrs(int fd) {
  auto xattrs = read_xattrs(Object::opened(fd));
  if (!xattrs) throw_errno("read attributes");
  return std::move(*xattrs);
}

tree::Entry entry_of(const struct stat& status) {
  tree::Entry entry;
  entry.type = type_of(status.st_mode);
  entry.mode = status.st_mode & 07777U;
  entry.uid = status.st_uid;
  entry.gid = status.st_gid;
  entry.size_bytes = static_cast<std::uint64_t>(status.st_size);
  entry.mtime = time_of(status.st_mtim);
  entry.atime = time_of(status.st_atim);
  if (entry.type == tree::EntryType::char_device || entry.type == tree::EntryType::block_device) {
    entry.device = {.major = major(status.st_rdev), .minor = minor(status.st_rdev)};
  }
  entry.link_count = status.st_nlink;
  entry.inode = {.device = status.st_dev, .inode = status.st_ino};
  return entry;
}

}  // namespace umoci::fs
