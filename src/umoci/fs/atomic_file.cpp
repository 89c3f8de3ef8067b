// SPDX-License-Identifier: Apache-2.0
#include <umoci/fs/atomic_file.hpp>

#include <umoci/base/error.hpp>
#include <umoci/fs/rename_new.hpp>

#include <fmt/format.h>

#include <fcntl.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <utility>

namespace umoci::fs {
namespace {

namespace stdfs = std::filesystem;

constexpr int max_attempts = 100;

std::string name_for_people(const stdfs::path& path) { return quoted(path.native()); }

stdfs::path directory_of(const stdfs::path& path) {
  return path.has_parent_path() ? path.parent_path() : stdfs::path(".");
}

/// A hidden name beside `path`, as short as names must be.
stdfs::path temporary_beside(const stdfs::path& path) {
  constexpr std::size_t longest_bytes = 255 - sizeof "..0123456789";
  const std::string name = path.filename().native().substr(0, longest_bytes);
  return directory_of(path) / random_name("." + name + ".");
}

}  // namespace

AtomicFile::AtomicFile(stdfs::path path, mode_t mode) : path_(std::move(path)) {
  if (!path_.has_filename() || path_.filename() == "." || path_.filename() == "..") {
    throw Error(ErrorKind::invalid_argument, name_for_people(path_) + " does not name a file");
  }
  constexpr int flags = O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC;
  for (int attempt = 0; attempt < max_attempts && !fd_; ++attempt) {
    temporary_ = temporary_beside(path_);
    fd_ = UniqueFd(::open(temporary_.c_str(), flags, mode));
    if (!fd_ && errno != EEXIST) break;
  }
  if (!fd_) throw_errno("create " + name_for_people(temporary_));
}

AtomicFile::~AtomicFile() {
  if (!temporary_.empty()) ::unlink(temporary_.c_str());
}

void AtomicFile::write(io::Bytes bytes) {
  in_context([&] { return "write " + name_for_people(path_); },
             [&] { io::FileSink(fd_.get()).write(bytes); });
}

void AtomicFile::close_file(Durability durability) {
  if (durability == Durability::synced && ::fsync(fd_.get()) != 0) {
    throw_errno("write " + name_for_people(path_));
  }
  // Some file systems tell only now that there is no space.
  in_context([&] { return "write " + name_for_people(path_); }, [&] { fd_.close(); });
}

void AtomicFile::commit(Durability durability) {
  close_file(durability);
  if (::rename(temporary_.c_str(), path_.c_str()) != 0) {
    throw_errno("create " + name_for_people(path_));
  }
  temporary_.clear();
  if (durability == Durability::synced) sync_directory();
}

void AtomicFile::commit_new(Durability durability) {
  close_file(durability);
  if (rename_new(AT_FDCWD, temporary_.c_str(), AT_FDCWD, path_.c_str()) != 0)
    throw_errno("create " + name_for_people(path_));
  temporary_.clear();
  if (durability == Durability::synced) sync_directory();
}

void AtomicFile::sync_directory() const { fs::sync_directory(directory_of(path_)); }

std::string read_file(const stdfs::path& path, std::uint64_t limit_bytes) {
  return in_context(
      [&] { return "read " + name_for_people(path); },
      [&] {
        // Neither wait for a pipe's other end nor take a terminal.
        UniqueFd file(::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
        if (!file) throw_errno({});
        struct stat status{};
        if (::fstat(file.get(), &status) != 0) throw_errno({});
        if (!S_ISREG(status.st_mode))
          throw Error(ErrorKind::invalid_data, "it is not a regular file");
        const auto size_bytes = static_cast<std::uint64_t>(status.st_size);
        if (size_bytes > limit_bytes) {
          throw Error(ErrorKind::limit_exceeded, fmt::format("more than {} bytes", limit_bytes));
        }
        constexpr std::uint64_t largest = 256U << 10U;
        io::FileSource source(std::move(file),
                              static_cast<std::size_t>(std::min(size_bytes, largest) + 1));
        return io::read_all(source, limit_bytes);
      });
}

std::string random_name(std::string_view prefix) {
  std::uint64_t number = 0;
  std::size_t done = 0;
  while (done < sizeof number) {
    const ssize_t count =
        ::getrandom(reinterpret_cast<char*>(&number) + done, sizeof number - done, 0);
    if (count < 0 && errno != EINTR) throw_errno("read random numbers");
    if (count > 0) done += static_cast<std::size_t>(count);
  }
  constexpr std::uint64_t ten_digits = 10'000'000'000;
  return fmt::format("{}{:010}", prefix, number % ten_digits);
}

void sync_directory(const stdfs::path& path) {
  const UniqueFd directory(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  // Some file systems cannot sync a directory, and do not need it.
  if (directory && (::fsync(directory.get()) == 0 || errno == EINVAL)) return;
  throw_errno("sync " + name_for_people(path));
}

}  // namespace umoci::fs
