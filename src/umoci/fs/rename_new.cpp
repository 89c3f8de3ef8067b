// SPDX-License-Identifier: Apache-2.0
#include <umoci/fs/rename_new.hpp>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>

namespace umoci::fs {

int rename_new(int from, const char* old_name, int to, const char* new_name) {
  if (::renameat2(from, old_name, to, new_name, RENAME_NOREPLACE) == 0) return 0;
  if (errno != EINVAL && errno != ENOSYS && errno != EPERM) return -1;
  struct stat status{};
  if (::fstatat(from, old_name, &status, AT_SYMLINK_NOFOLLOW) != 0) return -1;
  if (!S_ISDIR(status.st_mode)) {
    if (::linkat(from, old_name, to, new_name, 0) != 0) return -1;
    ::unlinkat(from, old_name, 0);
    return 0;
  }
  if (::fstatat(to, new_name, &status, AT_SYMLINK_NOFOLLOW) == 0) {
    errno = EEXIST;
    return -1;
  }
  return ::renameat(from, old_name, to, new_name);
}

}  // namespace umoci::fs
