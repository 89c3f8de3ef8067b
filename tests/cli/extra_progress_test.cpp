// SPDX-License-Identifier: Apache-2.0

// --progress and --quiet: what whole command lines tell of how far they are, and when.

#include <umoci_test/command_line.hpp>

#include <cli/commands/commands.hpp>

#include <umoci_test/run_program.hpp>

#include <gmock/gmock.h>
#include <sys/ioctl.h>
#include <sys/stat.h>

#include <fcntl.h>
#include <unistd.h>

#include <chrono>
#include <set>
#include <thread>

namespace umoci::cli {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;
using ::testing::StartsWith;
namespace stdfs = std::filesystem;
using Words = std::vector<std::string>;

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

/// Each line parsed; a line that is no JSON fails the test.
std::vector<oci::Json> events_of(const std::string& text) {
  std::vector<oci::Json> events;
  for (const std::string& line : lines_of(text)) {
    EXPECT_NO_THROW(events.push_back(oci::Json::parse(line))) << line;
  }
  return events;
}

std::string text_of(const oci::Json& event, std::string_view name) {
  const auto* member = event.find(name);
  return member == nullptr ? "" : *member->if_string();
}

std::optional<std::int64_t> number_of(const oci::Json& event, std::string_view name) {
  const auto* member = event.find(name);
  return member == nullptr ? std::nullopt : member->if_int64();
}

/// "activity" of the events "begin", in order.
std::vector<std::string> activities_of(const std::vector<oci::Json>& events) {
  std::vector<std::string> found;
  for (const auto& event : events) {
    if (text_of(event, "event") == "begin") found.push_back(text_of(event, "activity"));
  }
  return found;
}

oci::Json last_of(const std::vector<oci::Json>& events, std::string_view name,
                  std::string_view activity) {
  oci::Json found;
  for (const auto& event : events) {
    if (text_of(event, "event") == name && text_of(event, "activity") == activity) found = event;
  }
  EXPECT_FALSE(found.is_null()) << name << " " << activity;
  return found;
}

/// The commands that take --progress, as they are called.
Words commands_with_progress() {
  Words names;
  const auto add = [&](const Command& command, const std::string& prefix) {
    if (std::ranges::any_of(command.flags, [](const auto& f) { return f.name == "progress"; })) {
      names.push_back(prefix + std::string(command.name));
    }
  };
  for (const Command& command : all_commands()) {
    add(command, "");
    for (const Command& sub : command.subcommands) {
      add(sub, std::string(command.name) + " ");
    }
  }
  return names;
}

class ProgressTest : public CommandLineTest {
 protected:
  /// The image "latest" gets two layers, and there is garbage.
  void SetUp() override {
    make_layout();
    test::write_file(path("file"), std::string(50000, 'x'));
    test::write_file(path("layer.tar"), std::string(10240, '\0'));
    run_well(line("insert", {image(), path("file"), "/first"}));
    run_well(line("insert", {image(), path("file"), "/second"}));
  }

  /// A line of a command that succeeds, whoever runs the tests.
  static Words line(const std::string& command, const Words& more) {
    Words words;
    std::istringstream names(command);
    for (std::string word; names >> word;) words.push_back(word);
    const bool is_of_layout = command == "gc" || command == "validate" || command == "fsck";
    words.emplace_back(is_of_layout ? "--layout" : "--image");
    words.insert(words.end(), more.begin(), more.end());
    const bool has_owner = command == "insert" || command.ends_with("unpack");
    if (has_owner && ::geteuid() != 0) words.emplace_back("--rootless");
    return words;
  }

