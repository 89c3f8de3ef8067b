// SPDX-License-Identifier: Apache-2.0
#include <cli/arguments/input_file.hpp>

#include <umoci/base/error.hpp>
#include <umoci/io/source.hpp>

#include <fmt/format.h>

#include <sys/stat.h>

#include <fcntl.h>

#include <array>
#include <istream>
#include <utility>

namespace umoci::cli {
namespace {

void check_size(std::uint64_t size_bytes, std::uint64_t limit_bytes) {
  if (size_bytes <= limit_bytes) return;
  throw Error(ErrorKind::limit_exceeded, fmt::format("more than {} bytes", limit_bytes));
}

UniqueFd open_file(const std::string& path, std::string_view what, int flags) {
  UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | flags));
  if (!fd) throw_errno(fmt::format("open {} {}", what, quoted(path)));
  struct stat status{};
  if (::fstat(fd.get(), &status) != 0) {
    throw_errno(fmt::format("look at {} {}", what, quoted(path)));
  }
  if (S_ISDIR(status.st_mode)) {
    throw Error(ErrorKind::invalid_argument,
                fmt::format("{} {} is a directory", what, quoted(path)));
  }
  return fd;
}

}  // namespace

StoppableInput open_input(const std::string& path, std::string_view what,
                          const std::stop_token& stop) {
  // So that a pipe opens before somebody writes to it; for files it means nothing.
  return {open_file(path, what, O_NONBLOCK), stop};
}

std::string read_input(const std::string& path, std::string_view what, std::uint64_t limit_bytes,
                       const std::stop_token& stop) {
  StoppableInput file = open_input(path, what, stop);
  return in_context([&] { return fmt::format("{} {}", what, quoted(path)); },
                    [&] {
                      struct stat status{};
                      if (::fstat(file.fd(), &status) != 0) throw_errno("look at it");
                      // Those of pipes and devices are 0.
                      check_size(static_cast<std::uint64_t>(status.st_size), limit_bytes);
                      return io::read_all(file, limit_bytes);
                    });
}

std::string read_input(std::istream& stream, std::uint64_t limit_bytes) {
  std::string text;
  std::array<char, 1U << 16U> chunk;
  do {
    stream.read(chunk.data(), chunk.size());
    text.append(chunk.data(), static_cast<std::size_t>(stream.gcount()));
    check_size(text.size(), limit_bytes);
  } while (stream.good());
  if (stream.bad()) throw Error(ErrorKind::io, "cannot be read");
  return text;
}

}  // namespace umoci::cli
