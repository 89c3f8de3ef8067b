// SPDX-License-Identifier: Apache-2.0
// What can be repaired, what is left alone, and that it is done as it was told.
#include <umoci/check/layout_test.hpp>
#include <umoci/check/repair.hpp>

#include <umoci_test/errors.hpp>
#include <umoci_test/restricted_child.hpp>

#include <gmock/gmock.h>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <map>

namespace umoci::check {
namespace {

namespace stdfs = std::filesystem;
using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;
using testing::StartsWith;
using Change = std::function<void(const TestLayout&)>;

constexpr std::string_view no_image = R"({"schemaVersion":2,"manifests":[]})";

RepairOptions options() {
  RepairOptions options;
  options.layout.durability = fs::Durability::unsynced;
  options.layout.lock_timeout = std::chrono::seconds(0);
  return options;
}

/// `L05 blobs`.
std::string brief(const Repair& repair) {
  std::string text = std::string(repair.rule) + " " + repair.place.document;
  if (!repair.place.pointer.empty()) text += "#" + repair.place.pointer;
  return text;
}

std::vector<std::string> planned(const TestLayout& layout, const RepairOptions& with = options()) {
  std::vector<std::string> texts;
  for (const Repair& repair : collect_repairs(layout.path(), with)) texts.push_back(brief(repair));
  return texts;
}

/// Lines `plan L05 blobs`, `done L05 blobs`.
std::vector<std::string> repair(const TestLayout& layout, const RepairOptions& with = options()) {
  std::vector<std::string> lines;
  repair_layout(layout.path(), with,
                {.plan =
                     [&](const std::vector<Repair>& repairs) {
                       for (const Repair& next : repairs) lines.push_back("plan " + brief(next));
                     },
                 .result =
                     [&](const Repair& repair, const RepairResult& result) {
                       const bool is_done = result.state == RepairResult::State::done;
                       lines.push_back((is_done ? "done " : "left ") + brief(repair));
                     }});
  return lines;
}

/// Type, mode and content of everything in a directory.
std::map<std::string, std::string> everything(const stdfs::path& path) {
  std::map<std::string, std::string> found;
  const auto add = [&](const stdfs::path& name) {
    struct stat status{};
    EXPECT_EQ(::lstat(name.c_str(), &status), 0);
    std::string text = fmt::format("{:o} {}", status.st_mode, status.st_mtim.tv_nsec);
    if (S_ISREG(status.st_mode) && ::access(name.c_str(), R_OK) == 0) text += test::read_file(name);
    found[name.lexically_relative(path)] = text;
  };
  add(path);
  for (const auto& item : stdfs::recursive_directory_iterator(path)) add(item.path());
  return found;
}

void set_mode(const stdfs::path& path, mode_t mode) {
  ASSERT_EQ(::chmod(path.c_str(), mode), 0) << path;
}
mode_t mode_of(const stdfs::path& path) {
  struct stat status{};
  EXPECT_EQ(::lstat(path.c_str(), &status), 0) << path;
  return status.st_mode & 07777U;
}
void remove(const TestLayout& layout, std::string_view name) {
  stdfs::remove_all(layout.path() / name);
}
/// The one entry of the index.
std::string root_of(const TestLayout& layout) {
  const auto index = oci::Json::parse(test::read_file(layout.path() / "index.json"));
  return *index.find("manifests")->if_array()->front().find("digest")->if_string();
}

struct Case {
  const char* what;
  Change damage;
  std::vector<std::string> repairs;
};

const std::vector<Case>& cases() {
  static const std::vector<Case> all{
      {"nothing", [](const TestLayout&) {}, {}},
      {"no directory of blobs",
       [](const TestLayout& l) { remove(l, "blobs"); },
       {"L05 blobs", "L05 blobs/sha256"}},
      {"no directory of the usual algorithm",
       [](const TestLayout& l) { remove(l, "blobs/sha256"); },
       {"L05 blobs/sha256"}},
      {"no mark", [](const TestLayout& l) { remove(l, "oci-layout"); }, {"L01 oci-layout"}},
      {"no mark and no blob",
       [](const TestLayout& l) {
         remove(l, "oci-layout");
         remove(l, "blobs/sha256");
       },
       {"L01 oci-layout", "L05 blobs/sha256"}},
      {"no index, and nothing that it could have named",
       [](const TestLayout& l) {
         remove(l, "index.json");
         remove(l, "blobs");
       },
       {"L05 blobs", "L05 blobs/sha256", "L04 index.json"}},
      {"no schemaVersion",
       [](const TestLayout& l) { l.write_index(R"({"manifests":[]})"); },
       {"X01 index.json#/schemaVersion"}},
      {"a manifest that is missing",
       [](const TestLayout& l) { stdfs::remove(l.blob(root_of(l))); },
       {"L10 index.json#/manifests/0"}},
      {"work of a dead writer",
       [](const TestLayout& l) {
         stdfs::create_directories(l.path() / ".umoci-1/x");
         ASSERT_EQ(::mkfifo((l.path() / ".umoci-x").c_str(), 0644), 0);
         test::write_file(l.path() / "blobs/sha256/.umoci-blob-1", "");
       },
       {"L11 blobs/sha256/.umoci-blob-1", "L11 .umoci-1", "L11 .umoci-x"}},
      {"modes",
       [](const TestLayout& l) {
         set_mode(l.path() / "index.json", 0044);
         set_mode(l.path() / "oci-layout", 0244);
         set_mode(l.path() / "blobs", 0744);
         set_mode(l.path() / "blobs/sha256", 0754);
         set_mode(l.blob(root_of(l)), 0);
       },
       {"L12 oci-layout", "L12 index.json", "L12 blobs", "L12 blobs/sha256", "L12 blobs/sha256/"}},
  };
  return all;
}

/// All lines with that word in front.
std::vector<std::string> each(std::string_view word, const std::vector<std::string>& texts) {
  std::vector<std::string> lines;
  lines.reserve(texts.size());
  for (const std::string& text : texts) lines.push_back(std::string(word) + " " + text);
  return lines;
}

/// The name of a blob is not in the table.
std::vector<std::string> without_digests(std::vector<std::string> texts) {
  constexpr std::string_view head = "blobs/sha256/";
  for (std::string& text : texts) {
    const std::size_t at = text.find(head);
    if (at != std::string::npos && !text.ends_with(".umoci-blob-1")) text.resize(at + head.size());
  }
  return texts;
}

class RepairTest : public testing::Test {
 protected:
  void SetUp() override { umask_ = ::umask(022); }
  void TearDown() override { ::umask(umask_); }

