// SPDX-License-Identifier: Apache-2.0
#include <umoci/store/layout.hpp>

#include <umoci/store/ref_name.hpp>
#include <umoci_test/child_process.hpp>
#include <umoci_test/errors.hpp>
#include <umoci_test/example_image.hpp>
#include <umoci_test/recording_log.hpp>
#include <umoci_test/run_program.hpp>
#include <umoci_test/temporary_directory.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <string>

namespace umoci::store {
namespace {

using std::filesystem::path;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

struct stat status_of(const path& name) {
  struct stat status{};
  EXPECT_EQ(::lstat(name.c_str(), &status), 0) << name;
  return status;
}

class LayoutTest : public testing::Test {
 protected:
  LayoutTest() : path_(directory_ / "layout") {
    Layout::create(path_, {.durability = fs::Durability::unsynced});
  }

  void write_index(std::string_view text) { test::write_file(path_ / "index.json", text); }
  [[nodiscard]] std::string index() const { return test::read_file(path_ / "index.json"); }

  test::TemporaryDirectory directory_;
  path path_;
};

TEST_F(LayoutTest, OpenSaysWhatIsNoLayout) {
  EXPECT_ERROR(invalid_data, "invalid image detected", Layout::open(directory_ / "missing"));
  EXPECT_ERROR(invalid_data, "invalid image detected", Layout::open(path_ / "index.json"));
  EXPECT_ERROR(invalid_data, "invalid image detected", Layout::open(directory_.path()));
  EXPECT_ERROR(invalid_data, "invalid image detected", Layout::open(""));
}

TEST_F(LayoutTest, OpenWantsVersionOne) {
  for (const char* text :
       {"", "{}", "[]", "null", "{\"imageLayoutVersion\":\"1.0.1\"}",
        "{\"imageLayoutVersion\":\"1.0.0 \"}", "{\"imageLayoutVersion\":1}",
        "{\"imagelayoutversion\":\"1.0.0\"}", "{\"imageLayoutVersion\":\"1.0.0\"}x",
        "\xef\xbb\xbf{\"imageLayoutVersion\":\"1.0.0\"}",
        "{\"imageLayoutVersion\":\"1.0.0\",\"imageLayoutVersion\":\"1.0.0\"}"}) {
    test::write_file(path_ / "oci-layout", text);
    EXPECT_ERROR(invalid_data, "invalid image detected", Layout::open(path_));
  }
  for (const char* text : {" {\"x\": [1], \"imageLayoutVersion\" : \"1.0.0\"}\n\n",
                           "{\"imageLayoutVersion\": \"1.0.0\"}"}) {
    test::write_file(path_ / "oci-layout", text);
    EXPECT_NO_THROW(static_cast<void>(Layout::open(path_))) << text;
  }
}

TEST_F(LayoutTest, OpenWantsAllParts) {
  const auto damaged = [&](const char* part, auto damage) {
    std::filesystem::remove_all(path_);
    Layout::create(path_, {.durability = fs::Durability::unsynced});
    std::filesystem::remove_all(path_ / part);
    damage(path_ / part);
    EXPECT_ERROR(invalid_data, "invalid image detected", Layout::open(path_));
  };
  const auto missing = [](const path&) {};
  const auto file = [](const path& name) { test::write_file(name, "x"); };
  const auto dangling = [](const path& name) { std::filesystem::create_symlink("none", name); };
  const auto directory = [](const path& name) { std::filesystem::create_directory(name); };
  const auto pipe = [](const path& name) { ASSERT_EQ(::mkfifo(name.c_str(), 0666), 0); };
  for (const char* part : {"oci-layout", "blobs", "index.json"}) {
    damaged(part, missing);
    damaged(part, dangling);
  }
  damaged("blobs", file);
  damaged("index.json", directory);
  damaged("oci-layout", directory);
  damaged("oci-layout", pipe);
}

TEST_F(LayoutTest, OpenLooksAtNoContent) {
  write_index("garbage");
  std::filesystem::remove_all(path_ / "blobs/sha256");
  test::write_file(path_ / "manifest.json", "[]");
  const Layout layout = Layout::open(path_);
  EXPECT_ERROR(invalid_data, "index.json", layout.read_index());
}

TEST_F(LayoutTest, ReadsIndexesOfAllSorts) {
  const Layout layout = Layout::open(path_);
  for (const char* text :
       {"{}", "null", "{\"manifests\":null}", "{\"schemaVersion\":1,\"mediaType\":\"x\"}"}) {
    write_index(text);
    EXPECT_TRUE(layout.read_index().manifests.empty()) << text;
  }
  // D-40, D-44 and what upstream refuses as well.
  for (const char* text :
       {"", "[]", "1", "{\"schemaVersion\":\"2\"}", "{}x", "{\"schemaVersion\":2.0}",
        "{\"config\":null}", "{\"layers\":[]}", "{\"manifests\":[],\"manifests\":[]}"}) {
    write_index(text);
    EXPECT_ERROR(invalid_data, "index.json", layout.read_index());
  }
}

TEST_F(LayoutTest, AnIndexThatIsNoFileDoesNotBlock) {
  const Layout layout = Layout::open(path_);
  std::filesystem::remove(path_ / "index.json");
  EXPECT_ERROR(not_found, "index.json", layout.read_index());
  ASSERT_EQ(::mkfifo((path_ / "index.json").c_str(), 0666), 0);
  EXPECT_ERROR(invalid_data, "not a regular file", Layout::open(path_).read_index());
}

TEST_F(LayoutTest, AHugeIndexIsRefused) {
  write_index("{}" + std::string(5000, ' '));
  LayoutOptions options;
  options.limits.document_bytes = 5000;
  EXPECT_ERROR(limit_exceeded, "index.json", Layout::open(path_, options).read_index());
}

// D-02 and 2.15: what is not understood survives, what is wrong is put right.
TEST_F(LayoutTest, AnUpdateKeepsWhatItDoesNotKnow) {
  write_index(
      R"({"x":1.50,"manifests":[{"mediaType":"a/b","digest":"nodigest","size":-1,)"
      R"("platform":{"architecture":"amd64","os":"linux","features":["sse4"]},"vendor":{}}],)"
      R"("annotations":{"k":"v"}})");
  Layout layout = Layout::open(path_);
  layout.update_index([](oci::Index& index) { set_ref(index, "t", oci::Descriptor()); });
  EXPECT_EQ(
      index(),
      R"({"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json","manifests":[)"
      R"({"mediaType":"a/b","digest":"nodigest","size":-1,"platform":{"architecture":"amd64",)"
      R"("os":"linux","features":["sse4"]},"vendor":{}},{"size":0,"annotations":)"
      R"({"org.opencontainers.image.ref.name":"t"}}],"annotations":{"k":"v"},"x":1.50})"
      "\n");
}

TEST_F(LayoutTest, AnUpdateThatChangesNothingWritesNothing) {
  const std::string text = "{\"schemaVersion\": 2,\n \"manifests\": []}";
  write_index(text);
  const struct stat before = status_of(path_ / "index.json");
  Layout layout = Layout::open(path_);
  layout.update_index([](oci::Index&) {});
  layout.update_index([](oci::Index& index) { remove_ref(index, "absent"); });
  EXPECT_EQ(index(), text);
  EXPECT_EQ(status_of(path_ / "index.json").st_ino, before.st_ino);
}

TEST_F(LayoutTest, AnUpdateThatThrowsWritesNothing) {
  Layout layout = Layout::open(path_);
  const std::string before = index();
  EXPECT_ERROR(conflict, "no", layout.update_index([](oci::Index& index) {
    set_ref(index, "t", oci::Descriptor());
    throw Error(ErrorKind::conflict, "no");
  }));
  EXPECT_EQ(index(), before);
  // The lock is free again.
  Layout::open(path_).update_index(
      [](oci::Index& index) { set_ref(index, "t", oci::Descriptor()); });
  EXPECT_THAT(ref_names(layout.read_index()), ElementsAre("t"));
}

TEST_F(LayoutTest, APreconditionIsAskedOfEveryFreshIndex) {
  std::vector<std::size_t> seen;
  Layout layout = Layout::open(path_, {.precondition = [&](const oci::Index& index) {
                                 seen.push_back(index.manifests.size());
                                 if (seen.size() == 2) throw Error(ErrorKind::conflict, "no");
                               }});
  const auto add = [](oci::Index& index) { set_ref(index, "mine", oci::Descriptor()); };
  Layout::open(path_).update_index(
      [](oci::Index& index) { set_ref(index, "theirs", oci::Descriptor()); });
  layout.update_index(add);
  const std::string before = index();
  EXPECT_ERROR(conflict, "no", layout.update_index(add));
  EXPECT_EQ(seen, (std::vector<std::size_t>{1, 2}));
  EXPECT_EQ(index(), before);
}

TEST_F(LayoutTest, UpdatesApplyToWhatIsThereAtThatMoment) {
  Layout one = Layout::open(path_);
  Layout other = Layout::open(path_);
  static_cast<void>(one.read_index());
  test::tag(other, "other", oci::Descriptor());
  test::tag(one, "one", oci::Descriptor());
  test::tag(other, "third", oci::Descriptor());
  EXPECT_THAT(ref_names(one.read_index()), ElementsAre("other", "one", "third"));
}

// D-06
TEST_F(LayoutTest, TheIndexKeepsModeAndOwner) {
  Layout layout = Layout::open(path_);
  for (const mode_t mode : {0664U, 0600U, 0644U}) {
    ASSERT_EQ(::chmod((path_ / "index.json").c_str(), mode), 0);
    if (::geteuid() == 0) {
      ASSERT_EQ(::chown((path_ / "index.json").c_str(), 1234, 4321), 0);
    }
    const mode_t old = ::umask(077);
    test::tag(layout, std::to_string(mode), oci::Descriptor());
    ::umask(old);
    const struct stat after = status_of(path_ / "index.json");
    EXPECT_EQ(after.st_mode & 07777U, mode);
    if (::geteuid() == 0) {
      EXPECT_EQ(after.st_uid, 1234U);
      EXPECT_EQ(after.st_gid, 4321U);
    }
  }
}

TEST_F(LayoutTest, ALinkedIndexIsReplacedWhereItIs) {
  std::filesystem::create_directory(path_ / "real");
  std::filesystem::rename(path_ / "index.json", path_ / "real/index");
  for (const path& target : {path("real/index"), path_ / "real/index"}) {
    std::filesystem::remove(path_ / "index.json");
    std::filesystem::create_symlink(target, path_ / "index.json");
    Layout layout = Layout::open(path_);
    test::tag(layout, target.is_absolute() ? "absolute" : "relative", oci::Descriptor());
    EXPECT_TRUE(std::filesystem::is_symlink(path_ / "index.json"));
  }
  EXPECT_THAT(ref_names(Layout::open(path_).read_index()), ElementsAre("relative", "absolute"));
}

TEST_F(LayoutTest, ALinkOutOfTheLayoutIsReadButNotWritten) {
  std::filesystem::rename(path_ / "index.json", directory_ / "outside");
  std::filesystem::create_symlink("../outside", path_ / "index.json");
  const std::string before = test::read_file(directory_ / "outside");
  Layout layout = Layout::open(path_);
  EXPECT_TRUE(layout.read_index().manifests.empty());
  EXPECT_ERROR(unsafe_path, "leads out of the layout", test::tag(layout, "t", oci::Descriptor()));
  EXPECT_EQ(test::read_file(directory_ / "outside"), before);
  EXPECT_TRUE(std::filesystem::is_symlink(path_ / "index.json"));
}

TEST_F(LayoutTest, NothingIsLeftAfterAnUpdate) {
  {
    Layout layout = Layout::open(path_);
    test::tag(layout, "t", test::ExampleImage().put(layout));
    // Not even while it is open.
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(path_)) {
      names.push_back(entry.path().filename());
    }
    EXPECT_THAT(names, testing::UnorderedElementsAre("blobs", "index.json", "oci-layout"));
  }
}

TEST_F(LayoutTest, TheOwnerOfTheLayoutOwnsAllOfIt) {
  if (::geteuid() != 0) GTEST_SKIP() << "needs root";
  for (const auto& entry : std::filesystem::recursive_directory_iterator(path_)) {
    ASSERT_EQ(::lchown(entry.path().c_str(), 1234, 4321), 0);
  }
  ASSERT_EQ(::chown(path_.c_str(), 1234, 4321), 0);
  std::filesystem::remove(path_ / "blobs/sha256");
  Layout layout = Layout::open(path_);
  test::put_document(layout, "a/b", "x", digest::Algorithm::sha512);
  const auto writer = layout.blobs().create();  // leaves a work directory
  test::tag(layout, "t", test::ExampleImage().put(layout));
  std::size_t seen = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(path_)) {
    if (entry.path().filename().string().starts_with("blob-")) continue;
    const struct stat status = status_of(entry.path());
    EXPECT_EQ(status.st_uid, 1234U) << entry.path();
    EXPECT_EQ(status.st_gid, 4321U) << entry.path();
    ++seen;
  }
  EXPECT_GE(seen, 10U);
}

