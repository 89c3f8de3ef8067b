// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <umoci/base/log.hpp>
#include <umoci/base/time.hpp>
#include <umoci/tree/path.hpp>

#include <sys/stat.h>

#include <cstdint>
#include <limits>
#include <string>
#include <utility>

namespace umoci::layer {

/// Warns, once, of modification times that the file system cannot store. Kernel: 5.4 stores the
/// nearest time that it can. Spec: layers.md B36.
class FarTimes {
 public:
  explicit FarTimes(Log& log) : log_(log) {}

  /// True for times that some file system in use cannot store: all others need no look.
  [[nodiscard]] static constexpr bool is_far(Time time) {
    return time.seconds < std::numeric_limits<std::int32_t>::min() ||
           time.seconds > std::numeric_limits<std::int32_t>::max();
  }

  /// `made` is what became of an object that was to have the time `wanted`.
  void check(const tree::TreePath& path, Time wanted, const struct stat& made) {
    if (!is_far(wanted) || made.st_mtim.tv_sec == wanted.seconds) return;
    if (std::exchange(reported_, true)) return;
    log_.warn("file system cannot store this modification time, and perhaps others",
              {{"path", path.display()},
               {"wanted", std::to_string(wanted.seconds)},
               {"stored", std::to_string(made.st_mtim.tv_sec)}});
  }

 private:
  Log& log_;
  bool reported_ = false;
};

}  // namespace umoci::layer
