// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace umoci {

/// The number of processors that the calling thread may run on, at least 1. It is what a number of
/// threads is derived from: taskset and cpusets of containers leave a program fewer processors than
/// the machine has.
///
/// Kernel: sched_getaffinity(2).
[[nodiscard]] unsigned usable_processors();

}  // namespace umoci
