// SPDX-License-Identifier: Apache-2.0

// What umoci raw add-layer refuses or puts right.

#include <umoci_test/command_line.hpp>

#include <umoci/io/sink.hpp>
#include <umoci/tar/writer.hpp>
#include <umoci_test/run_program.hpp>

#include <gmock/gmock.h>
#include <sys/stat.h>

#include <fstream>
#include <thread>

namespace umoci::cli {
namespace {

using ::testing::HasSubstr;

class LayerArchiveTest : public CommandLineTest {
 protected:
  void SetUp() override {
    make_layout();
    if (!test::has_program("tar")) GTEST_SKIP() << "needs tar";
    test::write_file(path("file"), std::string(5000, 'x'));
    ASSERT_EQ(tar({"-cf", path("layer.tar"), "file"}).status, 0);
    diff_id_ =
        "[\"sha256:" + test::run_program({"sha256sum", path("layer.tar")}).out.substr(0, 64) +
        "\"]";
  }

  test::ProgramResult tar(const std::vector<std::string>& arguments) {
    std::vector<std::string> words{"tar", "-C", directory.path()};
    words.insert(words.end(), arguments.begin(), arguments.end());
    return test::run_program(words);
  }
  std::vector<std::string> line(const std::string& file,
                                const std::vector<std::string>& more = {}) {
    std::vector<std::string> words{"raw", "add-layer", "--image", image(), path(file)};
    words.insert(words.end(), more.begin(), more.end());
    return words;
  }

