// SPDX-License-Identifier: Apache-2.0

// umoci insert: what umoci gets wrong, and the flags that it does not have.

#include <umoci_test/insert_command.hpp>

#include <umoci_test/restricted_child.hpp>

#include <gmock/gmock.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/xattr.h>

#include <algorithm>

namespace umoci::cli {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
namespace stdfs = std::filesystem;

std::string one_line_error(const Outcome& outcome) {
  const auto lines = fatal_lines(outcome.err);
  return lines.size() == 1 ? lines.front() : "not one line: " + outcome.err;
}

void make_socket(const std::string& name) {
  const int fd = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  ASSERT_LT(name.size(), sizeof address.sun_path);
  name.copy(address.sun_path, name.size());
  EXPECT_EQ(::bind(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
  ::close(fd);
}

TEST_F(InsertTest, leaves_out_what_it_writes_itself) {
  stdfs::create_directory(path("layout/.umoci-other"));
  test::write_file(path("layout/.umoci-other/file"), "x");
  for (const std::string& source : {path("layout"), path("")}) {
    const Outcome outcome = run(line({source, "/all"}));
    EXPECT_EQ(outcome.status, 0) << outcome;
    EXPECT_EQ(std::ranges::count(outcome.err, '\n'), 1) << outcome;
    EXPECT_THAT(outcome.err, AllOf(HasSubstr("the layout that is written to is inserted"),
                                   HasSubstr(source), HasSubstr("/.umoci-")));
    const std::string layout = source == path("layout") ? "all" : "all/layout";
    const auto found = names();
    EXPECT_THAT(found, Contains(layout + "/index.json"));
    // Those of others are files like any.
    EXPECT_THAT(found, Contains(layout + "/.umoci-other/file"));
    EXPECT_EQ(std::ranges::count_if(
                  found, [](const auto& name) { return name.find("/.umoci-") != name.npos; }),
              2);
  }
}

TEST_F(InsertTest, reads_the_source_that_the_system_sees) {
  make_directory("a/b");
  make_directory("cwd");
  make_file("f", "outer");
  make_file("cwd/f", "wrong");
  make_file("a/f", "behind the link");
  stdfs::create_directory_symlink("../a/b", path("cwd/link"));
  const stdfs::path before = stdfs::current_path();
  stdfs::current_path(path("cwd"));
  insert({"../f", "/f"});
  EXPECT_EQ(entry_at("f").size_bytes, 5U);
  insert({"./link/../f", "/f"});
  EXPECT_EQ(entry_at("f").size_bytes, 15U);
  insert({"../a/b/..", "/up"});
  EXPECT_THAT(names(), ElementsAre("up", "up/b", "up/f"));
  insert({".", "/here"});
  EXPECT_THAT(names(), ElementsAre("here", "here/f", "here/link"));
  stdfs::current_path(before);
}

TEST_F(InsertTest, puts_only_directories_at_the_root) {
  make_file("f");
  EXPECT_THAT(refuse({path("f"), "/"}), HasSubstr("\"" + path("f") + "\" is no directory"));
  EXPECT_THAT(refuse({path("f"), "a/.."}), HasSubstr("is no directory"));
}

TEST_F(InsertTest, hides_no_root) {
  for (const std::string target : {"/", ".", "..", "a/..", "//"}) {
    EXPECT_THAT(refuse({"--whiteout", target}), HasSubstr("the root cannot be hidden")) << target;
  }
}

TEST_F(InsertTest, takes_no_name_of_a_whiteout) {
  make_directory("tree/sub");
  make_file("tree/sub/.wh.f");
  make_file("f");
  for (const std::string target : {"/.wh.f", "/a/.wh.f", "/.wh.a/f", "/.wh..wh..opq"}) {
    EXPECT_THAT(refuse({path("f"), target}), HasSubstr("wh.")) << target;
    EXPECT_THAT(refuse({"--whiteout", target}), HasSubstr("wh.")) << target;
    EXPECT_THAT(refuse({"--opaque", path("tree"), target}), HasSubstr("wh.")) << target;
  }
  EXPECT_THAT(refuse({path("tree"), "/t"}),
              AllOf(HasSubstr("\"" + path("tree/sub/.wh.f") + "\""), HasSubstr("\".wh.\"")));
  // Only at the beginning of a name.
  insert({path("f"), "/a.wh.b"});
  EXPECT_THAT(names(), ElementsAre("a.wh.b"));
}

TEST_F(InsertTest, honours_false) {
  make_file("f");
  insert({"--whiteout=false", "--opaque=false", path("f"), "/f"});
  EXPECT_THAT(names(), ElementsAre("f"));
  insert({"--whiteout=false", "--chmod=600", path("f"), "/f"});
  EXPECT_EQ(entry_at("f").mode, 0600U);
}

TEST_F(InsertTest, warns_of_an_opaque_file) {
  make_file("f");
  const Outcome outcome = run(line({"--opaque", path("f"), "/f"}));
  EXPECT_EQ(outcome.status, 0) << outcome;
  EXPECT_THAT(outcome.err, HasSubstr("is marked as opaque"));
  EXPECT_THAT(names(), ElementsAre("f/.wh..wh..opq", "f"));
}

TEST_F(InsertTest, leaves_out_sockets_and_attributes_that_no_layer_can_hold) {
  make_directory("tree");
  make_file("tree/f");
  make_socket(path("tree/socket"));
  const std::string file = path("tree/f");
  const bool has_xattrs = ::setxattr(file.c_str(), "user.a=b", "1", 1, 0) == 0 &&
                          ::setxattr(file.c_str(), "user.empty", "", 0, 0) == 0 &&
                          ::setxattr(file.c_str(), "user.kept", "2", 1, 0) == 0;
  const Outcome outcome = run(line({path("tree"), "/t"}));
  EXPECT_EQ(outcome.status, 0) << outcome;
  EXPECT_THAT(outcome.err, HasSubstr("socket is left out"));
  EXPECT_THAT(names(), ElementsAre("t", "t/f"));
  if (!has_xattrs) return;
  EXPECT_THAT(outcome.err, AllOf(HasSubstr("xattr=user.a=b"), HasSubstr("xattr=user.empty")));
  EXPECT_EQ(entry_at("t/f").xattrs, (tree::Xattrs{{"user.kept", "2"}}));
}

TEST_F(InsertTest, takes_no_socket_that_it_is_asked_for) {
  make_socket(path("s"));
  make_file("f");
  test::write_file(path("list"), path("f") + " /f\n" + path("s") + " /s\n");
  const std::string why = "\"" + path("s") + "\" is a socket";
  EXPECT_THAT(refuse({path("s"), "/s"}), HasSubstr(why));
  EXPECT_THAT(refuse({path("s"), "/"}), HasSubstr(why));
  EXPECT_THAT(refuse({"--from-file", path("list")}), HasSubstr(why));
}

TEST_F(InsertTest, warns_of_what_is_mounted_in_the_source) {
  if (!test::is_real_root()) GTEST_SKIP() << "only root mounts";
  make_directory("tree/d/mount");
  test::in_child_process([&] {
    const auto mount_at = [&](const std::string& name) {
      return ::mount("tmpfs", path(name).c_str(), "tmpfs", 0, "") == 0;
    };
    if (::unshare(CLONE_NEWNS) != 0 || ::mount("", "/", "", MS_REC | MS_PRIVATE, "") != 0 ||
        !mount_at("tree/d/mount")) {
      GTEST_SKIP() << "nothing can be mounted here";
    }
    make_file("tree/d/mount/f");
    const Outcome outcome = run(line({path("tree"), "/t"}));
    EXPECT_EQ(outcome.status, 0) << outcome;
    EXPECT_THAT(outcome.err, AllOf(HasSubstr("another file system is mounted here"),
                                   HasSubstr("path=/tree/d/mount\n")));
    EXPECT_EQ(std::count(outcome.err.begin(), outcome.err.end(), '\n'), 1) << outcome;
    EXPECT_THAT(names(), ElementsAre("t", "t/d", "t/d/mount", "t/d/mount/f"));
    // What one names is not "in" anything.
    insert({path("tree/d/mount"), "/m"});
    ASSERT_EQ(::umount(path("tree/d/mount").c_str()), 0);
  });
}

TEST_F(InsertTest, of_a_rootless_tree_takes_owners_from_their_attribute) {
  make_directory("tree");
  make_file("tree/owned");
  make_file("tree/plain");
  // A protobuf message of field 1, the user 5, and field 2, the group 6.
  if (::setxattr(path("tree/owned").c_str(), "user.rootlesscontainers", "\x08\x05\x10\x06", 4, 0) !=
      0) {
    GTEST_SKIP() << "no attributes here";
  }
  ASSERT_EQ(::setxattr(path("tree/owned").c_str(), "user.other", "x", 1, 0), 0);
  insert({"--rootless", path("tree"), "/t"});
  const auto owned = entry_at("t/owned");
  EXPECT_EQ(owned.uid, 5U);
  EXPECT_EQ(owned.gid, 6U);
  EXPECT_EQ(owned.xattrs, (tree::Xattrs{{"user.other", "x"}}));
  for (const std::string name : {"t", "t/plain"}) {
    EXPECT_EQ(entry_at(name).uid, 0U);
    EXPECT_EQ(entry_at(name).gid, 0U);
  }
}

TEST_F(InsertTest, makes_one_layer_whatever_the_umask) {
  make_directory("tree/d", 0777);
  make_file("tree/d/f", "x", 0666);
  set("tree", 0777, 1000);
  set("tree/d", 0777, 1000);
  std::string first;
  for (const mode_t mask : {0U, 022U, 077U}) {
    const mode_t before = ::umask(mask);
    insert({"--parents", path("tree"), "/a/t"});
    ::umask(before);
    EXPECT_EQ(entry_at("a").mode, 0755U);
    EXPECT_EQ(entry_at("a/t").mode, 0777U);
    EXPECT_EQ(entry_at("a/t/d/f").mode, 0666U);
    const std::string digests = manifest_text("new") + diff_ids();
    if (first.empty()) first = digests;
    EXPECT_EQ(digests, first) << mask;
  }
}

TEST_F(InsertTest, names_all_whose_owner_has_no_id) {
  if (::geteuid() != 0) GTEST_SKIP() << "needs root";
  make_directory("d");
  for (const std::string name : {"a", "b", "c"}) make_file("d/" + name);
  ASSERT_EQ(::chown(path("d/a").c_str(), 5, 0), 0);
  ASSERT_EQ(::chown(path("d/c").c_str(), 0, 7), 0);
  EXPECT_THAT(
      refuse({"--uid-map", "0:0:1", "--gid-map=0:0:1", path("d"), "/d"}),
      AllOf(HasSubstr("\"/d/a\" of 5:0"), HasSubstr("\"/d/c\" of 0:7"), Not(HasSubstr("/d/b"))));
  // Owners that do not count need no id.
  insert({"--uid-map", "0:0:1", "--gid-map=0:0:1", "--chown=9:8", path("d"), "/d"});
  EXPECT_EQ(entry_at("d/a").uid, 9U);
  EXPECT_EQ(entry_at("d/a").gid, 8U);
}

TEST_F(InsertTest, changes_owner_mode_and_time_on_request) {
  make_directory("d", 0700);
  make_file("d/f", "x", 0600);
  stdfs::create_symlink("f", path("d/l"));
  environment["SOURCE_DATE_EPOCH"] = "5";
  insert({"--chown", "4294967294:0", "--chmod", "04750", "--mtime", "2020-01-01T01:00:00.9+01:00",
          path("d"), "/d"});
  for (const tree::Entry& entry : entries()) {
    EXPECT_EQ(entry.uid, 4294967294U);
    EXPECT_EQ(entry.gid, 0U);
    EXPECT_EQ(entry.mode, entry.type == tree::EntryType::symlink ? 0777U : 04750U);
    EXPECT_EQ(entry.mtime.seconds, 1577836800) << entry.path.text();
  }
  environment.clear();
  for (const auto& [text, seconds] :
       std::map<std::string, std::int64_t>{{"@17", 17},
                                           {"17", 17},
                                           {"-17", -17},
                                           {"@-17", -17},
                                           {"0", 0},
                                           {"1969-12-31T23:59:59.5Z", -1}}) {
    insert({"--mtime=" + text, path("d/f"), "/f"});
    EXPECT_EQ(entry_at("f").mtime.seconds, seconds) << text;
  }
}

TEST_F(InsertTest, refuses_values_that_say_nothing) {
  make_file("f");
  for (const std::string value : {"", "1", "1:", ":1", "1:2:3", "root:root", "-1:0", "+1:0", "1: 2",
                                  "4294967295:0", "0:4294967296", "0x1:0", " 1:2"}) {
    EXPECT_THAT(refuse({"--chown", value, path("f"), "/f"}), HasSubstr("invalid --chown")) << value;
  }
  for (const std::string value : {"", "8", "-1", "u+x", "10000", "0o755", "7 ", "77777777777777"}) {
    EXPECT_THAT(refuse({"--chmod", value, path("f"), "/f"}), HasSubstr("invalid --chmod")) << value;
  }
  for (const std::string value : {"", "@", "@@1", "now", "1.5", "2020-01-01",
                                  "99999999999999999999", "1 ", "2020-01-01T00:00:00"}) {
    EXPECT_THAT(refuse({"--mtime", value, path("f"), "/f"}), HasSubstr("invalid --mtime")) << value;
  }
}

TEST_F(InsertTest, a_whiteout_takes_no_flags_for_files) {
  const std::map<std::string, std::string> flags{{"--chown", "=1:1"},
                                                 {"--chmod", "=1"},
                                                 {"--mtime", "=1"},
                                                 {"--from-file", "=x"},
                                                 {"--parents", ""}};
  for (const auto& [flag, value] : flags) {
    EXPECT_THAT(refuse({"--whiteout", flag + value, "/f"}),
                HasSubstr("--whiteout and " + flag + " may not be specified together"));
  }
}

TEST_F(InsertTest, keeps_to_the_limits) {
  make_directory("d");
  make_file("d/f", std::string(1000, 'x'));
  EXPECT_THAT(refuse({"--limit", "file_bytes=999", path("d"), "/d"}), HasSubstr("file_bytes"));
  EXPECT_THAT(refuse({"--limit", "entries=1", path("d"), "/d"}), HasSubstr("entries"));
  EXPECT_THAT(refuse({"--limit", "path_depth=2", path("d"), "/a/b"}), HasSubstr("path_depth"));
  EXPECT_THAT(refuse({"--limit", "path_bytes=2", path("d"), "/d"}), HasSubstr("path_bytes"));
  insert({"--limit", "entries=2", "--limit=file_bytes=1000", path("d"), "/d"});
}

TEST_F(InsertTest, opens_and_closes_what_its_owner_may_not_read) {
  make_directory("d/closed");
  make_file("d/closed/f", "secret", 0000);
  set("d/closed", 0000, 1000);
  set("d", 0500, 1000);
  stdfs::permissions(path("layout"), stdfs::perms::all);
  // The files must belong to that user.
  for (const std::string name : {"d", "d/closed", "d/closed/f"}) {
    if (test::is_real_root()) {
      ASSERT_EQ(::lchown(path(name).c_str(), test::plain_user, test::plain_user), 0);
    }
  }
  for (const auto& item : stdfs::recursive_directory_iterator(path("layout"))) {
    if (test::is_real_root()) {
      ASSERT_EQ(::lchown(item.path().c_str(), test::plain_user, test::plain_user), 0);
    }
  }
  test::as_plain_user(directory.path(), [&] {
    run_well({"insert", "--rootless", "--compress=none", "--image", image(), "--tag=new", path("d"),
              "/d"});
    EXPECT_THAT(names(), ElementsAre("d", "d/closed", "d/closed/f"));
    EXPECT_EQ(entry_at("d/closed").mode, 0U);
    EXPECT_EQ(entry_at("d/closed/f").size_bytes, 6U);
    const Outcome outcome = run({"insert", "--image", image(), "--tag=new", path("d"), "/d"});
    EXPECT_EQ(outcome.status, 1);
    EXPECT_THAT(outcome.err, HasSubstr("maybe --rootless will help"));
    EXPECT_THAT(one_line_error(outcome), HasSubstr("d/closed"));
  });
  struct stat status{};
  ASSERT_EQ(::stat(path("d/closed").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 07777U, 0U);
  EXPECT_EQ(status.st_mtim.tv_sec, 1000);
}

}  // namespace
}  // namespace umoci::cli