TEST_F(LayoutTest, AReadOnlyDirectoryIsSaidToBeOne) {
  if (::geteuid() != 0) GTEST_SKIP() << "needs root to become somebody else";
  ASSERT_EQ(::chmod(directory_.path().c_str(), 0755), 0);
  const std::string before = index();
  const std::string result = test::in_child([&]() -> std::string {
    if (::setresuid(65534, 65534, 65534) != 0) return "setuid";
    Layout layout = Layout::open(path_);
    static_cast<void>(layout.read_index());
    for (const auto& outcome :
         {test::outcome_of([&] { layout.require_writable(); }),
          test::outcome_of([&] { layout.require_writable(Writes::index); }),
          test::outcome_of([&] { layout.blobs().put("x"); }),
          test::outcome_of([&] { test::tag(layout, "t", oci::Descriptor()); })}) {
      if (!outcome.is(ErrorKind::permission, "layout is read-only")) return outcome.text;
    }
    return "done";
  });
  EXPECT_EQ(result, "done");
  EXPECT_EQ(index(), before);
  EXPECT_NO_THROW(Layout::open(path_).require_writable());
}

TEST_F(LayoutTest, ADirectoryThatCannotBeListedCanBeRead) {
  if (::geteuid() != 0) GTEST_SKIP() << "needs root to become somebody else";
  {
    Layout layout = Layout::open(path_);
    test::tag(layout, "t", test::ExampleImage().put(layout));
  }
  ASSERT_EQ(::chmod(directory_.path().c_str(), 0711), 0);
  ASSERT_EQ(::chmod(path_.c_str(), 0711), 0);
  const std::string result = test::in_child([&]() -> std::string {
    if (::setresuid(65534, 65534, 65534) != 0) return "setuid";
    const Layout layout = Layout::open(path_);
    layout.hold_blobs();
    return layout.blobs().read_document(layout.read_index().manifests.at(0)).substr(0, 18);
  });
  EXPECT_EQ(result, "{\"schemaVersion\":2");
}

