// SPDX-License-Identifier: Apache-2.0

// What progress looks like: widths, rates and words. No command runs here.

#include <cli/cell_width.hpp>
#include <cli/log_printer.hpp>
#include <cli/progress/byte_rate.hpp>
#include <cli/progress/progress_event.hpp>
#include <cli/progress/progress_text.hpp>
#include <cli/status_line.hpp>
#include <cli/unicode_printable.hpp>

#include <umoci/oci/json.hpp>
#include <umoci_test/run_program.hpp>
#include <umoci_test/screen.hpp>

#include <gmock/gmock.h>

#include <sstream>

namespace umoci::cli {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr std::uint64_t megabyte = 1000 * 1000;

TEST(CellWidth, knows_wide_and_combining_characters) {
  EXPECT_EQ(cell_width("abc"), 3U);
  EXPECT_EQ(cell_width("äöü"), 3U);
  EXPECT_EQ(cell_width("a\u0308o\u0308"), 2U);
  EXPECT_EQ(cell_width("日本"), 4U);
  EXPECT_EQ(cell_width("🐋"), 2U);
  EXPECT_EQ(cell_width("\xff\xfe"), 2U);
  EXPECT_EQ(cell_width(""), 0U);
}

TEST(CellWidth, agrees_with_python) {
  if (!test::has_program("python3")) GTEST_SKIP() << "needs python3";
  const auto result = test::run_program({"python3", "-c", R"(
import sys, unicodedata
def answer(point):
    character = chr(point)
    category = unicodedata.category(character)
    if category in ("Cn", "Cs"): return "?"
    if unicodedata.east_asian_width(character) in "WF": return "2"
    selector = "VARIATION SELECTOR" in unicodedata.name(character, "")
    return "0" if category in ("Mn", "Me") and not selector else "1"
sys.stdout.write("".join(answer(point) for point in range(0x110000)))
)"});
  ASSERT_EQ(result.status, 0) << result.err;
  ASSERT_EQ(result.out.size(), 0x110000U);
  int differences = 0;
  for (char32_t point = 0; point < 0x110000 && differences < 10; ++point) {
    const char answer = result.out[point];
    if (answer == '?' || !is_printable(point)) continue;
    if (static_cast<std::size_t>(answer - '0') == cell_width(point)) continue;
    ADD_FAILURE() << std::hex << static_cast<unsigned>(point) << " is " << answer;
    ++differences;
  }
}

TEST(CellWidth, cuts_no_character_in_two) {
  EXPECT_EQ(cut_to_cells("abc", 2), "ab");
  EXPECT_EQ(cut_to_cells("abc", 3), "abc");
  EXPECT_EQ(cut_to_cells("abc", 9), "abc");
  EXPECT_EQ(cut_to_cells("日本", 3), "日");
  EXPECT_EQ(cut_to_cells("日本", 1), "");
  // What is drawn over a character stays with it.
  EXPECT_EQ(cut_to_cells("e\u0301x", 1), "e\u0301");
  EXPECT_EQ(cut_to_cells("abc", 0), "");
}

TEST(ByteRate, is_that_of_the_last_seconds) {
  ByteRate rate;
  const ByteRate::Time start{};
  rate.restart(start);
  EXPECT_EQ(rate.bytes_per_second(), std::nullopt);
  rate.update(start + milliseconds(900), 900);
  EXPECT_EQ(rate.bytes_per_second(), std::nullopt) << "too early to tell";
  rate.update(start + seconds(1), 1000);
  EXPECT_EQ(rate.bytes_per_second(), 1000U);
  // Numbers that change all the time cannot be read.
  rate.update(start + milliseconds(1900), 9000);
  EXPECT_EQ(rate.bytes_per_second(), 1000U);
  rate.update(start + seconds(2), 4000);
  EXPECT_EQ(rate.bytes_per_second(), 2000U);
  for (int second = 3; second <= 40; ++second) rate.update(start + seconds(second), 4000);
  EXPECT_EQ(rate.bytes_per_second(), std::nullopt) << "nothing came for long";
  // After a long sleep it is the mean of what was missed.
  rate.update(start + seconds(140), 4000 + 110 * 7);
  EXPECT_EQ(rate.bytes_per_second(), 7U);
}

TEST(ByteRate, starts_anew) {
  ByteRate rate;
  rate.restart({});
  rate.update(ByteRate::Time(seconds(5)), 500);
  EXPECT_EQ(rate.bytes_per_second(), 100U);
  rate.restart(ByteRate::Time(seconds(6)));
  EXPECT_EQ(rate.bytes_per_second(), std::nullopt);
  rate.update(ByteRate::Time(seconds(8)), 50);
  EXPECT_EQ(rate.bytes_per_second(), 25U);
}

TEST(TimeLeft, is_rounded_up) {
  EXPECT_EQ(time_for(100, 100), seconds(1));
  EXPECT_EQ(time_for(101, 100), seconds(2));
  EXPECT_EQ(time_for(1, 100), seconds(1));
  EXPECT_EQ(time_for(0, 100), seconds(0));
  EXPECT_GT(time_for(~std::uint64_t{0}, 1), seconds(0));
}

TEST(TimeLeft, is_short) {
  EXPECT_EQ(duration_text(seconds(0)), "0s");
  EXPECT_EQ(duration_text(seconds(59)), "59s");
  EXPECT_EQ(duration_text(seconds(60)), "1m 00s");
  EXPECT_EQ(duration_text(seconds(125)), "2m 05s");
  EXPECT_EQ(duration_text(seconds(3599)), "59m 59s");
  EXPECT_EQ(duration_text(seconds(3600 + 7 * 60 + 59)), "1h 07m");
  EXPECT_EQ(duration_text(seconds(360000)), "100h 00m");
  EXPECT_EQ(duration_text(seconds(360001)), "");
}

ProgressView layers_view() {
  ProgressView view;
  view.phase = {
      .activity = ProgressActivity::read_layers, .steps = 5, .total_bytes = 40 * megabyte};
  view.step = 2;
  view.step_name = "sha256:0";
  view.bytes = 16 * megabyte;
  view.entries = 1234;
  view.elapsed = seconds(4);
  view.bytes_per_second = 4 * megabyte;
  view.left = seconds(6);
  return view;
}

TEST(ProgressText, leaves_out_what_matters_least) {
  const auto view = layers_view();
  EXPECT_EQ(status_text(view, "latest", 200),
            "latest: layer 2 of 5, 40%, 16MB of 40MB, 4MB/s, 6s left");
  EXPECT_EQ(status_text(view, "latest", 55),
            "latest: layer 2 of 5, 40%, 16MB of 40MB, 4MB/s, 6s left");
  EXPECT_EQ(status_text(view, "latest", 54), "layer 2 of 5, 40%, 16MB of 40MB, 4MB/s, 6s left");
  EXPECT_EQ(status_text(view, "latest", 37), "layer 2 of 5, 40%, 4MB/s, 6s left");
  EXPECT_EQ(status_text(view, "latest", 28), "layer 2 of 5, 40%, 6s left");
  EXPECT_EQ(status_text(view, "latest", 17), "layer 2 of 5, 40%");
  EXPECT_EQ(status_text(view, "latest", 14), "layer 2 of 5");
  EXPECT_EQ(status_text(view, "latest", 3), "lay");
  EXPECT_EQ(status_text(view, "latest", 0), "");
}

TEST(ProgressText, never_gets_wider_than_asked) {
  auto view = layers_view();
  view.step = 10000;
  view.phase.steps = 10000;
  view.phase.total_bytes = ~std::uint64_t{0};
  view.left = seconds(359999);
  for (const std::string name : {"", "a", "日本語のイメージ", "e\u0301e\u0301e\u0301e\u0301",
                                 "\xff\x1b[31m\n\r\t\u202e", "an-image-of-a-name-without-end"}) {
    for (std::size_t cells = 0; cells < 150; ++cells) {
      const std::string text = status_text(view, name, cells);
      EXPECT_LE(cell_width(text), cells) << text;
      EXPECT_TRUE(is_utf8(text)) << text;
      for (const char c : text) EXPECT_GE(static_cast<unsigned char>(c), 0x20) << text;
    }
  }
}

TEST(ProgressText, shortens_long_names) {
  ProgressView view;
  view.phase.activity = ProgressActivity::find_garbage;
  EXPECT_EQ(status_text(view, "/srv/layouts/production", 80),
            "/srv/layouts/production: finding garbage");
  EXPECT_EQ(status_text(view, "/srv/layouts/production", 30), "/srv/layou...: finding garbage");
  EXPECT_EQ(status_text(view, "/srv/layouts/production", 24), "/srv...: finding garbage");
  EXPECT_EQ(status_text(view, "/srv/layouts/production", 23), "finding garbage");
  // A wide character is there or not.
  EXPECT_EQ(status_text(view, "日本語のイメージ", 26), "日本語...: finding garbage");
  EXPECT_EQ(status_text(view, "日本語のイメージ", 25), "日本...: finding garbage");
  EXPECT_EQ(status_text(view, "\x1b[2J", 80), "\\x1b[2J: finding garbage");
}

TEST(ProgressText, tells_what_is_known) {
  ProgressView view;
  view.phase = {.activity = ProgressActivity::write_layer, .total_entries = 8};
  EXPECT_EQ(status_text(view, "", 80), "writing layer, 0%, 0 of 8 entries");
  view.entries = 7;
  view.bytes = 999;
  EXPECT_EQ(status_text(view, "", 80), "writing layer, 87%, 7 of 8 entries, 999B");
  view.phase = {.activity = ProgressActivity::compare_rootfs};
  EXPECT_EQ(status_text(view, "", 80), "comparing files, 7 entries, 999B");
  view.entries = 1;
  view.bytes = 0;
  EXPECT_EQ(status_text(view, "", 80), "comparing files, 1 entry");
  view = {};
  view.phase = {.activity = ProgressActivity::read_layers, .total_bytes = 0};
  EXPECT_EQ(status_text(view, "", 80), "layers") << "an image may have none";
}

TEST(ProgressText, is_at_100_percent_when_all_is_done) {
  auto view = layers_view();
  view.phase.total_bytes = 1000000;
  view.bytes = 999999;
  EXPECT_THAT(status_text(view, "", 80), HasSubstr(" 99%"));
  view.bytes = 1000000;
  EXPECT_THAT(status_text(view, "", 80), HasSubstr(" 100%"));
  view.bytes = 2000000;  // of a file that grows
  EXPECT_THAT(status_text(view, "", 80), HasSubstr(" 100%"));
  view.phase.total_bytes = ~std::uint64_t{0};
  view.bytes = ~std::uint64_t{0} - 1;
  EXPECT_THAT(status_text(view, "", 80), HasSubstr(" 99%"));
}

TEST(ProgressText, of_reports_has_all_numbers) {
  EXPECT_EQ(report_text(layers_view(), "la\ntest"),
            "la\\ntest: layer 2 of 5, 40%, 1234 entries, 16MB of 40MB, 4MB/s, 6s left");
}

TEST(ProgressEvent, has_members_for_what_is_known) {
  EXPECT_EQ(progress_event(ProgressMoment::progress, layers_view()),
            R"({"event":"progress","activity":"read-layers","steps":5,"step":2,)"
            R"("digest":"sha256:0","bytes":16000000,"total_bytes":40000000,"entries":1234,)"
            R"("elapsed_ms":4000,"bytes_per_second":4000000,"seconds_left":6})"
            "\n");
  ProgressView view;
  view.phase = {.activity = ProgressActivity::remove_garbage, .total_entries = 0};
  EXPECT_EQ(progress_event(ProgressMoment::end, view),
            R"({"event":"end","activity":"remove-garbage","bytes":0,"entries":0,)"
            R"("total_entries":0,"elapsed_ms":0})"
            "\n");
}

TEST(ProgressEvent, of_a_message_is_json_whatever_the_bytes_are) {
  EXPECT_EQ(message_event(LogLevel::warn, "a \"b\"\n\xff\x1b", {{"k\xfe", "v\r"}}),
            R"({"event":"message","level":"warn","message":"a \"b\"\\n\\xff\\x1b",)"
            R"("fields":{"k\\xfe":"v\\r"}})"
            "\n");
  EXPECT_EQ(message_event(LogLevel::fatal, "", {}),
            "{\"event\":\"message\",\"level\":\"fatal\",\"message\":\"\",\"fields\":{}}\n");
}

/// What the terminal shows after all that was written.
std::vector<std::string> rows_of(const std::ostringstream& err, std::size_t columns = 80) {
  test::Screen screen(columns);
  screen.write(err.str());
  return screen.rows();
}

TEST(StatusLine, changes_in_place) {
  std::ostringstream err;
  StatusLine line(err);
  line.show("a longer text");
  EXPECT_THAT(rows_of(err), ElementsAre("a longer text"));
  line.show("short");
  EXPECT_THAT(rows_of(err), ElementsAre("short"));
  line.hide();
  EXPECT_THAT(rows_of(err), ElementsAre(""));
}

TEST(StatusLine, stays_below_what_is_printed) {
  std::ostringstream err;
  StatusLine line(err);
  line.print("first\n");
  EXPECT_EQ(err.str(), "first\n");
  line.show("a longer text");
  line.print("second\n");
  EXPECT_THAT(rows_of(err), ElementsAre("first", "second", "a longer text"));
  line.hide();
  line.print("third\n");
  EXPECT_THAT(rows_of(err), ElementsAre("first", "second", "third", ""));
}

TEST(StatusLine, writes_nothing_without_need) {
  std::ostringstream err;
  StatusLine line(err);
  line.hide();
  line.show("");
  EXPECT_EQ(err.str(), "");
  line.show("text");
  const std::string once = err.str();
  line.show("text");
  EXPECT_EQ(err.str(), once);
  line.abandon();
  line.hide();
  EXPECT_EQ(err.str(), once);
  line.print("message\n");
  EXPECT_EQ(err.str(), once + "message\n");
}

TEST(StatusLine, is_not_in_the_way_of_messages) {
  std::ostringstream err;
  LogPrinter log(err, Color::off);
  log.status_line().show("half of it");
  log.warn("something", {{"k", "v"}});
  EXPECT_THAT(rows_of(err), ElementsAre("   • something                 k=v", "half of it"));
}

}  // namespace
}  // namespace umoci::cli
