// SPDX-License-Identifier: Apache-2.0
#include <umoci/fs/lookup.hpp>

#include <umoci/base/error.hpp>

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <climits>

namespace umoci::fs {
namespace {

int openat2_directory(int from, const char* path) {
  open_how how{};
  how.flags = O_PATH | O_DIRECTORY | O_CLOEXEC;
  how.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS;
  return static_cast<int>(::syscall(SYS_openat2, from, path, &how, sizeof how));
}

}  // namespace

Lookup available_lookup(const Directory& root, Lookup wanted) {
  if (wanted == Lookup::component_walk) return wanted;
  const UniqueFd probe(openat2_directory(root.fd(), "."));
  // Container engines' filters answer EPERM to calls they do not know, which "." never meets.
  if (probe || (errno != ENOSYS && errno != EPERM)) return Lookup::openat2;
  if (wanted == Lookup::openat2) {
    throw Error(ErrorKind::unsupported, "the system call openat2 is missing",
                std::error_code(errno, std::system_category()));
  }
  return Lookup::component_walk;
}

std::string_view leading_part(std::string_view path) {
  if (path.size() < PATH_MAX) return path;
  const std::size_t slash = path.rfind('/', PATH_MAX - 1);
  return path.substr(0, slash);
}

std::optional<Directory> jump(const Directory& from, std::string_view path) {
  UniqueFd opened(openat2_directory(from.fd(), std::string(path).c_str()));
  if (!opened) return std::nullopt;
  return from.adopt(std::move(opened));
}

std::optional<Directory> open_without_links(const Directory& from, std::string_view path,
                                            Lookup lookup) {
  std::optional<Directory> current = from;
  while (!path.empty() && current) {
    if (lookup == Lookup::openat2) {
      const std::string_view part = leading_part(path);
      if (auto next = jump(*current, part)) {
        current = std::move(next);
        path.remove_prefix(std::min(part.size() + 1, path.size()));
        continue;
      }
      if (errno == ENOENT || errno == ENOTDIR || errno == ELOOP) return std::nullopt;
      // Whatever stopped it, one step after the other gets further or tells where it is.
      lookup = Lookup::component_walk;
    }
    const std::string_view name = tree::next_component(path);
    current = current->open_directory(name);
  }
  return current;
}

}  // namespace umoci::fs
