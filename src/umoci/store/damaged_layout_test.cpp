// SPDX-License-Identifier: Apache-2.0
#include <umoci/store/damaged_layout.hpp>

#include <umoci/digest/hasher.hpp>
#include <umoci/oci/json.hpp>
#include <umoci_test/errors.hpp>
#include <umoci_test/example_image.hpp>
#include <umoci_test/restricted_child.hpp>
#include <umoci_test/temporary_directory.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <string>

namespace umoci::store {
namespace {

namespace stdfs = std::filesystem;
using stdfs::path;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::StartsWith;
using SchemaVersion = DamagedLayout::IndexMending::SchemaVersion;

class DamagedLayoutTest : public testing::Test {
 protected:
  DamagedLayoutTest() : path_(directory_ / "layout") {
    Layout::create(path_, {.durability = fs::Durability::unsynced});
    Layout layout = Layout::open(path_);
    entry_ = test::put_document(layout, oci::media_type::manifest, "{}");
    test::tag(layout, "a", entry_);
    entry_ = layout.read_index().manifests.front();
  }

  [[nodiscard]] DamagedLayout open() const {
    return DamagedLayout(
        path_, {.durability = fs::Durability::unsynced, .lock_timeout = std::chrono::seconds(0)});
  }
  [[nodiscard]] path blob() const {
    return path_ / "blobs/sha256" / std::string(entry_.digest.encoded());
  }
  [[nodiscard]] std::string index() const { return test::read_file(path_ / "index.json"); }
  [[nodiscard]] std::string key() const { return entry_.to_json().dump(); }
  [[nodiscard]] mode_t mode(const path& name) const {
    struct stat status{};
    EXPECT_EQ(::lstat(name.c_str(), &status), 0) << name;
    return status.st_mode & 07777U;
  }
  /// The names in the layout that no new one has.
  [[nodiscard]] std::vector<std::string> others() const {
    std::vector<std::string> names;
    for (const auto& item : stdfs::directory_iterator(path_)) {
      const std::string name = item.path().filename();
      if (name != "blobs" && name != "index.json" && name != "oci-layout") names.push_back(name);
    }
    return names;
  }
  DamagedLayout::MendedIndex mend() const {
    return open().mend_index({.gone_entries = {key()}, .schema_version = SchemaVersion::given});
  }