// D-41
TEST_F(LayoutTest, BlobsAreOnTheDiskBeforeTheIndexNamesThem) {
  if (!test::has_program("strace")) GTEST_SKIP() << "strace is not installed";
  if (const char* path = std::getenv("UMOCI_TEST_TRACED"); path != nullptr) {
    Layout layout = Layout::open(path);
    test::tag(layout, "t", test::put_document(layout, "a/b", "x", digest::Algorithm::sha512));
    return;
  }
  const std::string self = std::filesystem::read_symlink("/proc/self/exe");
  const auto traced = test::run_program(
      {"env", "UMOCI_TEST_TRACED=" + path_.string(), "ASAN_OPTIONS=detect_leaks=0", "strace", "-f",
       "-y", "-o", directory_ / "trace", "-e", "trace=fsync,renameat", self,
       "--gtest_filter=LayoutTest.BlobsAreOnTheDiskBeforeTheIndexNamesThem"});
  ASSERT_THAT(ref_names(Layout::open(path_).read_index()), ElementsAre("t")) << traced.err;
  // What is synced or renamed, in order.
  const std::string trace = test::read_file(directory_ / "trace");
  std::size_t position = 0;
  for (const char* step :
       {"fsync(", "/blob-", "renameat(", "/blobs/sha512>, ", "/layout/blobs>)", "/blobs/sha512>)",
        "fsync(", "/index-", "renameat(", "\"index.json\"", "fsync(", "/layout>)"}) {
    position = trace.find(step, position);
    ASSERT_NE(position, std::string::npos) << step << " is missing or too early in\n" << trace;
  }
}

