// SPDX-License-Identifier: Apache-2.0

// umoci insert: the layers that umoci 0.6.0 makes, by their digests.

#include <umoci_test/insert_command.hpp>

#include <gmock/gmock.h>

namespace umoci::cli {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::string list_of(const std::string& hex) { return "[\"sha256:" + hex + "\"]"; }

class InsertVectorTest : public InsertTest {
 protected:
  void expect(const std::string& hex, const std::vector<std::string>& more) {
    insert(more);
    EXPECT_EQ(diff_ids(), list_of(hex)) << line_of(more);
  }
};

TEST_F(InsertVectorTest, of_a_whiteout) {
  expect("f9a4f118c4204fb29e672137478e75512b59d173437d430a39c2172413321dd2", {"--whiteout", "/d"});
}

TEST_F(InsertVectorTest, of_an_opaque_directory) {
  make_directory("empty");
  expect("dee454dadaa8983e6d789f05cb4ad32d6ceeea3940c0645a4e33a9aebee9e364",
         {"--opaque", path("empty"), "/opt/x"});
}

TEST_F(InsertVectorTest, of_files_with_long_names) {
  make_file("f", "hello\n", 04755, 1234567890);
  expect("39f3704fa39addbd5aa8a072de321d78223cc63d5a33d1feb47d746ac20c15c9",
         {path("f"), "/usr/bin/f"});
  expect("20d48695c8c95c3a4cd5c1c71ec564072e221d5f2a4b4d02bda3b49ac66ebdb0",
         {path("f"), "/" + std::string(101, 'n')});
  expect("f57d2fb5647e1491f29edd1cd006a1916b7d63480d2142da0413fa34df48c60a",
         {path("f"), "/" + std::string(60, 'p') + "/" + std::string(60, 'n')});
}

TEST_F(InsertVectorTest, of_times) {
  make_file("f", "hello\n", 04755, 1234567890);
  environment["SOURCE_DATE_EPOCH"] = "1000000000";
  expect("81fd9d14d1aa25f2087697afbacf8142116acac817a0b7bc99b350ca0179b4e1", {path("f"), "/f"});
  environment.clear();
  set_time("f", -5);
  expect("ed59dbf3f9463952e440072d30d02d4b872fa6dc400026f8f3a992d2c16e2695", {path("f"), "/f"});
  set_time("f", 1LL << 33U);
  expect("d633b5d1c703f65c7f6e38b4b79b6c3a96e6934de78470c93bfcbf346cce9701", {path("f"), "/f"});
}

TEST_F(InsertVectorTest, of_large_ids) {
  if (::geteuid() != 0) GTEST_SKIP() << "needs root";
  make_file("f", "hello\n", 0755, 5);
  ASSERT_EQ(::chown(path("f").c_str(), 3000000, 3000000), 0);
  ASSERT_EQ(::chmod(path("f").c_str(), 0755), 0);
  expect("a35c37e2d2fdc9a1e922ef33882a0caba39164963642e5e54a0631c787a04bae", {path("f"), "/f"});
}

TEST_F(InsertVectorTest, of_names_beyond_ascii) {
  make_file("f", "hello\n", 0644, 5);
  expect("5ba8f69a2ff9626853b40348bf49d85f9665e45b5d50dba086333ab59cf55719",
         {path("f"), "/dir/ünï"});
  std::filesystem::create_symlink(std::string(101, 'x'), path("l"));
  set_time("l", 5);
  expect("eac60d7d9649b31f1bcdcd5f047ba60b9d645d277148a51b6e1a8794c5931f17", {path("l"), "/l"});
}

TEST_F(InsertVectorTest, of_the_smallest_image) {
  make_file("hello");
  run_well({"config", "--image", image(), "--no-history", "--created", "2020-01-01T00:00:00Z",
            "--author", "A <a&b>", "--os", "linux", "--architecture", "amd64"});
  expect("78c573893496f74177ec114a7e74ffc3b4c4e85ec254a867190220688546de98",
         {"--history.created", "2020-01-01T00:00:00Z", path("hello"), "/hello"});
  EXPECT_THAT(manifest_text("new"),
              HasSubstr(R"("layers":[{"mediaType":"application/vnd.oci.image.layer.v1.tar",)"
                        R"("digest":"sha256:78c573893496f74177ec114a7e74ffc3b4c4e85ec254a867190220)"
                        R"(688546de98","size":2048}])"));
  EXPECT_EQ(history("new"), R"([{"created":"2020-01-01T00:00:00Z","created_by":"umoci insert"}])");
}

TEST_F(InsertTest, names_the_object_itself) {
  make_file("f");
  for (const std::string target : {"/dir/f", "dir/f", "/dir/f/", "/x/../dir//./f", "../../dir/f"}) {
    insert({path("f"), target});
    EXPECT_THAT(names(), ElementsAre("dir/f")) << target;
  }
}