  test::TemporaryDirectory directory_;
  path path_;
  oci::Descriptor entry_;
};

TEST_F(DamagedLayoutTest, TellsWhatTheMarkerIs) {
  const path marker = path_ / "oci-layout";
  EXPECT_EQ(open().marker(), Marker::right);
  test::write_file(marker, R"({"imageLayoutVersion":"2.0.0"})");
  EXPECT_EQ(open().marker(), Marker::wrong);
  stdfs::remove(marker);
  EXPECT_EQ(open().marker(), Marker::absent);
  ASSERT_EQ(::mkfifo(marker.c_str(), 0644), 0);
  EXPECT_EQ(open().marker(), Marker::wrong);
  stdfs::remove(marker);
  stdfs::create_symlink("nowhere", marker);
  EXPECT_EQ(open().marker(), Marker::wrong) << "there is something";
}

TEST_F(DamagedLayoutTest, KnowsWhichBlobsAreGone) {
  EXPECT_FALSE(open().is_gone(entry_));
  stdfs::remove(blob());
  EXPECT_TRUE(open().is_gone(entry_));
  const auto with = [&](auto change) {
    oci::Descriptor changed = entry_;
    change(changed);
    return open().is_gone(changed);
  };
  EXPECT_FALSE(with([](auto& entry) { entry.data = "{}"; })) << "embedded";
  EXPECT_FALSE(with([](auto& entry) { entry.data = "wrong"; })) << "somebody may know better";
  EXPECT_FALSE(with([](auto& entry) { entry.urls = {"https://x"}; })) << "elsewhere";
  EXPECT_FALSE(with([](auto& entry) { entry.digest = digest::Digest("sha256:../x"); }));
  EXPECT_FALSE(with([](auto& entry) { entry.digest = digest::Digest("x"); }));
  EXPECT_TRUE(with([](auto& entry) { entry.digest = digest::Digest("blake3:abc"); }));
  stdfs::remove_all(path_ / "blobs");
  EXPECT_TRUE(open().is_gone(entry_));
}

TEST_F(DamagedLayoutTest, TakesNoBlobForGoneThatMayComeBack) {
  const path away = directory_ / "away";
  // A disk that is not there: the blob, the directory, all directories.
  stdfs::remove(blob());
  stdfs::create_symlink(away, blob());
  EXPECT_FALSE(open().is_gone(entry_));
  stdfs::remove_all(path_ / "blobs/sha256");
  stdfs::create_symlink(away, path_ / "blobs/sha256");
  EXPECT_FALSE(open().is_gone(entry_));
  stdfs::remove_all(path_ / "blobs");
  stdfs::create_symlink(away, path_ / "blobs");
  EXPECT_FALSE(open().is_gone(entry_));
  // It is there, but without the blob.
  stdfs::create_directories(away / "sha256");
  EXPECT_TRUE(open().is_gone(entry_));
  test::write_file(away / "sha256" / std::string(entry_.digest.encoded()), "wrong");
  EXPECT_FALSE(open().is_gone(entry_)) << "bytes that are wrong are bytes";
  stdfs::remove(path_ / "blobs");
  test::write_file(path_ / "blobs", "");
  EXPECT_FALSE(open().is_gone(entry_)) << "no directory";
}

TEST_F(DamagedLayoutTest, ChangesModesOfItsOwn) {
  ASSERT_EQ(::chmod(blob().c_str(), 0), 0);
  ASSERT_EQ(::chmod((path_ / "blobs/sha256").c_str(), 0700), 0);
  const std::string name = "blobs/sha256/" + std::string(entry_.digest.encoded());
  EXPECT_FALSE(open().change_mode(name, {.before = 0400, .after = 0600})) << "it is another one";
  EXPECT_TRUE(open().change_mode(name, {.before = 0, .after = 0600}));
  EXPECT_EQ(mode(blob()), 0600U);
  EXPECT_FALSE(open().change_mode(name, {.before = 0, .after = 0600})) << "done";
  EXPECT_TRUE(open().change_mode("blobs/sha256", {.before = 0700, .after = 0755}));
  EXPECT_EQ(mode(path_ / "blobs/sha256"), 0755U);
  const mode_t own = mode(path_);
  EXPECT_TRUE(open().change_mode(".", {.before = own, .after = own | 0070}));
  EXPECT_EQ(mode(path_), own | 0070);
}

TEST_F(DamagedLayoutTest, ChangesNoModeElsewhere) {
  const path away = directory_ / "away";
  stdfs::create_directory(away);
  test::write_file(away / "file", "");
  ASSERT_EQ(::chmod((away / "file").c_str(), 0), 0);
  // Another name of the file, a link to it, a link on the way.
  const std::string name = "blobs/sha256/" + std::string(64, '0');
  ASSERT_EQ(::link((away / "file").c_str(), (path_ / name).c_str()), 0);
  EXPECT_FALSE(open().change_mode(name, {.before = 0, .after = 0600}));
  stdfs::remove(path_ / name);
  stdfs::create_symlink(away / "file", path_ / name);
  EXPECT_FALSE(open().change_mode(name, {.before = 0, .after = 0600}));
  EXPECT_FALSE(open().change_mode(name, {.before = 0777, .after = 0755}));
  stdfs::create_symlink(away, path_ / "blobs/x");
  EXPECT_FALSE(open().change_mode("blobs/x/file", {.before = 0, .after = 0600}));
  EXPECT_FALSE(open().change_mode("blobs/x", {.before = mode(away), .after = 0777}));
  EXPECT_EQ(mode(away / "file"), 0U);
}

TEST_F(DamagedLayoutTest, ChangesNoModeForAnotherOwner) {
  if (!test::is_real_root()) GTEST_SKIP() << "needs root";
  ASSERT_EQ(::chmod(blob().c_str(), 0), 0);
  ASSERT_EQ(::chown(blob().c_str(), test::plain_user, test::plain_user), 0);
  const std::string name = "blobs/sha256/" + std::string(entry_.digest.encoded());
  EXPECT_FALSE(open().change_mode(name, {.before = 0, .after = 0600}));
  EXPECT_EQ(mode(blob()), 0U);
}

TEST_F(DamagedLayoutTest, MakesDirectoriesWithinTheLayoutOnly) {
  EXPECT_FALSE(open().make_directory("blobs")) << "it is there";
  stdfs::remove_all(path_ / "blobs");
  EXPECT_FALSE(open().make_directory("blobs/sha256")) << "first the one above";
  EXPECT_TRUE(open().make_directory("blobs"));
  EXPECT_TRUE(open().make_directory("blobs/sha256"));
  EXPECT_TRUE(stdfs::is_directory(path_ / "blobs/sha256"));
  stdfs::remove_all(path_ / "blobs");
  stdfs::create_directory(directory_ / "away");
  stdfs::create_symlink(directory_ / "away", path_ / "blobs");
  EXPECT_FALSE(open().make_directory("blobs/sha256"));
  EXPECT_TRUE(stdfs::is_empty(directory_ / "away"));
}

TEST_F(DamagedLayoutTest, WritesFilesThatAreNotThereAtAll) {
  const std::string before = index();
  EXPECT_FALSE(open().write_empty_index());
  EXPECT_EQ(index(), before);
  test::write_file(path_ / "oci-layout", "");
  EXPECT_FALSE(open().write_marker());
  EXPECT_EQ(test::read_file(path_ / "oci-layout"), "");
  stdfs::remove(path_ / "oci-layout");
  stdfs::create_symlink(directory_ / "away", path_ / "oci-layout");
  EXPECT_FALSE(open().write_marker());
  stdfs::remove(path_ / "oci-layout");
  stdfs::remove(path_ / "index.json");
  EXPECT_TRUE(open().write_marker());
  EXPECT_TRUE(open().write_empty_index());
  EXPECT_EQ(test::read_file(path_ / "oci-layout"), "{\"imageLayoutVersion\":\"1.0.0\"}\n");
  EXPECT_THAT(Layout::open(path_).read_index().manifests, IsEmpty());
  EXPECT_THAT(others(), IsEmpty());
}

TEST_F(DamagedLayoutTest, RemovesWhatDeadWritersLeft) {
  stdfs::create_directories(path_ / ".umoci-dead/below");
  ASSERT_EQ(::mkfifo((path_ / ".umoci-pipe").c_str(), 0644), 0);
  stdfs::create_directory(directory_ / "away");
  test::write_file(directory_ / "away/file", "");
  stdfs::create_symlink(directory_ / "away", path_ / ".umoci-link");
  test::write_file(path_ / "blobs/sha256/.umoci-blob-1", "");
  stdfs::create_directory(path_ / ".umoci-alive");
  test::write_file(path_ / "blobs/sha256/.umoci-blob-2", "");
  std::vector<UniqueFd> alive;
  for (const char* name : {".umoci-alive", "blobs/sha256/.umoci-blob-2"}) {
    alive.emplace_back(::open((path_ / name).c_str(), O_RDONLY | O_CLOEXEC));
    ASSERT_EQ(::flock(alive.back().get(), LOCK_EX), 0);
  }
  const auto names = open().find_leftovers();
  EXPECT_THAT(names, ElementsAre("blobs/sha256/.umoci-blob-1", ".umoci-dead", ".umoci-link",
                                 ".umoci-pipe"));
  for (const std::string& name : names) EXPECT_TRUE(open().remove_leftover(name)) << name;
  for (const std::string& name : names) EXPECT_FALSE(open().remove_leftover(name)) << name;
  EXPECT_THAT(open().find_leftovers(), IsEmpty());
  EXPECT_FALSE(open().remove_leftover(".umoci-alive"));
  EXPECT_FALSE(open().remove_leftover("blobs/sha256/.umoci-blob-2"));
  EXPECT_TRUE(stdfs::exists(directory_ / "away/file"));
  EXPECT_THAT(others(), ElementsAre(".umoci-alive"));
}

TEST_F(DamagedLayoutTest, MovesEntriesWhoseBlobsAreGone) {
  Layout layout = Layout::open(path_);
  test::tag(layout, "kept", test::put_document(layout, oci::media_type::manifest, "[]"));
  const oci::Json kept = *oci::Json::parse(index()).find("manifests")->if_array()->rbegin();
  stdfs::remove(blob());
  ASSERT_EQ(::chmod((path_ / "index.json").c_str(), 0640), 0);
  const auto mended = mend();
  EXPECT_THAT(mended.moved_entries, ElementsAre(key()));
  EXPECT_TRUE(is_report_of_moved_entries(mended.report)) << mended.report;
  EXPECT_THAT(others(), ElementsAre(mended.report));
  EXPECT_EQ(mode(path_ / mended.report), 0640U) << "whoever may read the index";
  EXPECT_EQ(test::read_file(path_ / mended.report),
            R"({"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json",)"
            R"("manifests":[)" +
                key() + "]}\n");
  EXPECT_EQ(index(), R"({"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json",)"
                     R"("manifests":[)" +
                         kept.dump() + "]}\n");
}

TEST_F(DamagedLayoutTest, MovesNoEntryThatIsWellOrUnasked) {
  const std::string before = index();
  EXPECT_THAT(mend().moved_entries, IsEmpty()) << "its blob is there";
  stdfs::remove(blob());
  EXPECT_THAT(open().mend_index({.gone_entries = {"{}"}}).moved_entries, IsEmpty());
  EXPECT_EQ(index(), before);
  EXPECT_THAT(others(), IsEmpty());
}

TEST_F(DamagedLayoutTest, KeepsMembersThatItDoesNotKnow) {
  const std::string digest = std::string(entry_.digest.encoded());
  const std::string entry = R"({"mediaType":"a/b","digest":"sha256:)" + digest +
                            R"(","size":2,"vendor":{"x":[1.50,null]}})";
  test::write_file(path_ / "index.json",
                   R"({"schemaVersion":2,"manifests":[)" + entry + R"(],"vendor":1e3})");
  stdfs::remove(blob());
  const auto mended = open().mend_index({.gone_entries = {entry}});
  EXPECT_THAT(mended.moved_entries, ElementsAre(entry));
  EXPECT_THAT(test::read_file(path_ / mended.report), testing::HasSubstr("[" + entry + "]"));
  EXPECT_THAT(index(), testing::HasSubstr(R"("vendor":1e3)"));
}

