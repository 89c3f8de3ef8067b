// SPDX-License-Identifier: Apache-2.0

// umoci validate --bundle: its flags, and what it says of bundles that were unpacked. The rules
// have tests beside them.

#include <umoci_test/command_line.hpp>

#include <gmock/gmock.h>

#include <unistd.h>

namespace umoci::cli {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StartsWith;
using Words = std::vector<std::string>;

class ValidateBundleTest : public CommandLineTest {
 protected:
  void SetUp() override {
    make_layout({"a", "b"});
    std::filesystem::create_directories(path("tree/bin"));
    test::write_file(path("tree/bin/sh"), "#!\n");
    std::filesystem::permissions(path("tree/bin/sh"), std::filesystem::perms(0755));
    run_well({"insert", "--rootless", "--image", image("a"), path("tree/bin"), "/bin"});
    run_well({"config", "--image", image("a"), "--config.cmd", "/bin/sh", "--config.env",
              "PATH=/bin", "--config.volume", "/data", "--config.label", "com.example.a=b"});
    run_well({"unpack", "--rootless", "--image", image("a"), path("bundle")});
  }

  Outcome validate(const Words& more = {}) {
    Words words{"validate", "--bundle", path("bundle")};
    words.insert(words.end(), more.begin(), more.end());
    return run(words);
  }
  /// The status, and the one fatal line.
  std::string refused(const Words& more) {
    const Outcome outcome = validate(more);
    EXPECT_EQ(outcome.out, "");
    const auto lines = fatal_lines(outcome.err);
    return std::to_string(outcome.status) + " " + (lines.size() == 1 ? lines.front() : outcome.err);
  }
  void replace_in(const std::string& name, std::string_view from, std::string_view to) const {
    std::string text = test::read_file(path(name));
    const std::size_t at = text.find(from);
    ASSERT_NE(at, std::string::npos) << text;
    test::write_file(path(name), text.replace(at, from.size(), to));
  }
};

TEST_F(ValidateBundleTest, is_silent_about_what_unpack_makes) {
  for (const Words& more : {Words{}, Words{"--layout", path("layout")}, Words{"--strict"}}) {
    const Outcome outcome = validate(more);
    EXPECT_EQ(outcome.status, 0) << outcome;
    EXPECT_THAT(outcome.out, IsEmpty());
    EXPECT_THAT(outcome.err, IsEmpty());
  }
}

TEST_F(ValidateBundleTest, is_silent_about_what_unpack_makes_for_root) {
  if (::geteuid() != 0) GTEST_SKIP() << "needs root";
  for (const Words& more :
       {Words{}, Words{"--uid-map", "0:1000:65536", "--gid-map", "0:9:65536"}}) {
    std::filesystem::remove_all(path("bundle"));
    Words words{"unpack", "--image", image("a"), path("bundle")};
    words.insert(words.begin() + 1, more.begin(), more.end());
    run_well(words);
    EXPECT_EQ(validate({"--strict", "--layout", path("layout")}).out, "");
  }
}

TEST_F(ValidateBundleTest, tells_what_is_wrong_one_a_line) {
  replace_in("bundle/config.json", R"("cwd": "/")", R"("cwd": "x")");
  replace_in("bundle/config.json", R"("PATH=/bin")", R"("PATH=/bin", "A.B=\u001b[31m", 7)");
  std::filesystem::remove(path("bundle/rootfs/bin/sh"));
  const Outcome outcome = validate();
  EXPECT_EQ(outcome.status, 1) << outcome;
  EXPECT_EQ(outcome.out,
            "error B02 config.json#/process/env/2: is the number \"7\", not a string\n"
            "error B05 config.json#/process/cwd: \"x\" is not absolute\n"
            "warning B06 config.json#/process/args/0: \"/bin/sh\" is missing in the root file "
            "system\n"
            "warning B07 config.json#/process/env/1: \"A.B\" has other characters than letters, "
            "digits and underscores\n");
  EXPECT_EQ(validate({"--ignore", "B02,B05"}).status, 0);
  EXPECT_EQ(validate({"--ignore", "B02,B05", "--strict"}).status, 1);
  EXPECT_THAT(validate({"--json"}).out, HasSubstr(R"("errors":2,"warnings":2,)"));
  EXPECT_THAT(validate({"--sarif"}).out, HasSubstr(R"("ruleId":"B05")"));
}

TEST_F(ValidateBundleTest, looks_at_the_layout_if_it_is_named) {
  run_well({"rm", "--image", image("a")});
  run_well({"gc", "--layout", path("layout")});
  EXPECT_EQ(validate().out, "");
  const Outcome outcome = validate({"--layout", path("layout")});
  EXPECT_EQ(outcome.status, 0) << outcome;
  EXPECT_THAT(outcome.out, HasSubstr("warning B27 umoci.json#/from_descriptor_path/"
                                     "descriptor_walk/0: "));
  EXPECT_EQ(refused({"--layout", path("tree")}).substr(0, 1), "3");
}

TEST_F(ValidateBundleTest, looks_at_the_machine_if_asked) {
  replace_in("bundle/config.json", R"("type": "proc")", R"("type": "no-such-fs")");
  EXPECT_EQ(validate().out, "");
  EXPECT_THAT(validate({"--host"}).out, HasSubstr("warning B12 config.json#/mounts/0/type: "));
}

TEST_F(ValidateBundleTest, refuses_flags_that_are_about_layouts) {
  for (const char* flag : {"--deep", "--all-blobs", "--complete"}) {
    EXPECT_EQ(refused({flag}),
              "2 " + std::string(flag) + " and --bundle may not be specified together");
  }
  EXPECT_EQ(refused({"--image", image("a")}),
            "2 --image and --bundle may not be specified together");
  EXPECT_EQ(refused({"--progress", "none"}),
            "2 --progress and --bundle may not be specified together");
  const Outcome outcome = run({"validate", "--layout", path("layout"), "--host"});
  EXPECT_EQ(outcome.status, 2) << outcome;
  EXPECT_THAT(fatal_lines(outcome.err), ElementsAre(StartsWith("--host needs --bundle")));
  EXPECT_EQ(run({"validate", "--bundle", ""}).status, 2);
}

TEST_F(ValidateBundleTest, has_no_answer_where_there_is_no_bundle) {
  const Outcome outcome = run({"validate", "--bundle", path("none")});
  EXPECT_EQ(outcome.status, 3) << outcome;
  EXPECT_EQ(fatal_lines(outcome.err).size(), 1U);
}

TEST_F(ValidateBundleTest, changes_nothing) {
  const auto before = everything();
  replace_in("bundle/umoci.json", R"("2")", R"("1")");
  EXPECT_EQ(validate({"--host"}).status, 1);
  replace_in("bundle/umoci.json", R"("1")", R"("2")");
  EXPECT_EQ(everything(), before);
}

}  // namespace
}  // namespace umoci::cli