TEST_F(LayoutTest, AReadOnlyMountIsSaidToBeOne) {
  if (!test::can_mount()) GTEST_SKIP() << "needs the right to mount";
  const std::string result = test::in_child([&]() -> std::string {
    if (!test::enter_mount_namespace()) return "unshare";
    const char* name = path_.c_str();
    if (::mount(name, name, nullptr, MS_BIND, nullptr) != 0) return "bind";
    if (::mount(nullptr, name, nullptr, MS_BIND | MS_REMOUNT | MS_RDONLY, nullptr) != 0) {
      return "remount";
    }
    Layout layout = Layout::open(path_);
    static_cast<void>(layout.read_index());
    for (const auto& outcome : {test::outcome_of([&] { layout.require_writable(); }),
                                test::outcome_of([&] { layout.blobs().put("x"); }),
                                test::outcome_of([&] { test::tag(layout, "t", {}); })}) {
      if (!outcome.is(ErrorKind::permission, "layout is read-only")) return outcome.text;
    }
    // A change that changes nothing needs no right.
    layout.update_index([](oci::Index&) {});
    return "done";
  });
  EXPECT_EQ(result, "done");
}

TEST_F(LayoutTest, BlobsMayBeReadOnlyWhereOnlyNamesAreWritten) {
  if (!test::can_mount()) GTEST_SKIP() << "needs the right to mount";
  const std::string result = test::in_child([&]() -> std::string {
    if (!test::enter_mount_namespace()) return "unshare";
    const path blobs = path_ / "blobs/sha256";
    if (::mount("tmpfs", blobs.c_str(), "tmpfs", MS_RDONLY, nullptr) != 0) return "mount";
    Layout layout = Layout::open(path_);
    layout.require_writable(Writes::index);
    test::tag(layout, "t", {});
    const auto outcome = test::outcome_of([&] { layout.require_writable(); });
    return outcome.is(ErrorKind::permission, "layout is read-only") ? "done" : outcome.text;
  });
  EXPECT_EQ(result, "done");
}

