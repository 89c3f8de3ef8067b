// SPDX-License-Identifier: Apache-2.0
#include <cli/arguments/input_file.hpp>

#include <umoci/base/error.hpp>

#include <fmt/format.h>

#include <sys/stat.h>

#include <fcntl.h>

namespace umoci::cli {

UniqueFd open_input(const std::string& path, std::string_view what) {
  UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
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

}  // namespace umoci::cli
