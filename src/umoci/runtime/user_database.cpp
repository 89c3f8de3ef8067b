// SPDX-License-Identifier: Apache-2.0
#include <umoci/runtime/user_database.hpp>

#include <umoci/base/error.hpp>
#include <umoci/io/source.hpp>
#include <umoci/tree/path.hpp>

#include <cstdint>
#include <string_view>
#include <utility>

namespace umoci::runtime {
namespace {

constexpr std::uint64_t max_file_bytes = 16ULL << 20U;

bool is_refusal(ErrorKind kind) {
  return kind == ErrorKind::permission || kind == ErrorKind::invalid_data ||
         kind == ErrorKind::unsafe_path;
}

std::optional<std::string> read_file(const fs::Root& rootfs, std::string_view name, Log& log) {
  const tree::TreePath path = tree::TreePath::clean(name);
  try {
    std::optional<UniqueFd> file = rootfs.open_file(path);
    if (!file) return std::nullopt;
    io::FileSource source(std::move(*file));
    return io::read_all(source, max_file_bytes);
  } catch (Error& error) {
    if (is_refusal(error.kind())) {
      log.warn("file of the root file system cannot be read",
               {{"file", path.display()}, {"error", error.what()}});
      return std::nullopt;
    }
    error.add_context(path.display() + " of the root file system");
    throw;
  }
}

}  // namespace

UserDatabase read_user_database(const fs::Root& rootfs, Log& log) {
  return UserDatabase{
      .passwd = read_file(rootfs, "etc/passwd", log),
      .group = read_file(rootfs, "etc/group", log),
  };
}

}  // namespace umoci::runtime