TEST_F(LayoutTest, AFullDiskLeavesTheOldIndex) {
  if (!test::can_mount()) GTEST_SKIP() << "needs the right to mount";
  const std::string result = test::in_child([&]() -> std::string {
    if (!test::enter_mount_namespace()) return "unshare";
    if (::mount("tmpfs", directory_.path().c_str(), "tmpfs", 0, "size=64k") != 0) return "mount";
    Layout::create(path_, {.durability = fs::Durability::unsynced});
    Layout layout = Layout::open(path_);
    test::tag(layout, "old", test::ExampleImage().put(layout));
    const std::string before = index();

    test::write_file(path_ / "blobs/sha256/filler", std::string(24U << 10U, 'x'));
    oci::Descriptor big;
    big.annotations.emplace("k", std::string(40U << 10U, 'y'));
    const auto blob = test::outcome_of([&] { layout.blobs().put(std::string(70U << 10U, 'z')); });
    if (!blob.is(ErrorKind::no_space)) return "blob: " + blob.text;
    const auto update = test::outcome_of([&] { test::tag(layout, "new", big); });
    if (!update.is(ErrorKind::no_space)) return "index: " + update.text;
    if (index() != before) return "index changed";

    std::filesystem::remove(path_ / "blobs/sha256/filler");
    test::tag(layout, "new", oci::Descriptor());
    return testing::PrintToString(ref_names(Layout::open(path_).read_index()));
  });
  EXPECT_EQ(result, "{ \"old\", \"new\" }");
}

TEST_F(LayoutTest, AClosedLayoutCanBeOpenedThroughALink) {
  std::filesystem::create_directory_symlink("layout", directory_ / "link");
  Layout layout = Layout::open(directory_ / "link/");
  test::tag(layout, "t", oci::Descriptor());
  EXPECT_THAT(index(), HasSubstr("\"t\""));
  EXPECT_EQ(layout.path(), directory_ / "link/");
  // A layout that was moved away keeps working.
  std::filesystem::rename(path_, directory_ / "elsewhere");
  test::tag(layout, "u", oci::Descriptor());
  EXPECT_THAT(ref_names(layout.read_index()), ElementsAre("t", "u"));
}

TEST_F(LayoutTest, LayoutsMove) {
  Layout layout = Layout::open(path_);
  Layout other = std::move(layout);
  layout = Layout::open(path_);
  test::tag(other, "t", test::ExampleImage().put(other));
  layout = std::move(other);
  EXPECT_THAT(ref_names(layout.read_index()), ElementsAre("t"));
}

TEST_F(LayoutTest, OtherProgramsReadWhatIsWritten) {
  if (!test::has_program("umoci") || !test::has_program("skopeo")) {
    GTEST_SKIP() << "umoci or skopeo is not installed";
  }
  {
    Layout layout = Layout::open(path_);
    oci::Descriptor image = test::ExampleImage().put(layout);
    test::tag(layout, "one", image);
    test::tag(layout, "two", image);
  }
  const auto listed = test::run_program({"umoci", "ls", "--layout", path_});
  EXPECT_EQ(listed.out, "one\ntwo\n") << listed.err;
  const auto stat =
      test::run_program({"umoci", "stat", "--json", "--image", path_.string() + ":one"});
  EXPECT_EQ(stat.status, 0) << stat.err;
  EXPECT_THAT(stat.out, HasSubstr("\"created_by\":\"test\""));
  const auto inspected =
      test::run_program({"skopeo", "inspect", "--config", "oci:" + path_.string() + ":two"});
  EXPECT_EQ(inspected.status, 0) << inspected.err;
  EXPECT_THAT(inspected.out, HasSubstr("amd64"));
  // The other program may change it, and we go on from there.
  EXPECT_EQ(test::run_program({"umoci", "rm", "--image", path_.string() + ":one"}).status, 0);
  Layout layout = Layout::open(path_);
  test::tag(layout, "three", oci::Descriptor());
  EXPECT_THAT(ref_names(layout.read_index()), ElementsAre("two", "three"));
}

}  // namespace
}  // namespace umoci::store