  /// One for each command that takes --progress.
  std::map<std::string, Words> lines(const Words& more = {}) const {
    std::map<std::string, Words> found{
        {"unpack", line("unpack", {image(), path("bundle")})},
        {"raw unpack", line("raw unpack", {image(), path("rootfs")})},
        {"insert", line("insert", {image(), path("file"), "/third"})},
        {"raw add-layer", line("raw add-layer", {image(), path("layer.tar")})},
        {"repack", line("repack", {image("repacked"), path("changed")})},
        {"gc", line("gc", {path("layout")})},
        {"validate", line("validate", {path("layout"), "--ignore", "L09,M04"})},
        {"fsck", line("fsck", {path("layout"), "--ignore", "L09,M04"})}};
    for (auto& [name, words] : found) words.insert(words.end(), more.begin(), more.end());
    return found;
  }
  /// What the line for repack packs.
  void make_changed_bundle() {
    run_well(line("unpack", {image(), path("changed")}));
    test::write_file(path("changed/rootfs/new"), std::string(3000, 'y'));
    stdfs::remove(path("changed/rootfs/first"));
  }

  std::int64_t layers_size() const {
    const auto manifest = oci::Json::parse(manifest_text());
    std::int64_t size = 0;
    for (const auto& layer : *manifest.find("layers")->if_array()) {
      size += *number_of(layer, "size");
    }
    return size;
  }
};

TEST_F(ProgressTest, is_for_commands_that_may_take_long) {
  const auto found = lines();
  std::set<std::string> expected;
  for (const auto& [name, words] : found) expected.insert(name);
  const Words names = commands_with_progress();
  EXPECT_EQ(std::set<std::string>(names.begin(), names.end()), expected);
}

TEST_F(ProgressTest, is_silent_unless_standard_error_is_a_terminal) {
  make_changed_bundle();
  for (const auto& [name, words] : lines()) {
    if (name == "raw unpack") continue;  // it has always talked
    EXPECT_EQ(run_well(words), "") << name;
  }
}

TEST_F(ProgressTest, of_malformed_forms_is_refused_before_anything_is_read) {
  make_changed_bundle();
  const auto before = everything();
  for (const std::string value : {"", "fancy", "JSON", "plain ", "\x1b[2J"}) {
    for (const auto& [name, words] : lines({"--progress", value})) {
      // Where 1 is an answer, a wrong line has a status of its own.
      const Outcome outcome = run(words);
      EXPECT_EQ(outcome.status, name == "validate" || name == "fsck" ? 2 : 1) << name << "\n"
                                                                              << outcome;
      EXPECT_THAT(fatal_lines(outcome.err), ElementsAre(StartsWith("invalid --progress: ")))
          << name;
    }
  }
  EXPECT_THAT(run_badly({"unpack", "--image", path("nosuch"), "--progress=fancy", path("b")}),
              StartsWith("invalid --progress: \"fancy\""));
  EXPECT_EQ(everything(), before);
}

TEST_F(ProgressTest, in_events_is_nothing_but_json) {
  make_changed_bundle();
  const std::map<std::string, Words> activities{{"unpack", {"read-layers", "describe-rootfs"}},
                                                {"raw unpack", {"read-layers"}},
                                                {"insert", {"write-layer"}},
                                                {"raw add-layer", {"write-layer"}},
                                                {"repack", {"compare-rootfs", "write-layer"}},
                                                {"gc", {"find-garbage", "remove-garbage"}},
                                                {"validate", {"check-blobs"}},
                                                {"fsck", {"check-blobs"}}};
  for (const auto& [name, words] : lines({"--progress=json"})) {
    const Outcome outcome = run(words);
    EXPECT_EQ(outcome.status, 0) << name << "\n" << outcome;
    EXPECT_EQ(outcome.out, "") << name;
    const auto events = events_of(outcome.err);
    EXPECT_EQ(activities_of(events), activities.at(name)) << outcome;
  }
}

TEST_F(ProgressTest, in_events_never_goes_back_and_comes_to_its_total) {
  make_changed_bundle();
  for (const auto& [name, words] : lines({"--progress=json"})) {
    std::int64_t bytes = 0;
    std::int64_t entries = 0;
    bool is_open = false;
    for (const auto& event : events_of(run(words).err)) {
      const std::string kind = text_of(event, "event");
      if (kind == "message") continue;
      if (kind == "begin") {
        EXPECT_FALSE(is_open) << name;
        bytes = entries = 0;
      }
      is_open = kind != "end";
      EXPECT_GE(*number_of(event, "bytes"), bytes) << name;
      EXPECT_GE(*number_of(event, "entries"), entries) << name;
      bytes = *number_of(event, "bytes");
      entries = *number_of(event, "entries");
      if (kind != "end") continue;
      EXPECT_EQ(bytes, number_of(event, "total_bytes").value_or(bytes)) << event.dump();
      EXPECT_EQ(entries, number_of(event, "total_entries").value_or(entries)) << event.dump();
    }
    EXPECT_FALSE(is_open) << name;
  }
}

TEST_F(ProgressTest, of_layers_counts_layers_and_their_bytes) {
  const auto events = events_of(run(lines({"--progress=json"}).at("unpack")).err);
  const auto begin = last_of(events, "begin", "read-layers");
  EXPECT_EQ(number_of(begin, "steps"), 2);
  EXPECT_EQ(number_of(begin, "total_bytes"), layers_size());
  std::vector<std::string> digests;
  for (const auto& event : events) {
    if (text_of(event, "event") == "step") digests.push_back(text_of(event, "digest"));
  }
  std::vector<std::string> expected;
  const auto manifest = oci::Json::parse(manifest_text());
  for (const auto& layer : *manifest.find("layers")->if_array()) {
    expected.push_back(text_of(layer, "digest"));
  }
  EXPECT_EQ(digests, expected);
  const auto end = last_of(events, "end", "read-layers");
  EXPECT_EQ(number_of(end, "bytes"), layers_size());
  EXPECT_EQ(number_of(end, "entries"), 2);
  // The root and two files.
  EXPECT_EQ(number_of(last_of(events, "end", "describe-rootfs"), "entries"), 3);
}

TEST_F(ProgressTest, of_a_repack_counts_files_and_changes) {
  make_changed_bundle();
  const auto events =
      events_of(run(lines({"--progress=json", "--refresh-bundle"}).at("repack")).err);
  EXPECT_THAT(activities_of(events),
              ElementsAre("compare-rootfs", "write-layer", "describe-rootfs"));
  // The root, "second" and "new".
  EXPECT_EQ(number_of(last_of(events, "end", "compare-rootfs"), "entries"), 3);
  const auto end = last_of(events, "end", "write-layer");
  // "new", the whiteout of "first", and the root, whose time is another one.
  EXPECT_EQ(number_of(end, "entries"), 3) << end.dump();
  EXPECT_EQ(number_of(end, "total_entries"), 3);
  EXPECT_EQ(number_of(end, "bytes"), 3000);
}

TEST_F(ProgressTest, of_new_layers_counts_what_is_read) {
  auto events = events_of(run(lines({"--progress=json"}).at("insert")).err);
  EXPECT_EQ(number_of(last_of(events, "end", "write-layer"), "bytes"), 50000);
  EXPECT_EQ(number_of(last_of(events, "end", "write-layer"), "entries"), 1);

  auto words = lines({"--progress=json", "--parents"}).at("insert");
  events = events_of(run(words).err);
  EXPECT_THAT(activities_of(events), ElementsAre("read-layers", "write-layer"));

  events = events_of(run(lines({"--progress=json"}).at("raw add-layer")).err);
  EXPECT_EQ(number_of(last_of(events, "begin", "write-layer"), "total_bytes"), 10240);
  EXPECT_EQ(number_of(last_of(events, "end", "write-layer"), "bytes"), 10240);
  events = events_of(run(lines({"--progress=json", "--no-verify"}).at("raw add-layer")).err);
  EXPECT_EQ(number_of(last_of(events, "end", "write-layer"), "bytes"), 10240);
}

TEST_F(ProgressTest, of_a_compressed_archive_counts_its_stored_bytes) {
  if (!test::has_program("gzip")) GTEST_SKIP() << "needs gzip";
  ASSERT_EQ(test::run_program({"gzip", path("layer.tar")}).status, 0);
  const auto size = static_cast<std::int64_t>(stdfs::file_size(path("layer.tar.gz")));
  const auto events =
      events_of(run(line("raw add-layer", {image(), path("layer.tar.gz"), "--progress=json"})).err);
  EXPECT_EQ(number_of(last_of(events, "begin", "write-layer"), "total_bytes"), size);
  EXPECT_EQ(number_of(last_of(events, "end", "write-layer"), "bytes"), size);
  // The warning that it is compressed.
  ASSERT_EQ(text_of(events[1], "event"), "message") << events[1].dump();
  EXPECT_EQ(text_of(events[1], "level"), "warn");
}

TEST_F(ProgressTest, of_garbage_counts_what_is_removed) {
  const auto events = events_of(run(lines({"--progress=json"}).at("gc")).err);
  // Manifest, configuration and manifest, configuration of the images that "latest" was before.
  const auto end = last_of(events, "end", "remove-garbage");
  EXPECT_EQ(number_of(end, "entries"), 4);
  EXPECT_EQ(number_of(end, "total_entries"), 4);
  EXPECT_GT(*number_of(end, "bytes"), 0);
  EXPECT_EQ(number_of(end, "bytes"), number_of(end, "total_bytes"));
}

TEST_F(ProgressTest, in_events_tells_messages_too) {
  const auto events = events_of(run(lines({"--progress=json"}).at("raw unpack")).err);
  std::vector<std::string> messages;
  for (const auto& event : events) {
    if (text_of(event, "event") == "message") messages.push_back(text_of(event, "message"));
  }
  EXPECT_THAT(messages, ElementsAre("unpacking rootfs ...", "... done", "unpacked image rootfs"));
  EXPECT_EQ(text_of(*events.back().find("fields"), "rootfs"), path("rootfs"));
}

TEST_F(ProgressTest, in_events_ends_with_the_error) {
  const auto manifest = oci::Json::parse(manifest_text());
  const auto digest = text_of(manifest.find("layers")->if_array()->back(), "digest");
  stdfs::remove(path("layout/blobs/sha256/" + digest.substr(7)));
  const Outcome outcome = run(lines({"--progress=json"}).at("unpack"));
  EXPECT_EQ(outcome.status, 1);
  const auto events = events_of(outcome.err);
  EXPECT_EQ(text_of(events.back(), "level"), "fatal");
  EXPECT_THAT(text_of(events.back(), "message"), HasSubstr("blob not found"));
  EXPECT_THAT(activities_of(events), ElementsAre("read-layers"));
  for (const auto& event : events) EXPECT_NE(text_of(event, "event"), "end");
}

TEST_F(ProgressTest, in_events_follows_the_documented_schema) {
  if (!test::has_program("python3")) GTEST_SKIP() << "needs python3";
  make_changed_bundle();
  std::string all;
  for (const auto& [name, words] : lines({"--progress=json"})) all += run(words).err;
  all += run({"--verbose", "gc", "--progress=json", "--layout", path("layout")}).err;
  all += run({"gc", "--progress=json", "--layout", path("nosuch")}).err;
  const auto result = test::run_program({"python3", "-c", R"(
import json, re, sys
try:
    import jsonschema
except ImportError:
    sys.exit(77)
schema = json.loads(re.search(r"```json\n(.*?)\n```", open(sys.argv[1]).read(), re.S)[1])
jsonschema.Draft202012Validator.check_schema(schema)
validator = jsonschema.Draft202012Validator(schema)
for line in sys.stdin:
    validator.validate(json.loads(line))
for wrong in ({}, {"event": "begin"}, {"event": "message", "level": "loud"}):
    if validator.is_valid(wrong):
        sys.exit(f"{wrong} is valid")
)",
                                         UMOCI_DOCS "/formats/progress.md"},
                                        all);
  if (result.status == 77) GTEST_SKIP() << "needs python3-jsonschema";
  EXPECT_EQ(result.status, 0) << result.err << all;
}

