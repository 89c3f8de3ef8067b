// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

namespace umoci::check {

/// The permissions that new files of this process do not get; where nobody can tell, all those of
/// others. Kernel: 4.7, which tells without a change of it that other threads would feel.
[[nodiscard]] mode_t process_umask();

}  // namespace umoci::check