TEST_F(DamagedLayoutTest, TakesUpWhatAKilledRunBegan) {
  stdfs::remove(blob());
  const std::string before = index();
  const std::string report = mend().report;
  // As if the run had been killed between its two steps.
  test::write_file(path_ / "index.json", before);
  EXPECT_EQ(mend().report, report);
  EXPECT_THAT(others(), ElementsAre(report));
  // The name is taken by something else, which stays.
  for (const bool is_file : {true, false}) {
    stdfs::remove_all(path_ / report);
    if (is_file) {
      test::write_file(path_ / report, "mine");
    } else {
      stdfs::create_symlink(directory_ / "away", path_ / report);
    }
    test::write_file(path_ / "index.json", before);
    const std::string other = mend().report;
    EXPECT_NE(other, report);
    EXPECT_TRUE(is_report_of_moved_entries(other));
    EXPECT_THAT(test::read_file(path_ / other), testing::HasSubstr(key()));
  }
  EXPECT_FALSE(stdfs::exists(directory_ / "away"));
}

TEST_F(DamagedLayoutTest, ReportIsThereBeforeTheEntryGoes) {
  stdfs::remove(blob());
  // This index cannot be replaced.
  stdfs::rename(path_ / "index.json", directory_ / "index.json");
  stdfs::create_symlink(directory_ / "index.json", path_ / "index.json");
  const std::string before = index();
  EXPECT_TRUE(test::outcome_of([&] { (void)mend(); }).is(ErrorKind::unsafe_path));
  EXPECT_EQ(index(), before);
  EXPECT_THAT(others(), ElementsAre(StartsWith("fsck-moved-")));
}