TEST_F(ProgressTest, in_plain_form_is_a_line_for_each_step) {
  const Outcome outcome = run(lines({"--progress=plain"}).at("unpack"));
  EXPECT_EQ(outcome.status, 0) << outcome;
  // On a machine that hardly moves there are more lines: one every few seconds.
  const auto shown = lines_of(outcome.err);
  ASSERT_GE(shown.size(), 3U) << outcome;
  EXPECT_THAT(shown.front(), StartsWith("latest: layer 1 of 2, "));
  EXPECT_THAT(shown, Contains(StartsWith("latest: layer 2 of 2, 100%, 2 entries, ")));
  EXPECT_THAT(shown.back(), StartsWith("latest: describing files, 3 entries"));
  EXPECT_THAT(outcome.err, Not(HasSubstr("\x1b")));
}

TEST_F(ProgressTest, in_plain_form_has_no_escapes_on_a_terminal_either) {
  err_is_terminal = true;
  make_changed_bundle();
  for (const auto& [name, words] : lines({"--progress=plain"})) {
    if (name == "raw unpack") continue;  // its messages are colored
    const Outcome outcome = run(words);
    EXPECT_THAT(outcome.err, AllOf(Not(IsEmpty()), Not(HasSubstr("\x1b")), Not(HasSubstr("\r"))));
  }
}

