// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <umoci/base/cancellation.hpp>
#include <umoci/base/error.hpp>
#include <umoci/base/limits.hpp>

#include <cstdint>
#include <stop_token>
#include <string>
#include <utility>

namespace umoci::fs {

/// Bounds the work that symbolic links can ask for. Two hundred links of a thousand steps each make
/// minutes of one short name, and a few bytes name it once more.
class LinkBudget {
 public:
  explicit LinkBudget(const Limits& limits = {}, std::stop_token stop = {})
      : limits_(limits), stop_(std::move(stop)) {}

  /// Accounts for components walked to resolve a path. Throws: limit_exceeded
  /// (Limits::link_steps); cancelled.
  void charge(std::uint64_t steps) {
    check_not_cancelled(stop_);
    used_steps_ += steps;
    check_limit(limits_, &Limits::link_steps, used_steps_);
  }

  /// `count` links were followed on one path. Throws: unsafe_path (Limits::symlinks).
  void check_links(std::uint64_t count) const {
    if (count <= limits_.symlinks) return;
    throw Error(ErrorKind::unsafe_path, "limit symlinks exceeded: more than " +
                                            std::to_string(limits_.symlinks) +
                                            " symbolic links on one path");
  }

 private:
  Limits limits_;
  std::stop_token stop_;
  std::uint64_t used_steps_ = 0;
};

}  // namespace umoci::fs
