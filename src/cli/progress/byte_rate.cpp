// SPDX-License-Identifier: Apache-2.0
#include <cli/progress/byte_rate.hpp>

#include <algorithm>
#include <limits>

namespace umoci::cli {
namespace {

constexpr std::chrono::seconds shortest_span(1);
constexpr std::chrono::seconds longest_span(10);

}  // namespace

void ByteRate::restart(Time now) { samples_.assign(1, {.time = now, .bytes = 0}); }

void ByteRate::update(Time now, std::uint64_t bytes) {
  if (samples_.empty() || now - samples_.back().time < shortest_span) return;
  samples_.push_back({.time = now, .bytes = bytes});
  // One is left that is old enough, however long it took until the next.
  while (samples_.size() > 2 && now - samples_[1].time >= longest_span) samples_.pop_front();
}

std::optional<std::uint64_t> ByteRate::bytes_per_second() const {
  if (samples_.size() < 2) return std::nullopt;
  const auto& [first_time, first_bytes] = samples_.front();
  const auto& [last_time, last_bytes] = samples_.back();
  const std::chrono::duration<double> span = last_time - first_time;
  const double rate = static_cast<double>(last_bytes - first_bytes) / span.count();
  if (rate < 1) return std::nullopt;
  constexpr double most = 1e18;
  return static_cast<std::uint64_t>(std::min(rate, most));
}

std::chrono::seconds time_for(std::uint64_t bytes, std::uint64_t bytes_per_second) {
  const std::uint64_t rest = bytes % bytes_per_second == 0 ? 0 : 1;
  const std::uint64_t seconds = bytes / bytes_per_second + rest;
  constexpr auto most = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
  return std::chrono::seconds(static_cast<std::int64_t>(std::min(seconds, most)));
}

}  // namespace umoci::cli
