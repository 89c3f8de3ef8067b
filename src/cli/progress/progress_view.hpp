// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <umoci/base/progress.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

namespace umoci::cli {

/// How far an operation is at one moment.
struct ProgressView {
  ProgressPhase phase;
  std::uint64_t step = 0;  ///< 0: none has begun
  std::string step_name;
  std::uint64_t bytes = 0;
  std::uint64_t entries = 0;
  std::chrono::milliseconds elapsed{0};  ///< since the phase began
  std::optional<std::uint64_t> bytes_per_second;
  std::optional<std::chrono::seconds> left;  ///< of the phase
};

}  // namespace umoci::cli
