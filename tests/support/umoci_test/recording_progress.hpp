// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <umoci/base/progress.hpp>

#include <string>
#include <vector>

namespace umoci::test {

/// Keeps the phases it was told.
class RecordingProgress final : public Progress {
 public:
  struct Phase {
    ProgressPhase told;
    std::vector<std::string> steps;  ///< their names
    bool has_ended = false;
    std::uint64_t bytes = 0;  ///< at the end
    std::uint64_t entries = 0;
  };

  void begin(const ProgressPhase& phase) override {
    forget_counts();
    phases_.push_back({.told = phase, .steps = {}});
  }
  void begin_step(const ProgressStep& step) override {
    phases_.back().steps.emplace_back(step.name);
  }
  void end() override {
    phases_.back().has_ended = true;
    phases_.back().bytes = bytes();
    phases_.back().entries = entries();
  }

  [[nodiscard]] const std::vector<Phase>& phases() const { return phases_; }
  using Progress::bytes;
  using Progress::entries;

 private:
  std::vector<Phase> phases_;
};

}  // namespace umoci::test