TEST_F(ProgressTest, is_quiet_on_request) {
  err_is_terminal = true;
  const auto unpack = [&](const Words& global, const Words& more) {
    stdfs::remove_all(path("rootfs"));
    Words words = global;
    const auto line = lines(more).at("raw unpack");
    words.insert(words.end(), line.begin(), line.end());
    const Outcome outcome = run(words);
    EXPECT_EQ(outcome.status, 0) << outcome;
    return outcome.err;
  };
  EXPECT_THAT(lines_of(unpack({}, {})), SizeIs(3));
  EXPECT_THAT(lines_of(unpack({}, {"--progress=none"})), SizeIs(3));
  EXPECT_EQ(unpack({}, {"--quiet"}), "");
  EXPECT_EQ(unpack({}, {"--quiet=true"}), "");
  EXPECT_THAT(lines_of(unpack({}, {"--quiet=false"})), SizeIs(3));
  // What is given as well decides.
  EXPECT_THAT(lines_of(unpack({"--log=warn"}, {"--quiet"})), SizeIs(3));
  EXPECT_THAT(unpack({"--verbose"}, {"--quiet"}), HasSubstr("read layer"));
  const auto events = events_of(unpack({}, {"--quiet", "--progress=json"}));
  EXPECT_THAT(activities_of(events), ElementsAre("read-layers"));
  for (const auto& event : events) EXPECT_NE(text_of(event, "event"), "message");
}

