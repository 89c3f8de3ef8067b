// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/stat.h>

namespace umoci::check {

/// The permissions that a directory or file of a layout lacks to be of use; 0 if its mode is right.
/// The owner must be able to list and search a directory, and to read a file; where that fails, all
/// that a new one gives to its owner is missing. Others who may list a directory must be able to
/// search it: without, they see names that lead nowhere. Nobody else has to have any right: umoci
/// makes blobs that only their owner can read.
[[nodiscard]] constexpr mode_t missing_permissions(mode_t mode) {
  const mode_t needed = S_ISDIR(mode) ? S_IRUSR | S_IXUSR : S_IRUSR;
  const mode_t usual = S_ISDIR(mode) ? S_IRWXU : S_IRUSR | S_IWUSR;
  mode_t missing = (mode & needed) == needed ? 0 : usual & ~mode;
  if (!S_ISDIR(mode)) return missing;
  if ((mode & S_IRGRP) != 0) missing |= S_IXGRP & ~mode;
  if ((mode & S_IROTH) != 0) missing |= S_IXOTH & ~mode;
  return missing;
}

}  // namespace umoci::check
