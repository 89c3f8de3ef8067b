// SPDX-License-Identifier: Apache-2.0

// umoci fsck: what it prints, and its exit status. The repairs have tests beside them.

#include <umoci_test/command_line.hpp>

#include <umoci/check/rule.hpp>
#include <umoci_test/restricted_child.hpp>

#include <gmock/gmock.h>

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

namespace umoci::cli {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::StartsWith;
namespace stdfs = std::filesystem;
using Words = std::vector<std::string>;

class FsckTest : public CommandLineTest {
 protected:
  /// The images "a" and "b", of which each has a manifest of its own.
  void SetUp() override {
    make_layout({"a", "b"});
    run_well({"config", "--image", image("b"), "--no-history", "--author", "me"});
    run_well({"gc", "--layout", path("layout")});
  }

  Outcome fsck(const Words& more = {}) {
    Words words{"fsck", "--layout", path("layout"), "--ignore", "M04"};
    words.insert(words.end(), more.begin(), more.end());
    return run(words);
  }
  /// The image "b" loses its manifest, a writer its life and the layout its mark.
  void damage() {
    lost_ = entry("b").digest.text();
    stdfs::remove(path("layout/blobs/sha256/" + lost_.substr(lost_.find(':') + 1)));
    stdfs::create_directory(path("layout/.umoci-1"));
    stdfs::remove(path("layout/oci-layout"));
  }
  /// Of the repairs of damage(), behind a word.
  std::string lines(const std::string& word, bool with_reason) const {
    const auto line = [&](const std::string& what, const std::string& why) {
      return word + " " + what + (with_reason ? ": " + why : "") + "\n";
    };
    return line("L01 oci-layout: write the file",
                "it does not exist, but there are an index and blobs") +
           line("L10 index.json#/manifests/1: move the entry \"b\" to a file beside the index" +
                    (with_reason ? "" : ": " + report()),
                "its blob " + lost_ + " is missing") +
           line("L11 .umoci-1: remove it", "the writer that left it is dead");
  }
  /// The name of the file with moved entries.
  std::string report() const {
    for (const auto& item : stdfs::directory_iterator(path("layout"))) {
      const std::string name = item.path().filename();
      if (name.starts_with("fsck-moved-")) return name;
    }
    return "";
  }

