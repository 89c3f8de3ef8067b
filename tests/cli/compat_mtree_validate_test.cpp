// SPDX-License-Identifier: Apache-2.0

// umoci raw mtree-validate.

#include <umoci_test/insert_command.hpp>
#include <umoci_test/restricted_child.hpp>

#include <gmock/gmock.h>
#include <sys/xattr.h>

namespace umoci::cli {
namespace {

using ::testing::AllOf;
using ::testing::ContainsRegex;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;
namespace stdfs = std::filesystem;

const std::string sha256_of_hello =
    "5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03";

class MtreeValidateTest : public InsertTest {
 protected:
  void SetUp() override {
    make_directory("tree/d", 0755, 50);
    make_file("tree/d/f", "hello\n", 0644, 77);
    make_file("tree/g", "x", 0600, 77);
    set_time("tree/d", 50);
    set_time("tree", 50);
  }

  /// A manifest of the tree: the file f is described by `words`, of all else only the existence
  /// counts (a keyword that is used anywhere is compared everywhere).
  void write_manifest(const std::string& words) {
    test::write_file(path("manifest"),
                     "#mtree\n. type=dir nochange\nd type=dir nochange\nf type=file " + words +
                         "\n..\ng type=file nochange\n..\n");
  }
  std::vector<std::string> line(const std::vector<std::string>& more = {}) const {
    std::vector<std::string> words{"raw", "mtree-validate", "-f", path("manifest"),
                                   "-p",  path("tree")};
    words.insert(words.end(), more.begin(), more.end());
    return words;
  }
  void expect_equal(const std::vector<std::string>& more = {}) {
    EXPECT_EQ(run_well(line(more)), "");
  }
  /// What is printed of differences, of which there are `count`.
  std::string differences(std::size_t count, const std::vector<std::string>& more = {}) {
    const Outcome outcome = run(line(more));
    EXPECT_EQ(outcome.status, 1) << outcome;
    EXPECT_THAT(fatal_lines(outcome.err).at(0),
                HasSubstr("differ in " + std::to_string(count) + " path"));
    return outcome.out;
  }
};

TEST_F(MtreeValidateTest, is_silent_about_equal_trees) {
  write_manifest("mode=0644 size=6 tar_time=77.000000000 sha256digest=" + sha256_of_hello);
  expect_equal();
  expect_equal({"--json=false", "--verbose-diff"});
  // Words that follow are not looked at.
  expect_equal({"whatever", "else"});
  EXPECT_EQ(
      run_well({"raw", "mtree-validate", "--file", path("manifest"), "--path=" + path("tree")}),
      "");
  EXPECT_EQ(run_well({"raw", "mtree-validate", "--manifest", path("manifest"), "-p", path("tree")}),
            "");
}

TEST_F(MtreeValidateTest, tells_the_first_keyword_of_each_path_in_order) {
  write_manifest("mode=0640 size=7");
  test::write_file(path("tree/a\"b\n"), "");
  stdfs::remove(path("tree/g"));
  EXPECT_EQ(differences(3),
            "\"a\\\"b\\012\": unexpected path\n"
            "\"d/f\": keyword \"size\": expected 7; got 6\n"
            "\"g\": missing path\n");
  EXPECT_EQ(differences(3, {"--verbose-diff"}),
            "\"a\\\"b\\012\": unexpected path\n"
            "\"d/f\": keyword \"size\": expected 7; got 6\n"
            "\"d/f\": keyword \"mode\": expected 0640; got 0644\n"
            "\"g\": missing path\n");
}

TEST_F(MtreeValidateTest, steers_no_terminal) {
  write_manifest("");
  const std::string name = "\xc2\x9b\xe2\x80\xae\x1b\\[31m";
  test::write_file(path("tree/" + name), "");
  EXPECT_EQ(differences(1), "\"\xc2\x9b\xe2\x80\xae\\033\\134[31m\": unexpected path\n");
  out_is_terminal = true;
  EXPECT_EQ(differences(1), "\"\\u009b\\u202e\\033\\134[31m\": unexpected path\n");
}

TEST_F(MtreeValidateTest, prints_json) {
  write_manifest("mode=0640 size=7");
  test::write_file(path("tree/a b\xff"), "");
  stdfs::remove(path("tree/g"));
  EXPECT_EQ(differences(3, {"--json"}),
            R"({"differences":[{"path":"a\\040b\\377","kind":"unexpected","type":"file"},)"
            R"({"path":"d/f","kind":"modified","type":"file","keywords":[)"
            R"({"keyword":"size","expected":"7","actual":"6"},)"
            R"({"keyword":"mode","expected":"0640","actual":"0644"}]},)"
            R"({"path":"g","kind":"missing","type":"file"}]})"
            "\n");
  stdfs::remove(path("tree/a b\xff"));
  write_manifest("");
  make_file("tree/g", "x", 0600, 77);
  EXPECT_EQ(run_well(line({"--json"})), "{\"differences\":[]}\n");
}

TEST_F(MtreeValidateTest, compares_the_keywords_it_is_told) {
  write_manifest("mode=0640 size=7 sha256=" + sha256_of_hello);
  EXPECT_THAT(differences(1, {"-k", "size"}), HasSubstr("keyword \"size\""));
  EXPECT_THAT(differences(1, {"--use-keywords=mode"}), HasSubstr("keyword \"mode\""));
  // Synonyms are equal.
  expect_equal({"-k", "sha256digest"});
  expect_equal({"-k", "type"});
  expect_equal({"-k=type", "--umoci-keywords"});
  EXPECT_THAT(differences(1, {"-k", "type", "-K", "mode, size", "--verbose-diff"}),
              AllOf(HasSubstr("\"size\""), HasSubstr("\"mode\"")));
  EXPECT_THAT(differences(1, {"--umoci-keywords", "--verbose-diff"}),
              HasSubstr("keyword \"uid\": expected ; got"));
}

TEST_F(MtreeValidateTest, always_compares_types) {
  test::write_file(path("manifest"),
                   "#mtree\n. type=dir nochange\nd type=dir nochange ignore\n..\n"
                   "g type=file mode=0700\n");
  stdfs::remove(path("tree/g"));
  make_directory("tree/g", 0700);
  EXPECT_THAT(differences(1, {"-k", "mode"}),
              HasSubstr("\"g\": keyword \"type\": expected file; got dir"));
}

TEST_F(MtreeValidateTest, compares_sizes_of_directories_only_by_name) {
  test::write_file(path("manifest"),
                   "#mtree\n. type=dir size=1 nlink=99\nd type=dir nochange\n"
                   "f type=file nochange\n..\ng type=file nochange\n..\n");
  expect_equal();
  expect_equal({"-K", "type", "--umoci-keywords", "-k", "type"});
  EXPECT_THAT(differences(1, {"-K", "size"}), HasSubstr("\".\": keyword \"size\": expected 1;"));
  EXPECT_THAT(differences(1, {"-k", "nlink"}), HasSubstr("\".\": keyword \"nlink\": expected 99;"));
}

TEST_F(MtreeValidateTest, compares_whole_seconds_where_one_side_has_no_more) {
  const timespec times[] = {{.tv_sec = 0, .tv_nsec = UTIME_OMIT},
                            {.tv_sec = 77, .tv_nsec = 999999999}};
  ASSERT_EQ(::utimensat(AT_FDCWD, path("tree/d/f").c_str(), times, 0), 0);
  write_manifest("tar_time=77.000000000");
  expect_equal();
  expect_equal({"-k", "time"});
  write_manifest("time=77.500000000");
  expect_equal({"-k", "tar_time"});
  EXPECT_THAT(differences(1), HasSubstr("\"d/f\": keyword \"time\": expected 77.500000000; got "
                                        "77.999999999"));
}

TEST_F(MtreeValidateTest, accepts_what_unpack_wrote) {
  make_layout();
  std::vector<std::string> insert{"insert", "--image", image(), "--tag", "new", path("tree"), "/t"};
  if (::geteuid() != 0) insert.emplace_back("--rootless");
  run_well(insert);
  std::vector<std::string> unpack{"unpack", "--image", image("new"), path("bundle")};
  if (::geteuid() != 0) unpack.emplace_back("--rootless");
  run_well(unpack);
  const std::string mtree =
      path("bundle/sha256_" + entry("new").digest.text().substr(7) + ".mtree");
  for (const std::vector<std::string>& more : {std::vector<std::string>{}, {"--umoci-keywords"}}) {
    std::vector<std::string> words{"raw", "mtree-validate",     "-f", mtree,
                                   "-p",  path("bundle/rootfs")};
    words.insert(words.end(), more.begin(), more.end());
    EXPECT_EQ(run_well(words), "");
  }
  test::write_file(path("bundle/rootfs/t/g"), "y");
  set("bundle/rootfs/t/g", 0600, 77);
  EXPECT_THAT(run({"raw", "mtree-validate", "-f", mtree, "-p", path("bundle/rootfs")}).out,
              StartsWith("\"t/g\": keyword \"sha256digest\": expected "));
}

TEST_F(MtreeValidateTest, follows_a_link_to_the_tree) {
  write_manifest("size=6");
  const auto validate = [&](const std::string& name) {
    return std::vector<std::string>{"raw", "mtree-validate", "-f", path("manifest"),
                                    "-p",  path(name)};
  };
  stdfs::create_directory_symlink("tree", path("link"));
  EXPECT_EQ(run_well(validate("link")), "");
  stdfs::remove(path("tree/g"));
  EXPECT_EQ(run(validate("link")).out, "\"g\": missing path\n");
  stdfs::create_symlink("nosuch", path("dangling"));
  EXPECT_THAT(run_badly(validate("dangling")), HasSubstr("No such file"));
  stdfs::create_symlink("manifest", path("to-a-file"));
  EXPECT_THAT(run_badly(validate("to-a-file")), HasSubstr("is not a directory"));
  stdfs::create_symlink("loop", path("loop"));
  EXPECT_THAT(run_badly(validate("loop")), HasSubstr("Too many levels of symbolic links"));
}

TEST_F(MtreeValidateTest, passes_over_values_that_it_does_not_know_unless_asked) {
  write_manifest("mode=u=rw,go=r device=bsdos,1,2,3 size=6");
  expect_equal();
  expect_equal({"-k", "type"});
  EXPECT_EQ(differences(1, {"-k", "device"}),
            "\"d/f\": keyword \"device\": expected bsdos,1,2,3; got \n");
  EXPECT_EQ(differences(1, {"-K", "mode"}),
            "\"d/f\": keyword \"mode\": expected u=rw,go=r; got 0644\n");
}

TEST_F(MtreeValidateTest, takes_no_manifest_without_end) {
  write_manifest("size=6");
  // A hole, so that it takes no room; nothing of it is read.
  stdfs::resize_file(path("manifest"), (1ULL << 30U) + 1);
  EXPECT_THAT(run_badly(line()), AllOf(HasSubstr("manifest \"" + path("manifest") + "\""),
                                       HasSubstr("more than 1073741824 bytes")));
}

TEST_F(MtreeValidateTest, is_the_same_whatever_the_umask) {
  write_manifest("mode=0644 size=6");
  for (const mode_t mask : {0U, 022U, 077U}) {
    const mode_t before = ::umask(mask);
    expect_equal();
    expect_equal({"--rootless"});
    ::umask(before);
  }
}

TEST_F(MtreeValidateTest, wants_its_arguments) {
  write_manifest("");
  const auto usage = [&](const std::vector<std::string>& words) {
    const Outcome outcome = run(words);
    EXPECT_EQ(outcome.status, 1);
    EXPECT_THAT(outcome.out, AllOf(HasSubstr("NAME:"), HasSubstr("umoci raw mtree-validate"),
                                   HasSubstr("CATEGORY:\n   devtools"), HasSubstr("--manifest")));
    const auto lines = fatal_lines(outcome.err);
    return lines.size() == 1 ? lines.front() : outcome.err;
  };
  EXPECT_THAT(usage({"raw", "mtree-validate"}), HasSubstr("--manifest"));
  EXPECT_THAT(usage({"raw", "mtree-validate", "-f", path("manifest")}), HasSubstr("--path"));
  EXPECT_THAT(run_badly({"raw", "mtree-validate", "-f", "", "-p", path("tree")}),
              HasSubstr("--manifest cannot be empty"));
  EXPECT_THAT(run_badly({"raw", "mtree-validate", "-f", path("manifest"), "-p="}),
              HasSubstr("--path cannot be empty"));
  EXPECT_THAT(run_badly(line({"-k", "nosuch"})),
              HasSubstr("invalid --use-keywords: unknown keyword \"nosuch\""));
  EXPECT_THAT(run_badly(line({"-K", "size,nosuch"})), HasSubstr("invalid --add-keywords"));
  EXPECT_THAT(run_badly(line({"-k", " , "})), HasSubstr("names no keyword"));
  EXPECT_THAT(run_badly({"raw", "mtree-validate", "-f", path("nosuch"), "-p", path("tree")}),
              HasSubstr("nosuch"));
  EXPECT_THAT(run_badly({"raw", "mtree-validate", "-f", path("tree"), "-p", path("tree")}),
              HasSubstr("is a directory"));
  EXPECT_THAT(run_badly({"raw", "mtree-validate", "-f", path("manifest"), "-p", path("nosuch")}),
              HasSubstr("nosuch"));
  EXPECT_THAT(run_badly({"raw", "mtree-validate", "-f", path("manifest"), "-p", path("tree/g")}),
              HasSubstr("is not a directory"));
  test::write_file(path("manifest"), "/nonsense type=dir\n");
  EXPECT_THAT(run_badly(line()), AllOf(HasSubstr("manifest"), HasSubstr("line 1")));
}

TEST_F(MtreeValidateTest, looks_into_what_its_owner_may_not_read) {
  write_manifest("sha256=" + sha256_of_hello);
  set("tree/d/f", 0000, 77);
  set("tree/d", 0000, 50);
  if (test::is_real_root()) {
    for (const std::string name : {"tree", "tree/d", "tree/d/f"}) {
      ASSERT_EQ(::lchown(path(name).c_str(), test::plain_user, test::plain_user), 0);
    }
  }
  test::as_plain_user(directory.path(), [&] {
    const Outcome outcome = run(line({"-k", "sha256"}));
    EXPECT_EQ(outcome.status, 1);
    EXPECT_THAT(outcome.err, HasSubstr("maybe --rootless will help"));
    const Outcome rootless = run(line({"-k", "sha256", "--rootless"}));
    EXPECT_THAT(rootless.out, Not(HasSubstr("\"d/f\""))) << rootless;
  });
  struct stat status{};
  ASSERT_EQ(::stat(path("tree/d").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 07777U, 0U);
}

TEST_F(MtreeValidateTest, compares_attributes) {
  if (::setxattr(path("tree/d/f").c_str(), "user.key", "value", 5, 0) != 0) {
    GTEST_SKIP() << "needs attributes of users";
  }
  write_manifest("xattr.user.key=dmFsdWU=");
  expect_equal();
  write_manifest("xattr.user.key=b3RoZXI=");
  EXPECT_EQ(differences(1),
            "\"d/f\": keyword \"xattr.user.key\": expected b3RoZXI=; got dmFsdWU=\n");
}

}  // namespace
}  // namespace umoci::cli
