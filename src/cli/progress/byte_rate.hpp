// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <optional>

namespace umoci::cli {

/// How fast bytes came during the last ten seconds or so. It changes at most once a second, so that
/// people can read it.
class ByteRate {
 public:
  using Time = std::chrono::steady_clock::time_point;

  /// Starts anew: from `now` on, with no bytes yet.
  void restart(Time now);
  /// Says how many bytes there are at `now`, all that ever came since the restart. Times and bytes
  /// never go back.
  void update(Time now, std::uint64_t bytes);
  /// nullopt before a second has passed, and while nothing comes.
  [[nodiscard]] std::optional<std::uint64_t> bytes_per_second() const;

 private:
  struct Sample {
    Time time;
    std::uint64_t bytes;
  };
  std::deque<Sample> samples_;
};

/// How long `bytes` will take, rounded up. `bytes_per_second` is not 0.
[[nodiscard]] std::chrono::seconds time_for(std::uint64_t bytes, std::uint64_t bytes_per_second);

}  // namespace umoci::cli
