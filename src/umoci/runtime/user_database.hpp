// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <umoci/base/log.hpp>
#include <umoci/fs/root.hpp>
#include <umoci/runtime/user.hpp>

namespace umoci::runtime {

/// Reads /etc/passwd and /etc/group of a tree, links followed inside it. A file that cannot be read
/// counts as missing, with a warning. Throws: limit_exceeded for one larger than 16 MiB, io.
[[nodiscard]] UserDatabase read_user_database(const fs::Root& rootfs, Log& log);

}  // namespace umoci::runtime