  std::string diff_id_;
};

TEST_F(LayerArchiveTest, is_uncompressed_first) {
  for (const std::string program : {"gzip", "zstd"}) {
    if (!test::has_program(program)) GTEST_SKIP() << "needs " << program;
    const auto packed = test::run_program({program, "-c", path("layer.tar")});
    test::write_file(path("packed"), packed.out);
    run_well({"new", "--image", image()});
    const Outcome outcome = run(line("packed"));
    EXPECT_EQ(outcome.status, 0) << outcome;
    EXPECT_THAT(outcome.err, HasSubstr("layer archive is compressed"));
    EXPECT_THAT(outcome.err, HasSubstr("compression=" + program));
    EXPECT_EQ(config_member("rootfs.diff_ids"), diff_id_);
    run_well({"unpack", "--rootless", "--image", image(), path("bundle")});
    EXPECT_EQ(test::read_file(path("bundle/rootfs/file")), std::string(5000, 'x'));
    std::filesystem::remove_all(path("bundle"));
  }
}

TEST_F(LayerArchiveTest, that_could_not_be_unpacked_is_refused) {
  const std::string good = test::read_file(path("layer.tar"));
  std::string damaged = good;
  damaged[100] = '9';
  const std::string gzip_magic = "\x1f\x8b\x08 and garbage";
  const std::string zstd_magic = "\x28\xb5\x2f\xfd and garbage";
  for (const std::string& content :
       {std::string("garbage"), std::string(512, 'x'), good.substr(0, 2000), good.substr(0, 700),
        damaged, gzip_magic, zstd_magic}) {
    test::write_file(path("bad"), content);
    const auto before = everything();
    EXPECT_THAT(run_badly(line("bad")), HasSubstr("layer archive \"" + path("bad") + "\""));
    EXPECT_EQ(everything(), before);
  }
}

TEST_F(LayerArchiveTest, of_another_compression_is_refused_by_name) {
  for (const std::string program : {"xz", "bzip2"}) {
    if (!test::has_program(program)) GTEST_SKIP() << "needs " << program;
    test::write_file(path("packed"), test::run_program({program, "-c", path("layer.tar")}).out);
    const auto before = everything();
    EXPECT_THAT(run_badly(line("packed")), HasSubstr("it is compressed with " + program));
    EXPECT_EQ(everything(), before);
  }
  // A name is no magic number.
  ASSERT_EQ(tar({"-cf", path("good.tar"), "--transform", "s|.*|BZh9.txt|", "file"}).status, 0);
  run_well(line("good.tar"));
}

TEST_F(LayerArchiveTest, with_names_that_no_layer_may_have_is_refused) {
  std::filesystem::create_directories(path("in/.wh.d"));
  test::write_file(path("in/.wh.d/f"), "");
  for (const std::string name : {".wh.", ".wh..", ".wh...", "d/.wh..", ".wh.d/f"}) {
    // tar's own way to give an entry any name.
    ASSERT_EQ(tar({"-cf", path("bad.tar"), "--transform", "s|.*|" + name + "|", "file"}).status, 0);
    const auto before = everything();
    EXPECT_THAT(run_badly(line("bad.tar")), HasSubstr("layer archive")) << name;
    EXPECT_EQ(everything(), before) << name;
  }
  for (const std::string name : {".wh.f", "d/.wh..wh..opq"}) {
    ASSERT_EQ(tar({"-cf", path("good.tar"), "--transform", "s|.*|" + name + "|", "file"}).status,
              0);
    run_well(line("good.tar"));
  }
  ASSERT_EQ(tar({"-cPf", path("root.tar"), "--transform", "s|.*|/|", "file"}).status, 0);
  EXPECT_THAT(run_badly(line("root.tar")), HasSubstr("layer archive"));
  run_well(line("root.tar", {"--no-verify"}));
}

/// An archive of a file and then `entry`.
std::string archive_of(const tree::Entry& entry) {
  io::BytesSink sink;
  tar::Writer writer(sink);
  io::BytesSource nothing{io::Bytes{}};
  tree::Entry first;
  first.path = tree::TreePath::clean("first");
  writer.put(first, nothing);
  writer.put(entry, nothing);
  writer.finish();
  return sink.bytes();
}

TEST_F(LayerArchiveTest, with_links_that_no_tree_can_have_is_refused) {
  tree::Entry link;
  link.path = tree::TreePath::clean("d/l");
  const auto why_refused = [&](tree::EntryType type, const std::string& target) {
    link.type = type;
    link.link = target;
    test::write_file(path("bad.tar"), archive_of(link));
    const auto before = everything();
    const std::string why = run_badly(line("bad.tar"));
    EXPECT_EQ(everything(), before);
    EXPECT_THAT(why, HasSubstr("entry \"/d/l\"")) << target.substr(0, 10);
    return why;
  };
  EXPECT_THAT(why_refused(tree::EntryType::symlink, ""), HasSubstr("without a target"));
  EXPECT_THAT(why_refused(tree::EntryType::symlink, std::string(4096, 'x')),
              HasSubstr("no symbolic link can have the target"));
  EXPECT_THAT(why_refused(tree::EntryType::hard_link, "d/l"), HasSubstr("is the link itself"));
  EXPECT_THAT(why_refused(tree::EntryType::hard_link, "/"), HasSubstr("is the root of the tree"));
  // The longest that the kernel takes.
  link.type = tree::EntryType::symlink;
  link.link = std::string(4095, 'x');
  test::write_file(path("good.tar"), archive_of(link));
  run_well(line("good.tar"));
}

TEST_F(LayerArchiveTest, is_one_layer_whatever_the_umask) {
  std::string first;
  for (const mode_t mask : {0U, 022U, 077U}) {
    const mode_t before = ::umask(mask);
    run_well(line("layer.tar", {"--tag=new", "--compress=gzip"}));
    ::umask(before);
    const std::string digests = manifest_text("new") + config_member("rootfs.diff_ids", "new");
    if (first.empty()) first = digests;
    EXPECT_EQ(digests, first) << mask;
  }
}

TEST_F(LayerArchiveTest, keeps_its_times_whatever_SOURCE_DATE_EPOCH_says) {
  environment["SOURCE_DATE_EPOCH"] = "5";
  run_well(line("layer.tar"));
  // The file in it is younger than that.
  EXPECT_EQ(config_member("rootfs.diff_ids"), diff_id_);
  EXPECT_THAT(history(), HasSubstr(R"("created":"1970-01-01T00:00:05Z")"));
}

TEST_F(LayerArchiveTest, may_come_from_standard_input) {
  const std::string umoci = UMOCI_PROGRAM;
  const auto outcome = test::run_program(
      {"sh", "-c",
       umoci + " raw add-layer --image " + image() + " /dev/stdin <" + path("layer.tar")});
  EXPECT_EQ(outcome.status, 0);
  EXPECT_EQ(config_member("rootfs.diff_ids"), diff_id_);
}

TEST_F(LayerArchiveTest, must_be_there_and_no_directory) {
  EXPECT_THAT(run_badly(line("nosuch")), HasSubstr("nosuch"));
  std::filesystem::create_directory(path("directory"));
  for (const std::vector<std::string>& more : {std::vector<std::string>{}, {"--no-verify"}}) {
    EXPECT_THAT(run_badly(line("directory", more)), HasSubstr("is a directory"));
  }
  EXPECT_THAT(run_badly({"raw", "add-layer", "--image", image()}), HasSubstr("<layer.tar>"));
  EXPECT_THAT(run_badly({"raw", "add-layer", "--image", image(), ""}),
              HasSubstr("<layer.tar> cannot be empty"));
}

TEST_F(LayerArchiveTest, is_taken_as_it_is_on_request) {
  test::write_file(path("garbage"), "\x1f\x8b garbage");
  run_well(line("garbage", {"--no-verify", "--compress=none"}));
  const auto manifest = oci::Json::parse(manifest_text());
  EXPECT_EQ(manifest.find("layers")->if_array()->front().find("size")->dump(), "10");
}

TEST_F(LayerArchiveTest, may_be_a_slow_pipe) {
  const std::string packed = test::run_program({"gzip", "-c", path("layer.tar")}).out;
  ASSERT_EQ(::mkfifo(path("pipe").c_str(), 0600), 0);
  std::thread writer([&] {
    std::ofstream pipe(path("pipe"), std::ios::binary);
    for (const char byte : packed) pipe << byte << std::flush;
  });
  const Outcome outcome = run(line("pipe"));
  writer.join();
  EXPECT_EQ(outcome.status, 0) << outcome;
  EXPECT_EQ(config_member("rootfs.diff_ids"), diff_id_);
}

TEST_F(LayerArchiveTest, may_have_anything_behind_its_end) {
  const std::string good = test::read_file(path("layer.tar"));
  test::write_file(path("more"), good + "anything");
  run_well(line("more", {"--compress=none"}));
  const auto manifest = oci::Json::parse(manifest_text());
  EXPECT_EQ(manifest.find("layers")->if_array()->front().find("size")->dump(),
            std::to_string(good.size() + 8));
}

}  // namespace
}  // namespace umoci::cli