  std::string lost_;
};

TEST_F(FsckTest, finds_what_validate_finds) {
  EXPECT_EQ(fsck().status, 0);
  EXPECT_EQ(fsck().out, "");
  EXPECT_EQ(fsck({"--repair"}).out, "");
  damage();
  const Words more{"--deep", "--all-blobs", "--complete"};
  Words words{"validate", "--layout", path("layout"), "--ignore", "M04"};
  words.insert(words.end(), more.begin(), more.end());
  const Outcome validated = run(words);
  const Outcome outcome = fsck(more);
  EXPECT_EQ(outcome.status, validated.status);
  EXPECT_EQ(outcome.out, validated.out + lines("plan", true));
  EXPECT_THAT(outcome.err, IsEmpty());
}

TEST_F(FsckTest, changes_nothing_unasked) {
  damage();
  const auto before = everything();
  EXPECT_EQ(fsck().status, 1);
  EXPECT_EQ(fsck({"--json"}).status, 1);
  EXPECT_EQ(fsck({"--repair=false"}).status, 1);
  EXPECT_EQ(everything(), before);
}

TEST_F(FsckTest, explains_repairs_and_tells_what_remains) {
  const std::string broken = "blobs/sha256/" + std::string(entry("a").digest.encoded());
  damage();
  test::write_file(path("layout/" + broken), "wrong");
  const Outcome outcome = fsck({"--repair"});
  EXPECT_EQ(outcome.status, 1) << outcome;
  EXPECT_THAT(outcome.out, StartsWith(lines("plan", true) + lines("done", false)));
  const std::string rest = outcome.out.substr((lines("plan", true) + lines("done", false)).size());
  EXPECT_THAT(rest, AllOf(HasSubstr("error L07 " + broken), Not(HasSubstr("L01")),
                          Not(HasSubstr("L10")), Not(HasSubstr("L11"))));
  EXPECT_THAT(outcome.err, IsEmpty());
  EXPECT_EQ(test::read_file(path("layout/" + broken)), "wrong") << "bytes are kept";
}

TEST_F(FsckTest, leaves_a_valid_layout_and_nothing_to_do) {
  damage();
  const std::string told = fsck({"--repair", "--ignore", "L09"}).out;
  EXPECT_EQ(told, lines("plan", true) + lines("done", false));
  const auto after = everything();
  const Outcome again = fsck({"--repair", "--ignore", "L09"});
  EXPECT_EQ(again.status, 0) << again;
  EXPECT_EQ(again.out, "");
  EXPECT_EQ(everything(), after);
  EXPECT_EQ(run_well({"list", "--layout", path("layout")}), "a\n");
  EXPECT_EQ(run({"validate", "--layout", path("layout"), "--strict", "--ignore=M04"}).status, 0);
  run_well({"gc", "--layout", path("layout")});
  EXPECT_THAT(test::read_file(path("layout/" + report())), HasSubstr(lost_)) << "gc leaves it";
}

TEST_F(FsckTest, moved_entries_can_be_put_back) {
  const auto index = oci::Json::parse(test::read_file(path("layout/index.json")));
  damage();
  EXPECT_EQ(fsck({"--repair"}).status, 0);
  auto present = oci::Json::parse(test::read_file(path("layout/index.json")));
  const auto moved = oci::Json::parse(test::read_file(path("layout/" + report())));
  for (const auto& entry : *moved.find("manifests")->if_array()) {
    present.find("manifests")->if_array()->push_back(entry);
  }
  EXPECT_EQ(present, index);
}

TEST_F(FsckTest, leaves_to_itself_what_is_ignored) {
  damage();
  const Outcome outcome = fsck({"--repair", "--ignore", "L10,L09"});
  EXPECT_EQ(outcome.status, 0) << outcome;
  EXPECT_THAT(outcome.out,
              AllOf(HasSubstr("done L01"), HasSubstr("done L11"), Not(HasSubstr("L10"))));
  EXPECT_EQ(run_well({"list", "--layout", path("layout")}), "a\nb\n");
}

TEST_F(FsckTest, prints_json) {
  damage();
  const auto foreseen = oci::Json::parse(fsck({"--json"}).out);
  EXPECT_EQ(foreseen.find("errors")->if_int64(), 1);
  ASSERT_EQ(foreseen.find("repairs")->if_array()->size(), 3U);
  const Outcome outcome = fsck({"--json", "--repair", "--ignore=L09"});
  EXPECT_EQ(outcome.status, 0) << outcome;
  EXPECT_EQ(outcome.out,
            R"({"errors":0,"warnings":0,"infos":0,"findings":[],"repairs":[)"
            R"({"kind":"write-marker","state":"done","rule":"L01","document":"oci-layout",)"
            R"("pointer":"","action":"write the file",)"
            R"("reason":"it does not exist, but there are an index and blobs"},)"
            R"({"kind":"move-entry","state":"done","rule":"L10","document":"index.json",)"
            R"("pointer":"/manifests/1",)"
            R"("action":"move the entry \"b\" to a file beside the index",)"
            R"("reason":"its blob )" +
                lost_ + R"( is missing","entry":)" +
                oci::Json::parse(test::read_file(path("layout/" + report())))
                    .find("manifests")
                    ->if_array()
                    ->front()
                    .dump() +
                R"(,"moved_to":")" + report() +
                R"("},{"kind":"remove-leftover","state":"done","rule":"L11",)"
                R"("document":".umoci-1","pointer":"","action":"remove it",)"
                R"("reason":"the writer that left it is dead"}]})"
                "\n");
}

TEST_F(FsckTest, has_the_exit_statuses_of_validate) {
  damage();
  const auto before = everything();
  for (const Words& wrong : std::vector<Words>{{"--ignore", "Z99"},
                                               {"--max-errors", "0"},
                                               {"--nonsense"},
                                               {"--limit", "nonsense=1"},
                                               {"--lock-timeout", "x"},
                                               {"--progress", "nonsense"},
                                               {"--repair=maybe"},
                                               {"--image", image("a")},
                                               {"positional"}}) {
    Words words = wrong;
    words.emplace_back("--repair");
    const Outcome outcome = fsck(words);
    EXPECT_EQ(outcome.status, 2) << line_of(words) << outcome;
    EXPECT_EQ(fatal_lines(outcome.err).size(), 1U) << outcome;
  }
  EXPECT_EQ(run({"fsck"}).status, 2);
  const Outcome tag = run({"fsck", "--repair", "--image", image("a")});
  EXPECT_EQ(tag.status, 2) << tag;
  EXPECT_THAT(tag.err, HasSubstr("a layout is meant here"));
  EXPECT_EQ(run({"fsck", "--help"}).status, 0);
  for (const char* missing : {"nosuch", "layout/index.json"}) {
    for (const Words& flags : {Words{}, Words{"--repair"}}) {
      Words words{"fsck", "--layout", path(missing)};
      words.insert(words.end(), flags.begin(), flags.end());
      const Outcome outcome = run(words);
      EXPECT_EQ(outcome.status, 3) << outcome;
      EXPECT_EQ(fatal_lines(outcome.err).size(), 1U) << outcome;
    }
  }
  EXPECT_EQ(everything(), before);
  EXPECT_EQ(run({"fsck", "--layout", path("layout"), "--repair", "--strict"}).status, 1)
      << "images without layers";
}

