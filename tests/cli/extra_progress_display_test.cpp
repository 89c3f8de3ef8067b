// SPDX-License-Identifier: Apache-2.0

// How progress is shown while it is made. The times are those of a clock that the test moves; only
// that something is written at all takes as long as it does.

#include <cli/log_printer.hpp>
#include <cli/progress/progress_display.hpp>

#include <umoci_test/screen.hpp>
#include <umoci_test/shared_text.hpp>

#include <gmock/gmock.h>

#include <atomic>
#include <chrono>
#include <functional>
#include <istream>
#include <memory>
#include <ostream>
#include <sstream>
#include <stdexcept>
#include <thread>
#include <vector>

namespace umoci::cli {
namespace {

using std::chrono::seconds;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::SizeIs;
using ::testing::StartsWith;
using Time = std::chrono::steady_clock::time_point;

/// A display with a clock that the test moves, and what it wrote.
class ShownProgress {
 public:
  explicit ShownProgress(ProgressForm form, std::string name = "latest")
      : io_{.in = in_,
            .out = err_,
            .err = err_,
            .environment = [](std::string_view) { return std::nullopt; },
            .now = [] { return Timestamp{}; },
            .stop = stop.get_token(),
            .steady_now = [this] { return Time(seconds(now.load())); },
            .err_columns =
                [this] {
                  ++asked;
                  return columns.load();
                }},
        log(err_, Color::off),
        display(std::make_unique<ProgressDisplay>(form, std::move(name), io_, log.status_line())) {}

  /// Waits until what was written has that text in it.
  void await(std::string_view text) const {
    await([&] { return written().find(text) != std::string::npos; });
  }
  void await(const std::function<bool()>& condition) const {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::minutes(1);
    while (!condition()) {
      if (std::chrono::steady_clock::now() > deadline) throw std::runtime_error(written());
      std::this_thread::yield();
    }
  }
  std::string written() const { return text_.text(); }
  std::vector<std::string> rows() const {
    test::Screen screen(columns);
    screen.write(written());
    return screen.rows();
  }

 private:
  // In the order in which one uses the other.
  test::SharedText text_;
  std::istringstream in_;
  std::ostream err_{&text_};

 public:
  std::atomic<std::int64_t> now = 0;
  std::atomic<unsigned> columns = 80;
  std::atomic<int> asked = 0;  ///< how often, for the columns
  std::stop_source stop;

 private:
  Io io_;

 public:
  LogPrinter log;
  std::unique_ptr<ProgressDisplay> display;
};

const ProgressPhase four_kilobytes{
    .activity = ProgressActivity::read_layers, .steps = 2, .total_bytes = 4000};

TEST(ProgressDisplay, shows_rate_and_time_left_once_they_are_known) {
  ShownProgress shown(ProgressForm::line);
  shown.display->begin(four_kilobytes);
  shown.display->begin_step({.number = 1, .name = "sha256:0"});
  shown.await("latest: layer 1 of 2, 0%, 0B of 4kB");
  shown.now = 2;
  shown.display->add_bytes(1000);
  shown.await("latest: layer 1 of 2, 25%, 1kB of 4kB, 500B/s\x1b[K");
  shown.now = 4;
  shown.display->begin_step({.number = 2, .name = "sha256:1"});
  shown.display->add_bytes(1000);
  shown.await("latest: layer 2 of 2, 50%, 2kB of 4kB, 500B/s, 4s left\x1b[K");
  shown.display->add_bytes(2000);
  shown.now = 8;
  shown.await("latest: layer 2 of 2, 100%, 4kB of 4kB, 500B/s\x1b[K");
  shown.display->end();
  shown.display.reset();
  EXPECT_THAT(shown.rows(), ElementsAre(""));
}

TEST(ProgressDisplay, follows_the_width_of_the_terminal) {
  ShownProgress shown(ProgressForm::line);
  shown.display->begin(four_kilobytes);
  shown.display->begin_step({.number = 1, .name = "sha256:0"});
  shown.await("latest: layer 1 of 2, 0%, 0B of 4kB\x1b[K");
  shown.columns = 20;
  shown.await("\rlayer 1 of 2, 0%\x1b[K");
  shown.columns = 40;
  shown.await("layer 1 of 2, 0%, 0B of 4kB\x1b[K");
  EXPECT_THAT(shown.rows(), SizeIs(1));
  shown.columns = 3;
  shown.await("\r\x1b[K");
  shown.display.reset();
}

TEST(ProgressDisplay, is_for_the_foreground) {
  ShownProgress shown(ProgressForm::line);
  shown.display->begin(four_kilobytes);
  shown.await("layers, 0%");
  shown.columns = 0;
  // Whoever writes to the terminal now keeps the row.
  const std::string before = shown.written();
  const int asked = shown.asked;
  shown.await([&] { return shown.asked >= asked + 2; });
  shown.display.reset();
  EXPECT_EQ(shown.written(), before);
}

TEST(ProgressDisplay, is_gone_at_once_when_a_stop_is_requested) {
  ShownProgress shown(ProgressForm::line);
  shown.display->begin(four_kilobytes);
  shown.await("layers, 0%");
  shown.stop.request_stop();
  EXPECT_THAT(shown.rows(), ElementsAre(""));
  shown.display->add_bytes(4000);
  shown.display.reset();
  EXPECT_THAT(shown.rows(), ElementsAre(""));
  EXPECT_THAT(shown.written(), Not(HasSubstr("100%")));
}

TEST(ProgressDisplay, leaves_room_for_messages) {
  ShownProgress shown(ProgressForm::line);
  shown.display->begin(four_kilobytes);
  shown.await("layers, 0%");
  shown.log.warn("one");
  shown.log.warn("two");
  EXPECT_THAT(shown.rows(), ElementsAre("   • one", "   • two", StartsWith("latest: layers")));
  shown.display.reset();
  EXPECT_THAT(shown.rows(), ElementsAre("   • one", "   • two", ""));
}

TEST(ProgressDisplay, writes_nothing_for_what_is_over_at_once) {
  ShownProgress shown(ProgressForm::line);
  shown.display.reset();
  EXPECT_EQ(shown.written(), "");
}

TEST(ProgressDisplay, tells_events_now_and_then) {
  ShownProgress shown(ProgressForm::json);
  shown.display->begin(four_kilobytes);
  shown.display->add_bytes(3000);
  shown.display->add_entries(7);
  shown.now = 6;
  shown.await(R"({"event":"progress","activity":"read-layers","steps":2,"bytes":3000,)"
              R"("total_bytes":4000,"entries":7,"elapsed_ms":6000,"bytes_per_second":500,)"
              R"("seconds_left":2})");
}

TEST(ProgressDisplay, counts_what_any_thread_does) {
  ShownProgress shown(ProgressForm::json);
  shown.display->begin(four_kilobytes);
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      for (int n = 0; n < 1000; ++n) {
        shown.display->add_bytes(1);
        shown.display->add_entries(2);
        if (n % 100 == 0) shown.log.warn("message");
      }
    });
  }
  for (auto& thread : threads) thread.join();
  shown.display->end();
  EXPECT_THAT(shown.written(), HasSubstr(R"("bytes":4000,"total_bytes":4000,"entries":8000)"));
}

}  // namespace
}  // namespace umoci::cli