TEST_F(DamagedLayoutTest, GivesASchemaVersionWhereThereIsNone) {
  const std::string rest = R"("manifests":[],"x":1})";
  for (const std::string version : {"{", R"({"schemaVersion":0,)", R"({"schemaVersion":null,)"}) {
    test::write_file(path_ / "index.json", version + rest);
    EXPECT_TRUE(mend().schema_version_given) << version;
    EXPECT_EQ(index(),
              R"({"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json",)" +
                  rest + "\n");
  }
  for (const std::string version : {R"({"schemaVersion":1,)", R"({"schemaVersion":2,)"}) {
    test::write_file(path_ / "index.json", version + rest);
    EXPECT_FALSE(mend().schema_version_given) << version;
    EXPECT_EQ(index(), version + rest);
  }
}

TEST_F(DamagedLayoutTest, KeepsWritersOut) {
  DamagedLayout alone = open();
  alone.lock(LockMode::exclusive);
  DamagedLayout second = open();
  EXPECT_TRUE(test::outcome_of([&] {
                second.lock(LockMode::exclusive);
              }).is(ErrorKind::conflict, "store lock"));
  EXPECT_TRUE(test::outcome_of([&] {
                Layout::open(path_, {.lock_timeout = std::chrono::seconds(0)}).hold_blobs();
              }).is(ErrorKind::conflict, "store lock"));
}

TEST_F(DamagedLayoutTest, IndexIsLockedWhileItChanges) {
  stdfs::remove(blob());
  const UniqueFd lock(::open((path_ / "oci-layout").c_str(), O_RDONLY | O_CLOEXEC));
  ASSERT_EQ(::flock(lock.get(), LOCK_EX), 0);
  EXPECT_TRUE(test::outcome_of([&] { (void)mend(); }).is(ErrorKind::conflict, "index lock"));
  EXPECT_THAT(others(), IsEmpty());
}

TEST_F(DamagedLayoutTest, KnowsItsReportsByName) {
  EXPECT_TRUE(is_report_of_moved_entries("fsck-moved-0123456789abcdef.json"));
  for (const char* name :
       {"fsck-moved-.json", "fsck-moved-0123456789abcde.json", "fsck-moved-0123456789ABCDEF.json",
        "fsck-moved-0123456789abcdef.json~", "moved-0123456789abcdef.json", "fsck-moved-json"}) {
    EXPECT_FALSE(is_report_of_moved_entries(name)) << name;
  }
}

}  // namespace
}  // namespace umoci::store
