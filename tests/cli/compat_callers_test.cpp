// SPDX-License-Identifier: Apache-2.0

// Command lines of programs that are known to call umoci, as they stand in their sources.

#include <umoci_test/command_line.hpp>

#include <gmock/gmock.h>

#include <unistd.h>

namespace umoci::cli {
namespace {

using ::testing::HasSubstr;
namespace stdfs = std::filesystem;
using Words = std::vector<std::string>;

class CallersTest : public CommandLineTest {
 protected:
  /// As root, as these programs run; a plain user's bundles are rootless.
  Words maybe_rootless(Words words) const {
    if (::geteuid() != 0) words.insert(words.begin() + 1, "--rootless");
    return words;
  }
  void make_image(const std::string& tag) {
    if (!stdfs::exists(path("layout"))) run_well({"init", "--layout", path("layout")});
    run_well({"new", "--image", image(tag)});
  }
};

TEST_F(CallersTest, kiwi) {
  EXPECT_THAT(run_well({"config", "--help"}), HasSubstr("--no-history"));
  run_well({"init", "--layout", path("layout")});
  run_well({"new", "--image", image("base")});
  stdfs::create_directory(path("root"));
  run_well(maybe_rootless({"unpack", "--image", image("base"), path("root")}));
  test::write_file(path("root/rootfs/etc"), "content");
  run_well({"repack", "--history.comment=C D", "--history.created_by=B", "--history.author=A",
            "--history.created", "2023-04-05T06:07:08+00:00", "--image", image("base"),
            path("root")});
  EXPECT_EQ(
      history("base"),
      R"([{"created":"2023-04-05T06:07:08Z","created_by":"B","author":"A","comment":"C D"}])");
  run_well({"config",
            "--author=A <a@b>",
            "--config.user=root",
            "--config.workingdir=/root",
            "--config.entrypoint=/bin/bash",
            "--config.entrypoint=-x",
            "--config.cmd=ls",
            "--config.cmd=-l",
            "--config.volume=/tmp",
            "--config.volume=/var/log",
            "--config.exposedports=80",
            "--config.exposedports=8080",
            "--config.env=SOMEVAR=x",
            "--config.env=PATH=/bin:/usr/bin",
            "--config.label=somelabel=labelvalue",
            "--config.label=empty=",
            "--no-history",
            "--image",
            image("base"),
            "--tag",
            "latest",
            "--created",
            "2023-04-05T06:07:08+00:00"});
  EXPECT_EQ(config_member("config"),
            R"({"User":"root","ExposedPorts":{"80":{},"8080":{}},)"
            R"("Env":["SOMEVAR=x","PATH=/bin:/usr/bin"],"Entrypoint":["/bin/bash","-x"],)"
            R"("Cmd":["ls","-l"],"Volumes":{"/tmp":{},"/var/log":{}},"WorkingDir":"/root",)"
            R"("Labels":{"empty":"","somelabel":"labelvalue"}})");
  EXPECT_EQ(history(), history("base"));
  EXPECT_EQ(config_member("config", "base"), "{}");
  run_well({"config", "--clear=config.entrypoint", "--clear=config.cmd", "--no-history", "--image",
            image("latest"), "--tag", "derived", "--created", "2023-04-05T06:07:08+00:00"});
  EXPECT_EQ(config_member("config.Entrypoint", "derived"), "");
  run_well({"gc", "--layout", path("layout")});
  EXPECT_EQ(run_well({"ls", "--layout", path("layout")}), "base\nlatest\nderived\n");
}

TEST_F(CallersTest, lxc) {
  make_image("container");
  stdfs::rename(path("layout/blobs/sha256"), path("cache"));
  stdfs::create_directory_symlink(path("cache"), path("layout/blobs/sha256"));
  const Outcome outcome = run(
      {"--log=error", "unpack", "--rootless", "--image", image("container"), path("rootfs.tmp")});
  EXPECT_EQ(outcome.status, 0) << outcome;
  EXPECT_EQ(outcome.out + outcome.err, "");
  EXPECT_FALSE(stdfs::is_symlink(path("rootfs.tmp/rootfs")));
  EXPECT_TRUE(stdfs::is_directory(path("rootfs.tmp/rootfs")));
}

TEST_F(CallersTest, open_build_service) {
  make_image("latest");
  EXPECT_EQ(run_well({"unpack", "--rootless", "--image", image(), path("unpack")}), "");
  EXPECT_NE(run({"unpack", "--rootless", "--image", image(), path("unpack")}).status, 0);
}

TEST_F(CallersTest, stacker) {
  make_image("centos:0.1.1");
  run_well(maybe_rootless({"unpack", "--image", image("centos:0.1.1"), path("a")}));
  run_well(
      maybe_rootless({"unpack", "--keep-dirlinks", "--image", image("centos:0.1.1"), path("b")}));
  EXPECT_EQ(
      run({"--log", "info", "unpack", "--rootless", "--image", image("centos:0.1.1"), path("c")})
          .status,
      0);
  EXPECT_EQ(
      run({"--log=debug", "unpack", "--rootless", "--image", image("centos:0.1.1"), path("d")})
          .status,
      0);
  EXPECT_EQ(run_well({"ls", "--layout", path("layout")}), "centos:0.1.1\n");
  run_well({"config", "--image", image("centos:0.1.1"), "--config.workingdir", "/usr"});
  EXPECT_EQ(run({"--log", "info", "gc", "--layout", path("layout")}).status, 0);
  test::write_file(path("a/rootfs/file"), "x");
  run_well({"tag", "--image", image("centos:0.1.1"), "old"});
  run_well({"rm", "--image", image("centos:0.1.1")});
  // What is needed is there although another image has the tag.
  run_well({"gc", "--layout", path("layout")});
  EXPECT_EQ(run_well({"list", "--layout", path("layout")}), "old\n");
}

TEST_F(CallersTest, scripts_that_read_the_last_line_of_stat) {
  make_image("latest");
  run_well(maybe_rootless({"unpack", "--image", image(), path("bundle")}));
  test::write_file(path("bundle/rootfs/file"), "x");
  run_well({"repack", "--image", image(), path("bundle")});
  const std::string text = run_well({"stat", "--image", image()});
  const std::size_t last = text.rfind('\n', text.size() - 2) + 1;
  EXPECT_EQ(text.substr(last, 7), "sha256:");
  EXPECT_THAT(manifest_text(), HasSubstr(text.substr(last, 71)));
}

TEST_F(CallersTest, rockcraft) {
  run_well({"init", "--layout", path("layout")});
  run_well({"new", "--image", image("base")});
  run_well({"config", "--image", image("base"), "--architecture", "arm64", "--no-history"});
  EXPECT_EQ(config_member("architecture", "base"), "\"arm64\"");
  run_well({"unpack", "--rootless", "--image", image("base"), path("bundle")});
  test::write_file(path("layer.tar"), std::string(1024, '\0'));
  run_well({"raw", "add-layer", "--image", image("base"), path("layer.tar"), "--tag", "new",
            "--history.created_by", "umoci raw add-layer --image x layer.tar --tag new",
            "--history.comment", "comment with --flags"});
  run_well({"config", "--image", image("new"), "--clear=config.entrypoint", "--config.entrypoint",
            "/bin/pebble", "--config.entrypoint", "enter", "--config.entrypoint", "--verbose",
            "--clear=config.cmd", "--history.created_by", "umoci config x", "--history.comment",
            "c"});
  EXPECT_EQ(config_member("config.Entrypoint", "new"), R"(["/bin/pebble","enter","--verbose"])");
  run_well({"config", "--image", image("new"), "--clear=config.cmd", "--config.cmd", "-a",
            "--config.cmd", "b", "--config.env", "N=V", "--config.user", "584792"});
  run_well({"config", "--image", image("new"), "--clear=config.labels", "--config.label", "K=a b=c",
            "--clear=manifest.annotations", "--manifest.annotation", "K=V"});
  EXPECT_EQ(config_member("config.Labels", "new"), R"({"K":"a b=c"})");
  EXPECT_EQ(config_member("config.Cmd", "new"), R"(["-a","b"])");
  const auto stat = oci::Json::parse(run_well({"stat", "--json", "--image", image("new")}));
  EXPECT_EQ(stat.find("history")->if_array()->size(), 4U);
}

TEST_F(CallersTest, distrobuilder) {
  make_image("fedora:40");
  stdfs::create_directory(path("content"));
  run_well(maybe_rootless(
      {"unpack", "--keep-dirlinks", "--image", image("fedora:40"), path("content")}));
}

TEST_F(CallersTest, isar) {
  run_well({"init", "--layout", path("layout")});
  run_well({"new", "--image", image("empty")});
  run_well({"config", "--image", image("empty"), "--config.cmd=/bin/dash"});
  run_well(maybe_rootless({"unpack", "--image", image("empty"), path("unpacked")}));
  test::write_file(path("unpacked/rootfs/file"), "x");
  run_well({"repack", "--image", image("v1"), path("unpacked")});
  run_well({"remove", "--image", image("empty")});
  EXPECT_EQ(run_well({"ls", "--layout", path("layout")}), "v1\n");
  EXPECT_EQ(config_member("config.Cmd", "v1"), R"(["/bin/dash"])");
}

TEST_F(CallersTest, homebrew) {
  EXPECT_THAT(run_well({"--version"}), HasSubstr("umoci version "));
  EXPECT_THAT(run_badly({"stat", "--image", path("fake")}), HasSubstr("invalid image detected"));
  EXPECT_THAT(run_badly({"list", "--layout", path("fake")}), HasSubstr("invalid image detected"));
}

TEST_F(CallersTest, others) {
  make_image("latest");
  stdfs::create_directory(path("existing"));
  run_well({"unpack", "--rootless", "--image", path("layout"), path("existing")});
  const std::string uid = std::to_string(::geteuid());
  const std::string gid = std::to_string(::getegid());
  run_well(maybe_rootless({"unpack", "--uid-map", "0:" + uid, "--gid-map", "0:" + gid, "--image",
                           image(), path("nix")}));
  run_well({"gc", "--layout=" + path("layout")});
  EXPECT_EQ(run({"--verbose", "unpack", "--rootless", "--image", path("layout"), path("nspawn"),
                 "--keep-dirlinks"})
                .status,
            0);
  run_well({"config", "--author=N <m@x>", "--image", path("layout")});
  EXPECT_EQ(config_member("author"), R"("N \u003cm@x\u003e")");
  run_well({"unpack", "--image", image(), path("late"), "--rootless"});
}

}  // namespace
}  // namespace umoci::cli