TEST_F(ProgressTest, when_quiet_still_tells_what_went_wrong) {
  EXPECT_THAT(run_badly({"gc", "--quiet", "--layout", path("nosuch")}),
              HasSubstr("invalid image detected"));
}

/// The number of threads of this process.
std::size_t thread_count() {
  const stdfs::directory_iterator tasks("/proc/self/task");
  return static_cast<std::size_t>(std::distance(begin(tasks), end(tasks)));
}

TEST_F(ProgressTest, costs_no_thread_when_nothing_is_shown) {
  // The archive comes from a pipe, so that the command waits in the middle of its work.
  ASSERT_EQ(::mkfifo(path("fifo").c_str(), 0600), 0);
  for (const std::string form : {"none", "auto", "json"}) {
    // Does not wait for a reader.
    UniqueFd pipe(::open(path("fifo").c_str(), O_RDWR | O_CLOEXEC));
    const std::size_t before = thread_count();
    Outcome outcome;
    std::thread command([&] {
      outcome = run(
          line("raw add-layer", {image(), path("fifo"), "--compress=none", "--progress", form}));
    });
    // Nothing may leave this block before the command has ended.
    std::string half(5120, '\0');
    EXPECT_EQ(::write(pipe.get(), half.data(), half.size()), 5120);
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::minutes(1);
    int waiting = 5120;
    while (waiting > 0 && std::chrono::steady_clock::now() < deadline) {
      EXPECT_EQ(::ioctl(pipe.get(), FIONREAD, &waiting), 0);
    }
    EXPECT_EQ(thread_count(), before + (form == "json" ? 2 : 1)) << form;
    EXPECT_EQ(::write(pipe.get(), half.data(), half.size()), 5120);
    pipe.reset();
    command.join();
    EXPECT_EQ(outcome.status, 0) << outcome;
  }
}

}  // namespace
}  // namespace umoci::cli
