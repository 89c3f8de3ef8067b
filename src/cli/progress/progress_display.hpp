// SPDX-License-Identifier: Apache-2.0
#pragma once

// Shows the progress of a command on standard error. The library counts; a thread of this object
// looks at the counts now and then and at the clock, and writes. Read first: ProgressForm.

#include <cli/progress/byte_rate.hpp>
#include <cli/progress/progress_event.hpp>
#include <cli/run.hpp>
#include <cli/status_line.hpp>

#include <umoci/base/progress.hpp>

#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <thread>

namespace umoci::cli {

/// How progress looks.
enum class ProgressForm {
  none,
  line,   ///< one line of a terminal, gone when the work is done
  plain,  ///< a line for each step, and every five seconds
  json,   ///< an event for each step, and twice a second. Spec: docs/formats/progress.md
};

/// Shows what it is told until it is destroyed. The changing line goes away at once when a stop is
/// requested: a second signal would not wait for it. The thread starts with the first phase.
class ProgressDisplay final : public Progress {
 public:
  /// `name` says whose progress it is, such as a tag; `form` is not none. Borrows `output`.
  ProgressDisplay(ProgressForm form, std::string name, const Io& io, StatusLine& output);
  /// Ends the thread and takes the line away, also in the middle of a phase.
  ~ProgressDisplay() override;

  void begin(const ProgressPhase& phase) override;
  void begin_step(const ProgressStep& step) override;
  void end() override;

 private:
  void show_now_and_then() noexcept;
  // With the lock held.
  void show(ProgressMoment moment);
  void show_line(const ProgressView& view);
  [[nodiscard]] ProgressView view();
  void stop();

  const ProgressForm form_;
  const std::string name_;
  const std::function<std::chrono::steady_clock::time_point()> now_;
  const std::function<unsigned()> columns_;
  StatusLine& output_;

  std::mutex mutex_;
  std::condition_variable ending_;
  bool is_ending_ = false;
  bool is_stopped_ = false;
  bool has_begun_ = false;  ///< a phase that has not ended
  ProgressView view_;
  std::chrono::steady_clock::time_point began_;
  ByteRate rate_;
  std::thread thread_;
  std::stop_callback<std::function<void()>> on_stop_;
};

}  // namespace umoci::cli
