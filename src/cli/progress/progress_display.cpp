// SPDX-License-Identifier: Apache-2.0
#include <cli/progress/progress_display.hpp>

#include <cli/progress/progress_text.hpp>

#include <umoci/base/error.hpp>

#include <system_error>
#include <utility>

namespace umoci::cli {
namespace {

using std::chrono::milliseconds;

/// A terminal goes to the next line after the last column; before that there must be room for the
/// ^C that it echoes.
constexpr unsigned spare_columns = 3;
/// What is left of a phase is a guess that gets better.
constexpr milliseconds shortest_for_guess(3000);

milliseconds period_of(ProgressForm form) {
  switch (form) {
    case ProgressForm::json:
      return milliseconds(500);
    case ProgressForm::plain:
      return milliseconds(5000);
    case ProgressForm::line:
    case ProgressForm::none:
      break;
  }
  return milliseconds(100);
}

}  // namespace

ProgressDisplay::ProgressDisplay(ProgressForm form, std::string name, const Io& io,
                                 StatusLine& output)
    : form_(form),
      name_(std::move(name)),
      now_(io.steady_now),
      columns_(io.err_columns),
      output_(output),
      on_stop_(io.stop, [this] { stop(); }) {}

ProgressDisplay::~ProgressDisplay() {
  {
    const std::lock_guard lock(mutex_);
    is_ending_ = true;
  }
  ending_.notify_one();
  if (thread_.joinable()) thread_.join();
  output_.hide();
}

void ProgressDisplay::begin(const ProgressPhase& phase) {
  const std::lock_guard lock(mutex_);
  forget_counts();
  view_ = {};
  view_.phase = phase;
  began_ = now_();
  rate_.restart(began_);
  has_begun_ = true;
  show(ProgressMoment::begin);
  if (thread_.joinable()) return;
  try {
    thread_ = std::thread([this] { show_now_and_then(); });
  } catch (const std::system_error&) {
    // As many threads as this user may have run already: the work goes on without being shown.
  }
}

void ProgressDisplay::begin_step(const ProgressStep& step) {
  const std::lock_guard lock(mutex_);
  // In lines for people the end of a step tells more than its beginning.
  if (form_ == ProgressForm::plain && view_.step > 0) show(ProgressMoment::step);
  view_.step = step.number;
  view_.step_name = step.name;
  if (form_ != ProgressForm::plain) show(ProgressMoment::step);
}

void ProgressDisplay::end() {
  const std::lock_guard lock(mutex_);
  show(ProgressMoment::end);
  has_begun_ = false;
}

void ProgressDisplay::show_now_and_then() noexcept {
  try {
    std::unique_lock lock(mutex_);
    while (!ending_.wait_for(lock, period_of(form_), [&] { return is_ending_; })) {
      if (has_begun_) show(ProgressMoment::progress);
    }
  } catch (...) {  // The work goes on without being shown.
  }
}

ProgressView ProgressDisplay::view() {
  const auto now = now_();
  view_.bytes = bytes();
  view_.entries = entries();
  view_.elapsed = std::chrono::duration_cast<milliseconds>(now - began_);
  rate_.update(now, view_.bytes);
  view_.bytes_per_second = rate_.bytes_per_second();
  view_.left.reset();
  const std::uint64_t total_bytes = view_.phase.total_bytes.value_or(0);
  if (view_.bytes_per_second && view_.bytes < total_bytes && view_.elapsed >= shortest_for_guess) {
    view_.left = time_for(total_bytes - view_.bytes, *view_.bytes_per_second);
  }
  return view_;
}

void ProgressDisplay::show(ProgressMoment moment) {
  switch (form_) {
    case ProgressForm::json:
      return output_.print(progress_event(moment, view()));
    case ProgressForm::plain:
      if (moment == ProgressMoment::begin) return;
      return output_.print(report_text(view(), name_) + '\n');
    case ProgressForm::line:
      if (moment == ProgressMoment::progress && !is_stopped_) show_line(view());
      return;
    case ProgressForm::none:
      return;
  }
}

void ProgressDisplay::show_line(const ProgressView& view) {
  const unsigned columns = columns_();
  if (columns == 0) return output_.abandon();
  if (columns <= spare_columns) return output_.hide();
  output_.show(status_text(view, name_, columns - spare_columns));
}

void ProgressDisplay::stop() {
  const std::lock_guard lock(mutex_);
  is_stopped_ = true;
  if (form_ == ProgressForm::line) output_.hide();
}

}  // namespace umoci::cli
