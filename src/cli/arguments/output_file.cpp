// SPDX-License-Identifier: Apache-2.0
#include <cli/arguments/output_file.hpp>

#include <umoci/base/cancellation.hpp>
#include <umoci/base/error.hpp>
#include <umoci/base/number.hpp>
#include <umoci/base/unique_fd.hpp>
#include <umoci/fs/atomic_file.hpp>
#include <umoci/io/sink.hpp>

#include <fmt/format.h>

#include <sys/stat.h>

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <filesystem>
#include <optional>
#include <ostream>
#include <stop_token>
#include <system_error>
#include <thread>

namespace umoci::cli {
namespace {

namespace stdfs = std::filesystem;

/// The descriptor that a name of it means. To open that anew would write at the start of a file
/// that the shell is in the middle of, or replace the file.
std::optional<int> descriptor_of(std::string_view path) {
  if (path == "/dev/stdout") return STDOUT_FILENO;
  if (path == "/dev/stderr") return STDERR_FILENO;
  for (const std::string_view directory : {"/dev/fd/", "/proc/self/fd/"}) {
    if (!path.starts_with(directory)) continue;
    const auto fd = parse_number<int>(path.substr(directory.size()));
    if (fd && *fd >= 0) return fd;
  }
  return std::nullopt;
}

std::optional<struct stat> status_of(const std::string& path) {
  struct stat status{};
  if (::stat(path.c_str(), &status) == 0) return status;
  if (errno != ENOENT) throw_errno("look at it");
  return std::nullopt;
}

/// The name at the end of the links that begin at `path`, be there something or not.
stdfs::path behind_links(stdfs::path path) {
  constexpr int most_links = 40;  // the kernel's own limit
  for (int i = 0; i < most_links; ++i) {
    std::error_code no_link;
    const stdfs::path target = stdfs::read_symlink(path, no_link);
    if (no_link) break;
    path = path.parent_path() / target;
  }
  return path;
}

/// False for links into /proc that lead to a file which has lost its name.
bool is_name_of(const stdfs::path& path, const struct stat& status) {
  struct stat found{};
  return ::lstat(path.c_str(), &found) == 0 && found.st_dev == status.st_dev &&
         found.st_ino == status.st_ino;
}

/// What a directory that takes no new names, or a file that is mounted, answers.
bool forbids_replacement(const std::error_code& code) {
  return code == std::errc::permission_denied || code == std::errc::operation_not_permitted ||
         code == std::errc::read_only_file_system || code == std::errc::device_or_resource_busy;
}

enum class Replaced { yes, not_allowed };

Replaced replace(const stdfs::path& path, const struct stat& old, std::string_view text) {
  try {
    constexpr mode_t private_mode = 0600;
    fs::AtomicFile file(path, private_mode);
    if (::fchown(file.fd(), old.st_uid, old.st_gid) != 0) return Replaced::not_allowed;
    if (::fchmod(file.fd(), old.st_mode & 07777U) != 0) throw_errno("change its mode");
    file.write(io::as_bytes(text));
    file.commit();
    return Replaced::yes;
  } catch (const Error& error) {
    if (forbids_replacement(error.code())) return Replaced::not_allowed;
    throw;
  }
}

/// A pipe opens when somebody reads from it. The wait ends when the program is asked to stop.
UniqueFd open_in_place(const std::string& path, const std::stop_token& stop) {
  constexpr std::chrono::milliseconds pause(20);
  for (;;) {
    UniqueFd fd(::open(path.c_str(), O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
    if (fd) return fd;
    const int number = errno;
    struct stat status{};
    const bool is_pipe = ::stat(path.c_str(), &status) == 0 && S_ISFIFO(status.st_mode);
    if (number != ENXIO || !is_pipe) throw Error::from_errno(number, "open it");
    check_not_cancelled(stop);
    std::this_thread::sleep_for(pause);
  }
}

void write_in_place(const std::string& path, std::string_view text, const std::stop_token& stop) {
  UniqueFd fd = open_in_place(path, stop);
  const int flags = ::fcntl(fd.get(), F_GETFL);
  if (flags < 0 || ::fcntl(fd.get(), F_SETFL, flags & ~O_NONBLOCK) != 0) throw_errno("open it");
  struct stat status{};
  if (::fstat(fd.get(), &status) != 0) throw_errno("look at it");
  if (S_ISREG(status.st_mode) && ::ftruncate(fd.get(), 0) != 0) throw_errno("truncate it");
  io::FileSink(fd.get()).write(io::as_bytes(text));
  fd.close();
}

void write_file(const std::string& path, std::string_view text, const std::stop_token& stop) {
  const std::optional<struct stat> old = status_of(path);
  if (!old) {
    fs::AtomicFile file(behind_links(path));
    file.write(io::as_bytes(text));
    file.commit();
    return;
  }
  if (S_ISDIR(old->st_mode)) throw Error(ErrorKind::invalid_argument, "it is a directory");
  if (S_ISREG(old->st_mode)) {
    const stdfs::path name = behind_links(path);
    if (is_name_of(name, *old) && replace(name, *old, text) == Replaced::yes) return;
  }
  write_in_place(path, text, stop);
}

}  // namespace

void write_output(const Invocation& line, const std::string& path, std::string_view what,
                  std::string_view text) {
  const auto descriptor = descriptor_of(path);
  if (descriptor == STDOUT_FILENO) {
    line.io.out << text;
    return;
  }
  in_context([&] { return fmt::format("write {} {}", what, quoted(path)); },
             [&] {
               if (descriptor) {
                 io::FileSink(*descriptor).write(io::as_bytes(text));
               } else {
                 write_file(path, text, line.io.stop);
               }
             });
}

}  // namespace umoci::cli