TEST_F(FsckTest, waits_as_long_as_it_shall) {
  damage();
  const UniqueFd lock(::open(path("layout").c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  ASSERT_EQ(::flock(lock.get(), LOCK_SH), 0);
  const auto before = everything();
  const Outcome outcome = fsck({"--repair", "--lock-timeout=0"});
  EXPECT_EQ(outcome.status, 4) << outcome;
  EXPECT_EQ(outcome.out, lines("plan", true)) << "it is explained before it is tried";
  EXPECT_THAT(outcome.err, HasSubstr("store lock"));
  EXPECT_EQ(everything(), before);
  EXPECT_EQ(fsck({"--lock-timeout=0"}).status, 1) << "who only looks waits for nobody";
}

TEST_F(FsckTest, does_nothing_that_it_could_not_explain) {
  damage();
  const auto before = everything();
  std::ostringstream err;
  std::istringstream in;
  std::ostream out(nullptr);
  Io io{.in = in,
        .out = out,
        .err = err,
        .environment = [](std::string_view) { return std::optional<std::string>(); },
        .now = [] { return Timestamp(); }};
  EXPECT_EQ(cli::run({"fsck", "--repair", "--layout", path("layout")}, io), 3);
  EXPECT_EQ(fatal_lines(err.str()).size(), 1U) << err.str();
  EXPECT_EQ(everything(), before);
}

TEST_F(FsckTest, tells_of_a_layout_that_may_not_be_changed_in_one_line) {
  damage();
  if (test::is_real_root()) {
    for (const auto& item : stdfs::recursive_directory_iterator(path("layout"))) {
      ASSERT_EQ(::chown(item.path().c_str(), test::plain_user, test::plain_user), 0);
    }
    ASSERT_EQ(::chown(path("layout").c_str(), test::plain_user, test::plain_user), 0);
  }
  test::as_plain_user(directory.path(), [&] {
    stdfs::permissions(path("layout"), stdfs::perms(0555));
    const auto before = everything();
    const Outcome outcome = fsck({"--repair"});
    EXPECT_EQ(outcome.status, 3) << outcome;
    ASSERT_EQ(fatal_lines(outcome.err).size(), 1U) << outcome;
    EXPECT_THAT(fatal_lines(outcome.err).front(), HasSubstr("layout is read-only"));
    EXPECT_EQ(everything(), before);
    stdfs::permissions(path("layout"), stdfs::perms(0755));
    EXPECT_EQ(fsck({"--repair"}).status, 0);
  });
}

TEST_F(FsckTest, plans_where_it_may_not_look) {
  if (test::is_real_root()) {
    ASSERT_EQ(::chown(path("layout").c_str(), test::plain_user, test::plain_user), 0);
  }
  test::as_plain_user(directory.path(), [&] {
    stdfs::permissions(path("layout"), stdfs::perms(0644));
    const Outcome outcome = fsck();
    EXPECT_EQ(outcome.status, 3) << outcome;
    EXPECT_EQ(outcome.out,
              "plan L12 .: change its mode from 0644 to 0755: its owner cannot use it\n");
    EXPECT_EQ(fatal_lines(outcome.err).size(), 1U) << outcome;
    const Outcome json = fsck({"--json"});
    EXPECT_EQ(json.status, 3) << json;
    EXPECT_EQ(json.out, "");
    const Outcome repaired = fsck({"--repair"});
    EXPECT_EQ(repaired.status, 0) << repaired;
    EXPECT_THAT(repaired.out, HasSubstr("done L12 .: change its mode from 0644 to 0755\n"));
  });
}

TEST_F(FsckTest, prints_names_of_any_bytes_in_one_line) {
  stdfs::create_directory(path("layout/.umoci-a\x1b[2J\n\xff"));
  const Outcome outcome = fsck({"--repair"});
  EXPECT_EQ(outcome.status, 0) << outcome;
  EXPECT_EQ(std::ranges::count(outcome.out, '\n'), 2) << outcome;
  EXPECT_THAT(outcome.out, Not(HasSubstr("\x1b")));
  stdfs::create_directory(path("layout/.umoci-a\x1b[2J\n\xff"));
  const auto json = oci::Json::parse(fsck({"--repair", "--json"}).out);
  EXPECT_EQ(*json.find("repairs")->if_array()->front().find("document")->if_string(),
            R"(.umoci-a\033\1332J\012\377)");
}

}  // namespace
}  // namespace umoci::cli