 private:
  mode_t umask_ = 0;
};

TEST_F(RepairTest, IsPlannedAndDoneAndThenNothingIsLeftToDo) {
  if (::geteuid() != 0) GTEST_SKIP() << "needs root to look at what its owner may not";
  for (const Case& one : cases()) {
    SCOPED_TRACE(one.what);
    const TestLayout layout;
    one.damage(layout);
    const auto before = everything(layout.path());
    EXPECT_EQ(without_digests(planned(layout)), one.repairs);
    EXPECT_EQ(everything(layout.path()), before) << "a plan changes nothing";
    auto lines = each("plan", one.repairs);
    const auto done = each("done", one.repairs);
    lines.insert(lines.end(), done.begin(), done.end());
    EXPECT_EQ(without_digests(repair(layout)), lines);
    const auto after = everything(layout.path());
    EXPECT_THAT(repair(layout), IsEmpty());
    EXPECT_EQ(everything(layout.path()), after);
    std::set<std::string> rules;
    for (const Finding& finding : layout.check()) rules.emplace(finding.rule);
    // Entries stay where no blob is at all: it is rather a disk that is missing.
    if (stdfs::is_empty(layout.path() / "blobs/sha256")) rules.erase("L10");
    for (const char* rule : {"L01", "L04", "L05", "L10", "L11", "X01"}) {
      EXPECT_FALSE(rules.contains(rule)) << rule;
    }
    EXPECT_NO_THROW((void)store::Layout::open(layout.path()));
  }
}

TEST_F(RepairTest, OfARuleThatIsIgnoredIsNotDone) {
  for (const Case& one : cases()) {
    SCOPED_TRACE(one.what);
    const TestLayout layout;
    one.damage(layout);
    RepairOptions with = options();
    // Where the mark is missing and stays so, nothing else is done either.
    const bool is_unmarked = !stdfs::exists(layout.path() / "oci-layout");
    if (is_unmarked) with.ignored.insert("L01");
    if (!is_unmarked)
      for (const std::string& text : one.repairs) with.ignored.insert(text.substr(0, 3));
    EXPECT_THAT(planned(layout, with), IsEmpty());
    const auto before = everything(layout.path());
    EXPECT_THAT(repair(layout, with), IsEmpty());
    EXPECT_EQ(everything(layout.path()), before);
  }
}

TEST_F(RepairTest, LeavesAloneWhatIsNoLayoutOrCannotBeUnderstood) {
  const auto break_all = [](const TestLayout& l) {
    stdfs::create_directory(l.path() / ".umoci-1");
    stdfs::remove(l.blob(root_of(l)));
  };
  const std::vector<std::pair<const char*, Change>> damages{
      {"another version",
       [](const TestLayout& l) {
         test::write_file(l.path() / "oci-layout", R"({"imageLayoutVersion":"1.1.0"})");
       }},
      {"a mark that says nothing",
       [](const TestLayout& l) { test::write_file(l.path() / "oci-layout", "{}"); }},
      {"a mark that is a link to nowhere",
       [](const TestLayout& l) {
         remove(l, "oci-layout");
         stdfs::create_symlink("nowhere", l.path() / "oci-layout");
       }},
      {"neither mark nor blobs",
       [](const TestLayout& l) {
         remove(l, "oci-layout");
         remove(l, "blobs");
       }},
      {"neither mark nor index",
       [](const TestLayout& l) {
         remove(l, "oci-layout");
         remove(l, "index.json");
       }},
      {"no mark, and some other index.json",
       [](const TestLayout& l) {
         remove(l, "oci-layout");
         l.write_index("{}");
       }},
      {"an index that is cut off",
       [](const TestLayout& l) { l.write_index(R"({"schemaVersion":2,"manifests":[)"); }},
      {"an index with members twice",
       [](const TestLayout& l) {
         l.write_index(R"({"schemaVersion":2,"schemaVersion":2,"manifests":[]})");
       }},
      {"no index, but a blob and work that may have one",
       [](const TestLayout& l) { remove(l, "index.json"); }},
  };
  for (const auto& [what, damage] : damages) {
    SCOPED_TRACE(what);
    const TestLayout layout;
    break_all(layout);
    damage(layout);
    EXPECT_THAT(planned(layout), IsEmpty());
    const auto before = everything(layout.path());
    EXPECT_THAT(repair(layout), IsEmpty());
    EXPECT_EQ(everything(layout.path()), before);
  }
}

TEST_F(RepairTest, InventsNoIndexWhereOneWasLost) {
  const auto rest = [](const Change& damage) {
    const TestLayout layout;
    remove(layout, "index.json");
    remove(layout, "blobs/sha256");
    damage(layout);
    return planned(layout);
  };
  EXPECT_THAT(rest([](const TestLayout&) {}), Contains("L04 index.json"));
  EXPECT_THAT(
      rest([](const TestLayout& l) { stdfs::create_directories(l.path() / "blobs/sha512"); }),
      Contains("L04 index.json"));
  for (const Change& damage : std::vector<Change>{
           [](const TestLayout& l) {
             stdfs::create_directory(l.path() / "blobs/sha256");
             l.put("a blob");
           },
           [](const TestLayout& l) { test::write_file(l.path() / "blobs/x", ""); },
           [](const TestLayout& l) { test::write_file(l.path() / "index.json~", no_image); },
           [](const TestLayout& l) { stdfs::create_directory(l.path() / ".umoci-1"); },
           [](const TestLayout& l) {
             remove(l, "blobs");
             stdfs::create_symlink("nowhere", l.path() / "blobs");
           },
           [](const TestLayout& l) {
             stdfs::create_symlink("nowhere", l.path() / "index.json");
           }}) {
    EXPECT_THAT(rest(damage), Not(Contains("L04 index.json")));
  }
}

TEST_F(RepairTest, OfSchemaVersionIsOnlyForWhatIsAnIndex) {
  const TestLayout layout;
  layout.write_index(R"({"schemaVersion":1,"manifests":[]})");
  EXPECT_THAT(planned(layout), IsEmpty()) << "it has one";
  layout.write_index(R"({"mediaType":"application/vnd.oci.image.manifest.v1+json"})");
  EXPECT_THAT(planned(layout), IsEmpty()) << "it says that it is something else";
  layout.write_index(R"({"schemaVersion":0,"x":1})");
  EXPECT_THAT(repair(layout), SizeIs(2));
  EXPECT_THAT(test::read_file(layout.path() / "index.json"), HasSubstr(R"("x":1)"));
}

TEST_F(RepairTest, MovesOnlyEntriesWhoseOwnBlobIsGone) {
  const TestLayout layout;
  const std::string index = test::read_file(layout.path() / "index.json");
  // The index behind the entry is there, and what it leads to is not: it may be elsewhere.
  for (const auto& blob : stdfs::directory_iterator(layout.path() / "blobs/sha256")) {
    if (blob.path() != layout.blob(root_of(layout))) stdfs::remove(blob.path());
  }
  EXPECT_THAT(planned(layout), IsEmpty());
  // Bytes that are wrong are somebody's bytes.
  test::write_file(layout.blob(root_of(layout)), "wrong");
  EXPECT_THAT(planned(layout), IsEmpty());
  EXPECT_EQ(test::read_file(layout.path() / "index.json"), index);
}

TEST_F(RepairTest, DoesNotTouchAnIndexThatIsSharedByALink) {
  const TestLayout layout;
  stdfs::remove(layout.blob(root_of(layout)));
  stdfs::rename(layout.path() / "index.json", layout.path() / "blobs/index");
  stdfs::create_symlink("blobs/index", layout.path() / "index.json");
  EXPECT_THAT(planned(layout), IsEmpty());
}

TEST_F(RepairTest, ModesAreMendedAsFarAsTheUmaskAllows) {
  if (::geteuid() != 0) GTEST_SKIP() << "needs root to look at what its owner may not";
  const auto mended = [](const char* name, mode_t before) {
    const TestLayout layout;
    set_mode(layout.path(), 0755);
    set_mode(layout.path() / name, before);
    repair(layout);
    return mode_of(layout.path() / name);
  };
  // Owner: as new ones have it. Others: may enter what they may list.
  EXPECT_EQ(mended("blobs", 0000), 0700U);
  EXPECT_EQ(mended("blobs", 0600), 0700U);
  EXPECT_EQ(mended("blobs", 0644), 0755U);
  EXPECT_EQ(mended("blobs", 02740), 02750U);
  EXPECT_EQ(mended("index.json", 0000), 0600U);
  EXPECT_EQ(mended("index.json", 0244), 0644U);
  EXPECT_EQ(mended(".", 0744), 0755U);
  // These can be worked with, and may be meant so.
  for (const mode_t mode : {0500U, 0555U, 0700U, 0711U, 0750U, 01777U}) {
    EXPECT_EQ(mended("blobs", mode), mode);
  }
  for (const mode_t mode : {0400U, 0600U, 0640U, 0444U}) {
    EXPECT_EQ(mended("index.json", mode), mode);
  }
  ::umask(0077);
  EXPECT_EQ(mended("blobs", 0644), 0744U);
  EXPECT_EQ(mended("blobs", 0755 & ~0011), 0744U);
}

TEST_F(RepairTest, ModesBehindLinksStayAsTheyAre) {
  const test::TemporaryDirectory away;
  for (const char* name : {"blobs", "blobs/sha256"}) {
    const TestLayout layout;
    const stdfs::path target = away.path() / stdfs::path(name).filename();
    stdfs::rename(layout.path() / name, target);
    stdfs::create_symlink(target, layout.path() / name);
    for (const auto& item : stdfs::recursive_directory_iterator(target)) {
      if (item.is_regular_file()) set_mode(item.path(), 0);
    }
    set_mode(target, 0744);
    test::write_file(layout.path() / "blobs/sha256/.umoci-blob-1", "");
    EXPECT_THAT(planned(layout), IsEmpty()) << name;
    const auto before = everything(away.path());
    EXPECT_THAT(repair(layout), IsEmpty());
    EXPECT_EQ(everything(away.path()), before);
    stdfs::remove_all(target);
  }
}

TEST_F(RepairTest, RootLeavesAloneWhatBelongsToOthers) {
  if (!test::is_real_root()) GTEST_SKIP() << "needs root";
  const TestLayout layout;
  const stdfs::path blob = layout.blob(root_of(layout));
  set_mode(blob, 0);
  ASSERT_EQ(::chown(blob.c_str(), test::plain_user, test::plain_user), 0);
  EXPECT_THAT(planned(layout), IsEmpty());
}

TEST_F(RepairTest, OpensALayoutStepByStepToItsOwner) {
  const TestLayout layout;
  for (const auto& item : stdfs::recursive_directory_iterator(layout.path())) {
    if (test::is_real_root()) {
      ASSERT_EQ(::chown(item.path().c_str(), test::plain_user, test::plain_user), 0);
    }
  }
  remove(layout, "blobs/sha256");
  set_mode(layout.path() / "blobs", 0600);
  set_mode(layout.path() / "oci-layout", 0);
  set_mode(layout.path(), 0600);
  test::in_child_process([&] {
    if (test::is_real_root()) {
      ASSERT_EQ(::chown(layout.path().c_str(), test::plain_user, test::plain_user), 0);
    }
    test::become_plain_user();
    EXPECT_THAT(planned(layout), ElementsAre("L12 ."));
    EXPECT_THAT(repair(layout),
                ElementsAre("plan L12 .", "done L12 .", "plan L12 oci-layout",
                            "done L12 oci-layout", "plan L12 blobs", "done L12 blobs",
                            "plan L05 blobs/sha256", "done L05 blobs/sha256"));
    EXPECT_THAT(repair(layout), IsEmpty());
  });
  EXPECT_EQ(mode_of(layout.path()), 0700U);
}

TEST_F(RepairTest, OfWhatMayNotBeWrittenIsRefusedAtOnce) {
  const TestLayout layout;
  remove(layout, "blobs/sha256");
  if (test::is_real_root()) {
    for (const char* name : {"index.json", "oci-layout", "blobs"}) {
      ASSERT_EQ(::chown((layout.path() / name).c_str(), test::plain_user, test::plain_user), 0);
    }
  }
  test::as_plain_user(layout.path(), [&] {
    set_mode(layout.path(), 0555);
    set_mode(layout.path() / "blobs", 0555);
    const auto before = everything(layout.path());
    EXPECT_TRUE(
        test::outcome_of([&] { repair(layout); }).is(ErrorKind::permission, "layout is read-only"));
    EXPECT_EQ(everything(layout.path()), before);
  });
  set_mode(layout.path(), 0755);
}

TEST_F(RepairTest, WaitsForWriters) {
  const TestLayout layout;
  remove(layout, "blobs/sha256");
  const UniqueFd lock(::open(layout.path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  ASSERT_EQ(::flock(lock.get(), LOCK_SH), 0);
  EXPECT_TRUE(test::outcome_of([&] { repair(layout); }).is(ErrorKind::conflict, "store lock"));
  EXPECT_FALSE(stdfs::exists(layout.path() / "blobs/sha256"));
}

/// Repairs while `change` happens after the plan was told.
std::vector<std::string> repair_beside(const TestLayout& layout, const Change& change) {
  std::vector<std::string> lines;
  bool is_changed = false;
  repair_layout(layout.path(), options(),
                {.plan =
                     [&](const std::vector<Repair>&) {
                       if (!std::exchange(is_changed, true)) change(layout);
                     },
                 .result =
                     [&](const Repair& repair, const RepairResult& result) {
                       const bool is_done = result.state == RepairResult::State::done;
                       lines.push_back((is_done ? "done " : "left ") + brief(repair));
                     }});
  return lines;
}

TEST_F(RepairTest, LooksAgainBeforeItActs) {
  {
    const TestLayout layout;
    const stdfs::path blob = layout.blob(root_of(layout));
    const std::string text = test::read_file(blob);
    stdfs::remove(blob);
    const std::string index = test::read_file(layout.path() / "index.json");
    EXPECT_THAT(repair_beside(layout, [&](const TestLayout&) { test::write_file(blob, text); }),
                ElementsAre("left L10 index.json#/manifests/0"));
    EXPECT_EQ(test::read_file(layout.path() / "index.json"), index) << "the blob came back";
  }
  {
    const TestLayout layout;
    stdfs::remove(layout.blob(root_of(layout)));
    EXPECT_THAT(repair_beside(layout, [&](const TestLayout& l) { l.write_index(no_image); }),
                ElementsAre("left L10 index.json#/manifests/0"))
        << "the entry went";
    EXPECT_EQ(test::read_file(layout.path() / "index.json"), no_image);
  }
  {
    const TestLayout layout;
    stdfs::create_directory(layout.path() / ".umoci-1");
    UniqueFd alive;
    EXPECT_THAT(repair_beside(layout,
                              [&](const TestLayout& l) {
                                alive = UniqueFd(
                                    ::open((l.path() / ".umoci-1").c_str(), O_RDONLY | O_CLOEXEC));
                                ASSERT_EQ(::flock(alive.get(), LOCK_EX), 0);
                              }),
                ElementsAre("left L11 .umoci-1"))
        << "somebody took it over";
    EXPECT_TRUE(stdfs::exists(layout.path() / ".umoci-1"));
  }
  {
    const TestLayout layout;
    remove(layout, "blobs/sha256");
    EXPECT_THAT(
        repair_beside(layout,
                      [](const TestLayout& l) { test::write_file(l.path() / "oci-layout", "{}"); }),
        ElementsAre("left L05 blobs/sha256"))
        << "it is no layout any more";
    EXPECT_FALSE(stdfs::exists(layout.path() / "blobs/sha256"));
  }
}

TEST_F(RepairTest, MovesAnEntryThatStandsElsewhereByNow) {
  const TestLayout layout;
  stdfs::remove(layout.blob(root_of(layout)));
  const auto put_in_front = [](const TestLayout& l) {
    auto json = oci::Json::parse(test::read_file(l.path() / "index.json"));
    oci::Json::Array& entries = *json.find("manifests")->if_array();
    const std::string other = l.descriptor("manifest.v1+json", "{}");
    entries.insert(entries.begin(), oci::Json::parse(other));
    l.write_index(json.dump());
  };
  EXPECT_THAT(repair_beside(layout, put_in_front), ElementsAre("done L10 index.json#/manifests/0"));
  EXPECT_EQ(root_of(layout), digest::digest_of("{}").text());
}

TEST_F(RepairTest, CanBeEndedAndTakenUpAgainAfterEachStep) {
  struct Stop {};
  for (int steps = 1;; ++steps) {
    const TestLayout layout;
    remove(layout, "oci-layout");
    stdfs::create_directory(layout.path() / ".umoci-1");
    const std::string entry = root_of(layout);
    stdfs::remove(layout.blob(entry));
    int count = 0;
    try {
      repair_layout(layout.path(), options(),
                    {.plan = [](const auto&) {},
                     .result =
                         [&](const auto&, const auto&) {
                           if (++count == steps) throw Stop();
                         }});
      EXPECT_EQ(steps, 4) << "steps there are, and one more";
      break;
    } catch (const Stop&) {
      repair(layout);
    }
    EXPECT_THAT(planned(layout), IsEmpty());
    // What the lost manifest led to.
    for (const Finding& finding : layout.check()) EXPECT_EQ(finding.rule, "L09");
    int reports = 0;
    for (const auto& item : stdfs::directory_iterator(layout.path())) {
      if (!item.path().filename().string().starts_with("fsck-moved-")) continue;
      ++reports;
      EXPECT_THAT(test::read_file(item.path()), HasSubstr(entry));
    }
    EXPECT_EQ(reports, 1);
  }
}

TEST_F(RepairTest, SaysWhatAndWhy) {
  const TestLayout layout;
  stdfs::remove(layout.blob(root_of(layout)));
  const auto repairs = collect_repairs(layout.path(), options());
  ASSERT_THAT(repairs, SizeIs(1));
  EXPECT_EQ(repairs.front().action, "move the entry \"a\" to a file beside the index");
  EXPECT_EQ(repairs.front().reason, "its blob " + root_of(layout) + " is missing");
  EXPECT_EQ(oci::Json::parse(repairs.front().entry),
            oci::Json::parse(test::read_file(layout.path() / "index.json"))
                .find("manifests")
                ->if_array()
                ->front());
}

}  // namespace
}  // namespace umoci::check
