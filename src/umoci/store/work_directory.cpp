// SPDX-License-Identifier: Apache-2.0
#include <umoci/store/work_directory.hpp>

#include <umoci/base/error.hpp>
#include <umoci/fs/atomic_file.hpp>
#include <umoci/fs/directory.hpp>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <ctime>
#include <thread>
#include <utility>

namespace umoci::store {
namespace {

/// A collector of another umoci may take the new directory for a dead one before it is locked.
constexpr int attempts = 100;

/// True if `fd` is still what `name` stands for.
bool is_in_place(const LayoutDirectory& layout, const std::string& name, int fd) {
  struct stat opened{};
  if (::fstat(fd, &opened) != 0) return false;
  const auto named = layout.link_status(name);
  return named && named->st_dev == opened.st_dev && named->st_ino == opened.st_ino;
}

/// Makes and locks a directory; an empty descriptor if somebody took it away meanwhile.
UniqueFd make_locked(const LayoutDirectory& layout, const std::string& name) {
  if (::mkdirat(layout.fd(), name.c_str(), 0700) != 0) {
    if (errno == EEXIST) return {};
    layout.throw_write_error(errno, name);
  }
  constexpr int flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
  UniqueFd fd(::openat(layout.fd(), name.c_str(), flags));
  if (!fd) {
    if (errno == ENOENT) return {};
    const int number = errno;
    ::unlinkat(layout.fd(), name.c_str(), AT_REMOVEDIR);
    layout.throw_write_error(number, name);
  }
  if (try_lock(fd.get()) == TryLock::busy || !is_in_place(layout, name, fd.get())) return {};
  return fd;
}

/// True if it may have been made so lately that its maker did not come to lock it yet.
bool is_newborn(const LayoutDirectory& layout, const std::string& name) {
  constexpr std::int64_t childhood_ns = 100'000'000;
  const auto status = layout.link_status(name);
  timespec now{};
  if (!status || ::clock_gettime(CLOCK_REALTIME, &now) != 0) return false;
  const std::int64_t age_seconds = now.tv_sec - status->st_mtim.tv_sec;
  if (age_seconds < 0 || age_seconds > 1) return false;
  return age_seconds * 1'000'000'000 + now.tv_nsec - status->st_mtim.tv_nsec < childhood_ns;
}

std::optional<std::int64_t> birth_seconds(int fd) {
  struct statx status{};
  if (::statx(fd, "", AT_EMPTY_PATH, STATX_BTIME, &status) != 0) return std::nullopt;
  if ((status.stx_mask & STATX_BTIME) == 0) return std::nullopt;
  return status.stx_btime.tv_sec;
}

/// Opens whatever is there to lock it. O_NONBLOCK: to open a pipe may wait for ever.
UniqueFd open_to_lock(const LayoutDirectory& layout, const std::string& name) {
  constexpr int flags = O_RDONLY | O_NONBLOCK | O_NOCTTY | O_NOFOLLOW | O_CLOEXEC;
  return UniqueFd(::openat(layout.fd(), name.c_str(), flags));
}

/// For an open that failed: true if a writer may be behind it. Nobody holds a lock on a link, a
/// socket or on nothing.
bool may_be_alive(int number) { return number != ELOOP && number != ENXIO && number != ENOENT; }

FoundWorkDirectory inspect(const LayoutDirectory& layout, std::string name) {
  FoundWorkDirectory found{.name = std::move(name), .is_alive = false, .born_seconds = {}};
  const UniqueFd fd = open_to_lock(layout, found.name);
  if (!fd) {
    found.is_alive = may_be_alive(errno);
  } else if (try_lock(fd.get()) != TryLock::locked) {
    found.is_alive = true;
    found.born_seconds = birth_seconds(fd.get());
  }
  return found;
}

fs::Directory duplicate(const LayoutDirectory& layout) {
  UniqueFd fd(::fcntl(layout.fd(), F_DUPFD_CLOEXEC, 0));
  if (!fd) throw_errno("duplicate a descriptor");
  return {std::move(fd), fs::Access::as_granted};
}

}  // namespace

WorkDirectory::WorkDirectory(const LayoutDirectory& layout) : layout_(layout) {
  for (int attempt = 0; attempt < attempts && !fd_; ++attempt) {
    name_ = fs::random_name(work_directory_prefix);
    fd_ = make_locked(layout, name_);
  }
  if (!fd_) {
    throw Error(ErrorKind::conflict, "work directories in " + quoted(layout.path().string()) +
                                         " vanish as soon as they are made");
  }
  try {
    layout.adopt(fd_.get());
  } catch (...) {
    ::unlinkat(layout.fd(), name_.c_str(), AT_REMOVEDIR);
    throw;
  }
}

WorkDirectory::~WorkDirectory() {
  // Removed first and unlocked after that: never seen as one that a dead writer left.
  try {
    duplicate(layout_).remove(name_);
  } catch (const Error& error) {
    // The next collector tries again.
    layout_.log().debug("work directory is left behind",
                        {{"name", name_}, {"reason", error.what()}});
  }
}

void wait_for_newborns(const LayoutDirectory& layout, const std::vector<std::string>& paths) {
  if (std::ranges::any_of(paths, [&](const auto& path) { return is_newborn(layout, path); })) {
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
}

std::vector<FoundWorkDirectory> find_work_directories(const LayoutDirectory& layout) {
  std::vector<std::string> names =
      fs::Directory(layout.open_directory("."), fs::Access::as_granted).list();
  std::erase_if(names,
                [](std::string_view name) { return !name.starts_with(work_directory_prefix); });
  wait_for_newborns(layout, names);
  std::vector<FoundWorkDirectory> found;
  found.reserve(names.size());
  for (std::string& name : names) found.push_back(inspect(layout, std::move(name)));
  return found;
}

bool remove_dead_work_directory(const LayoutDirectory& layout, const std::string& name) {
  // Held while it is removed: its writer could not be told from a new one of the same name.
  const UniqueFd fd = open_to_lock(layout, name);
  if (fd ? try_lock(fd.get()) != TryLock::locked : may_be_alive(errno)) return false;
  return duplicate(layout).remove(name);
}

}  // namespace umoci::store
