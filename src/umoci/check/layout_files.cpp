// SPDX-License-Identifier: Apache-2.0
#include <umoci/check/layout_files.hpp>

#include <umoci/base/error.hpp>
#include <umoci/fs/directory.hpp>

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>
#include <utility>

namespace umoci::check {
namespace {

/// What the errno of a path that leads nowhere says of it; nullopt for a real failure.
std::optional<FileState> state_of_errno(int number) {
  switch (number) {
    case ENOENT:
    case ENOTDIR:
    case ENAMETOOLONG:
      return FileState::absent;
    case ELOOP:
      return FileState::other;
    default:
      return std::nullopt;
  }
}

FileState state_of_mode(mode_t mode) {
  if (S_ISREG(mode)) return FileState::regular;
  return S_ISDIR(mode) ? FileState::directory : FileState::other;
}

}  // namespace

LayoutFiles::LayoutFiles(std::filesystem::path path)
    : path_(std::move(path)), fd_(::open(path_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)) {
  if (!fd_) throw_errno("open layout " + quoted(path_.string()));
}

FileState LayoutFiles::state(const std::string& name) const {
  struct stat status{};
  if (::fstatat(fd_.get(), name.c_str(), &status, 0) == 0) return state_of_mode(status.st_mode);
  const auto state = state_of_errno(errno);
  if (!state) throw_errno("stat " + quoted((path_ / name).string()));
  return *state;
}

FoundFile LayoutFiles::open(const std::string& name) const {
  // To open a device can rewind a tape; to open a pipe can wait for ever.
  const FileState before = state(name);
  if (before != FileState::regular) return {.state = before, .fd = {}, .size_bytes = 0};
  UniqueFd fd(::openat(fd_.get(), name.c_str(), O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
  if (!fd) {
    const auto state = state_of_errno(errno);
    if (!state) throw_errno("open " + quoted((path_ / name).string()));
    return {.state = *state, .fd = {}, .size_bytes = 0};
  }
  // It may have been replaced in between.
  struct stat opened{};
  if (::fstat(fd.get(), &opened) != 0) throw_errno("stat " + quoted((path_ / name).string()));
  if (!S_ISREG(opened.st_mode)) return {.state = FileState::other, .fd = {}, .size_bytes = 0};
  return {.state = FileState::regular,
          .fd = std::move(fd),
          .size_bytes = static_cast<std::uint64_t>(opened.st_size)};
}

std::optional<struct stat> LayoutFiles::link_status(const std::string& name) const {
  struct stat status{};
  if (::fstatat(fd_.get(), name.c_str(), &status, AT_SYMLINK_NOFOLLOW) == 0) return status;
  if (!state_of_errno(errno)) throw_errno("stat " + quoted((path_ / name).string()));
  return std::nullopt;
}

std::vector<std::string> LayoutFiles::list(const std::string& name) const {
  UniqueFd fd(::openat(fd_.get(), name.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!fd) {
    if (!state_of_errno(errno)) throw_errno("open " + quoted((path_ / name).string()));
    return {};
  }
  auto names = fs::Directory(std::move(fd), fs::Access::as_granted).list();
  std::ranges::sort(names);
  return names;
}

bool LayoutFiles::leaves_layout(const std::string& name) const {
  std::error_code code;
  const auto inside = std::filesystem::canonical(path_, code);
  if (code) return false;
  const auto target = std::filesystem::canonical(path_ / name, code);
  if (code) return false;
  const auto [end, rest] = std::ranges::mismatch(inside, target);
  return end != inside.end();
}

}  // namespace umoci::check