TEST_F(InsertTest, takes_trees_with_all_that_is_in_them) {
  make_directory("tree/b", 0700);
  make_file("tree/a", "content", 0640);
  make_file("tree/b.c", "");
  std::filesystem::create_hard_link(path("tree/a"), path("tree/b/hard"));
  std::filesystem::create_symlink("nowhere", path("tree/b/soft"));
  ASSERT_EQ(::mkfifo(path("tree/pipe").c_str(), 0600), 0);
  insert({path("tree"), "/to"});
  EXPECT_THAT(names(),
              ElementsAre("to", "to/a", "to/b", "to/b/hard", "to/b/soft", "to/b.c", "to/pipe"));
  EXPECT_EQ(entry_at("to/a").mode, 0640U);
  EXPECT_EQ(entry_at("to/b/hard").type, tree::EntryType::hard_link);
  EXPECT_EQ(entry_at("to/b/hard").link, "to/a");
  EXPECT_EQ(entry_at("to/b/soft").link, "nowhere");
  EXPECT_EQ(entry_at("to/pipe").type, tree::EntryType::fifo);
  // The lower image is as it was.
  EXPECT_EQ(diff_ids("latest"), "[]");
}

TEST_F(InsertTest, merges_into_the_root) {
  make_directory("tree/etc");
  make_file("tree/etc/f");
  insert({path("tree"), "/"});
  EXPECT_THAT(names(), ElementsAre("", "etc", "etc/f"));
}

TEST_F(InsertTest, inserts_links_as_links) {
  make_directory("real");
  std::filesystem::create_directory_symlink("real", path("link"));
  for (const std::string source : {"link", "link/", "link//"}) {
    insert({path(source), "/l"});
    EXPECT_EQ(entry_at("l").type, tree::EntryType::symlink) << source;
    EXPECT_EQ(entry_at("l").link, "real");
  }
  // "." in it is the directory.
  insert({path("link/."), "/l"});
  EXPECT_EQ(entry_at("l").type, tree::EntryType::directory);
}

TEST_F(InsertTest, overwrites_the_tag_of_the_image_unless_told) {
  make_file("f");
  run_well({"insert", "--rootless", "--image", image(), path("f"), "/f"});
  EXPECT_NE(diff_ids("latest"), "[]");
  EXPECT_THAT(manifest_text(), HasSubstr("tar+gzip"));
}

TEST_F(InsertTest, adds_a_line_of_history_without_author) {
  run_well({"config", "--image", image(), "--author", "somebody", "--no-history"});
  make_file("f");
  insert({path("f"), "/f"});
  EXPECT_EQ(history("new"),
            R"([{"created":"2021-03-04T05:06:07.089+05:30","created_by":"umoci insert"}])");
  insert(
      {path("f"), "/f", "--history.author=me", "--history.comment", "C", "--history.created_by=B"});
  EXPECT_THAT(history("new"), HasSubstr(R"("created_by":"B","author":"me","comment":"C")"));
  const Outcome outcome = run(line({path("f"), "/f", "--no-history"}));
  EXPECT_EQ(outcome.status, 0);
  EXPECT_THAT(outcome.err, HasSubstr("new layer has no history entry"));
  EXPECT_EQ(history("new"), "");
}

TEST_F(InsertTest, maps_owners_back) {
  if (::geteuid() != 0) GTEST_SKIP() << "needs root";
  make_directory("d");
  make_file("d/f");
  ASSERT_EQ(::chown(path("d").c_str(), 1000, 2000), 0);
  ASSERT_EQ(::chown(path("d/f").c_str(), 1005, 2005), 0);
  insert({"--uid-map", "0:1000:10", "--gid-map", "0:2000:10", path("d"), "/d"});
  EXPECT_EQ(entry_at("d").uid, 0U);
  EXPECT_EQ(entry_at("d/f").uid, 5U);
  EXPECT_EQ(entry_at("d/f").gid, 5U);
  insert({path("d"), "/d"});
  EXPECT_EQ(entry_at("d/f").uid, 1005U);
  insert({"--rootless", path("d"), "/d"});
  EXPECT_EQ(entry_at("d/f").uid, 0U);
  EXPECT_EQ(entry_at("d/f").gid, 0U);
}

TEST_F(InsertTest, wants_its_arguments) {
  make_file("f");
  for (const std::vector<std::string>& words : {std::vector<std::string>{},
                                                {path("f")},
                                                {path("f"), "/f", "g"},
                                                {"--whiteout"},
                                                {"--whiteout", path("f"), "/f"}}) {
    EXPECT_THAT(refuse(words), HasSubstr("invalid number of positional arguments"));
  }
  EXPECT_THAT(refuse({"", "/f"}), HasSubstr("<source> cannot be empty"));
  EXPECT_THAT(refuse({path("f"), ""}), HasSubstr("<target> cannot be empty"));
  EXPECT_THAT(refuse({"--whiteout", ""}), HasSubstr("<target> cannot be empty"));
  EXPECT_THAT(refuse({path("nosuch"), "/f"}), HasSubstr("nosuch"));
  EXPECT_THAT(refuse({path("f/below"), "/f"}), HasSubstr("is not a directory"));
}

TEST_F(InsertTest, writes_whiteouts_first) {
  make_directory("d");
  make_file("d/f");
  insert({"--opaque", path("d"), "/etc/d"});
  EXPECT_THAT(names(), ElementsAre("etc/d/.wh..wh..opq", "etc/d", "etc/d/f"));
  insert({"--opaque", path("d"), "/"});
  EXPECT_THAT(names(), ElementsAre(".wh..wh..opq", "", "f"));
  // --opaque says nothing more.
  insert({"--whiteout", "--opaque", "/etc/d/"});
  EXPECT_THAT(names(), ElementsAre("etc/.wh.d"));
}

}  // namespace
}  // namespace umoci::cli
