// SPDX-License-Identifier: Apache-2.0

// umoci insert --from-file and --parents: several objects in one layer.

#include <umoci_test/insert_command.hpp>

#include <cli/pair_list.hpp>
#include <umoci/base/error.hpp>
#include <umoci_test/run_program.hpp>

#include <gmock/gmock.h>

#include <thread>

namespace umoci::cli {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Pair;
namespace stdfs = std::filesystem;

/// Writes a path so that it is one word of a list.
std::string word(std::string_view text) {
  std::string escaped;
  for (const char byte : text) {
    if (byte == '\n') {
      escaped += "\\n";
    } else {
      if (byte == ' ' || byte == '\t' || byte == '#' || byte == '\\') escaped += '\\';
      escaped += byte;
    }
  }
  return escaped;
}

std::string why_refused(std::string_view text) {
  try {
    (void)parse_pairs(text);
  } catch (const Error& error) {
    return error.what();
  }
  return "accepted";
}

TEST(PairList, is_two_words_a_line) {
  EXPECT_THAT(parse_pairs("a b\n\n# c d\n \t e\t f \t\n#\ng h"),
              ElementsAre(Pair("a", "b"), Pair("e", "f"), Pair("g", "h")));
  EXPECT_THAT(parse_pairs(""), ElementsAre());
}

TEST(PairList, can_express_every_byte) {
  EXPECT_THAT(parse_pairs(R"(a\ b\#\\ \#c\n\t\177\001\"\')"),
              ElementsAre(Pair("a b#\\", "#c\n\t\x7f\x01\"'")));
  EXPECT_THAT(parse_pairs("\\377\xff\r a#b"), ElementsAre(Pair("\xff\xff\r", "a#b")));
  std::string all;
  for (int byte = 1; byte < 256; ++byte) all += static_cast<char>(byte);
  EXPECT_THAT(parse_pairs(word(all) + " " + word(all)), ElementsAre(Pair(all, all)));
  std::string octal;
  for (int byte = 1; byte < 256; ++byte) {
    for (const int shift : {6, 3, 0}) {
      octal += (shift == 6 ? "\\" : "");
      octal += static_cast<char>('0' + ((byte >> shift) & 7));
    }
  }
  EXPECT_THAT(parse_pairs("x " + octal), ElementsAre(Pair("x", all)));
}

TEST(PairList, is_refused_with_the_number_of_the_line) {
  EXPECT_THAT(why_refused("a b\nc\n"), AllOf(HasSubstr("line 2"), HasSubstr("no second word")));
  EXPECT_THAT(why_refused("\n\na b c"), AllOf(HasSubstr("line 3"), HasSubstr("more than two")));
  for (const std::string bad : {"\\", "\\x", "\\0", "\\08", "\\01", "\\400", "\\9", "\\z"}) {
    EXPECT_THAT(why_refused("a " + bad), HasSubstr("line 1")) << bad;
  }
  EXPECT_THAT(why_refused("a \\000"), HasSubstr("NUL"));
  EXPECT_THAT(why_refused(std::string("a b\0c", 5)), HasSubstr("NUL"));
}

class InsertListTest : public InsertTest {
 protected:
  std::vector<std::string> listed(const std::string& text, std::vector<std::string> more = {}) {
    test::write_file(path("list"), text);
    more.insert(more.begin(), {"--from-file", path("list")});
    return more;
  }
  std::string pair(const std::string& source, const std::string& target) {
    return word(path(source)) + " " + word(target) + "\n";
  }
};

TEST_F(InsertListTest, becomes_one_layer_in_its_order) {
  make_file("b");
  make_file("a");
  make_directory("tree");
  make_file("tree/f");
  insert(listed(pair("b", "/z") + pair("tree", "/t") + pair("a", "/y")));
  EXPECT_THAT(names(), ElementsAre("z", "t", "t/f", "y"));
  const Outcome outcome =
      run(line(listed(pair("tree", "/t") + pair("tree/f", "/u"), {"--opaque", "--chmod=700"})));
  EXPECT_EQ(outcome.status, 0);
  EXPECT_THAT(names(), ElementsAre("t/.wh..wh..opq", "u/.wh..wh..opq", "t", "t/f", "u"));
  EXPECT_EQ(entry_at("t").mode, 0700U);
  EXPECT_EQ(entry_at("u").mode, 0700U);
}

TEST_F(InsertListTest, links_what_is_one_file_in_several_sources) {
  make_directory("one");
  make_directory("two");
  make_file("one/f");
  stdfs::create_hard_link(path("one/f"), path("two/g"));
  insert(listed(pair("one", "/1") + pair("two", "/2")));
  EXPECT_EQ(entry_at("2/g").type, tree::EntryType::hard_link);
  EXPECT_EQ(entry_at("2/g").link, "1/f");
}

TEST_F(InsertListTest, has_paths_of_any_bytes_relative_to_the_current_directory) {
  const std::string name = "a b\n#\\\t\xff\"'";
  make_file(name);
  const stdfs::path before = stdfs::current_path();
  stdfs::current_path(directory.path());
  insert(listed(word(name) + " " + word("/" + name) + "\n"));
  stdfs::current_path(before);
  EXPECT_THAT(names(), ElementsAre(name));
}

TEST_F(InsertListTest, has_a_modest_size) {
  make_file("f");
  constexpr std::size_t limit_bytes = 64U << 20U;
  standard_input = pair("f", "/f") + "#";
  standard_input.resize(limit_bytes, 'x');
  insert({"--from-file", "-"});
  standard_input += 'x';
  EXPECT_THAT(refuse({"--from-file", "-"}),
              HasSubstr("more than 67108864 bytes (list of insertions \"-\")"));
  test::write_file(path("list"), "");
  stdfs::resize_file(path("list"), limit_bytes + 1);
  EXPECT_THAT(refuse({"--from-file", path("list")}), HasSubstr("more than 67108864 bytes"));
}

TEST_F(InsertListTest, may_come_from_standard_input_or_a_pipe) {
  make_file("f");
  standard_input = pair("f", "/f") + pair("f", "/g");
  insert({"--from-file", "-"});
  EXPECT_THAT(names(), ElementsAre("f", "g"));
  ASSERT_EQ(::mkfifo(path("pipe").c_str(), 0600), 0);
  std::thread writer([&] { test::write_file(path("pipe"), pair("f", "/h")); });
  insert({"--from-file=" + path("pipe")});
  writer.join();
  EXPECT_THAT(names(), ElementsAre("h"));
}

TEST_F(InsertListTest, makes_one_directory_of_several) {
  make_directory("low/etc", 0700, 5);
  make_file("low/etc/a");
  make_directory("high", 0755, 7);
  make_file("high/b");
  insert(listed(pair("low", "/") + pair("high", "/etc")));
  EXPECT_THAT(names(), ElementsAre("", "etc", "etc/a", "etc/b"));
  EXPECT_EQ(entry_at("etc").mode, 0700U);
  insert(listed(pair("high", "/etc") + pair("low", "/")));
  EXPECT_THAT(names(), ElementsAre("etc", "etc/b", "", "etc/a"));
  EXPECT_EQ(entry_at("etc").mode, 0755U);
}

TEST_F(InsertListTest, writes_nothing_twice) {
  make_directory("tree/d");
  make_file("tree/f");
  make_file("f");
  EXPECT_THAT(refuse(listed(pair("f", "/a") + pair("f", "a/"))),
              HasSubstr("target \"/a\" is given twice"));
  EXPECT_THAT(refuse(listed(pair("tree", "/t") + pair("f", "/t/f"))),
              HasSubstr("two sources for \"/t/f\""));
  EXPECT_THAT(refuse(listed(pair("f", "/t/f") + pair("tree", "/t"))),
              HasSubstr("two sources for \"/t/f\""));
  EXPECT_THAT(refuse(listed(pair("f", "/t/d") + pair("tree", "/t"))),
              HasSubstr("two sources for \"/t/d\""));
  for (const std::string& list :
       {pair("tree", "/t") + pair("f", "/t/f/x"), pair("f", "/t/f/x") + pair("tree", "/t"),
        pair("f", "/t/f") + pair("f", "/t/f/a/b")}) {
    EXPECT_THAT(refuse(listed(list)), HasSubstr("\"/t/f\" is no directory"));
  }
}

TEST_F(InsertListTest, must_be_readable_and_say_something) {
  make_file("f");
  EXPECT_THAT(refuse({"--from-file", path("nosuch")}), HasSubstr("nosuch"));
  EXPECT_THAT(refuse({"--from-file", ""}), HasSubstr("list of insertions \"\""));
  EXPECT_THAT(refuse({"--from-file", path("layout")}), HasSubstr("list of insertions"));
  EXPECT_THAT(refuse({"--from-file", "-"}), HasSubstr("it is empty"));
  test::write_file(path("list"), "a\n");
  EXPECT_THAT(refuse({"--from-file", path("list")}), HasSubstr("line 1"));
  test::write_file(path("list"), pair("f", "/f") + pair("nosuch", "/g"));
  EXPECT_THAT(refuse({"--from-file", path("list")}), HasSubstr("nosuch"));
  EXPECT_THAT(refuse({"--from-file", path("list"), path("f"), "/f"}),
              HasSubstr("invalid number of positional arguments: expected none"));
}

class InsertParentsTest : public InsertListTest {
 protected:
  /// Makes the image "latest" one with a layer of this tree.
  void put_below(const std::string& tree) {
    run_well({"insert", "--rootless", "--image", image(), path(tree), "/"});
  }
};

TEST_F(InsertParentsTest, are_those_that_the_image_lacks) {
  make_directory("lower/tmp/there", 01777);
  set("lower/tmp", 01777, 5);
  put_below("lower");
  make_file("f");
  insert({"--parents", path("f"), "/tmp/there/a/b/f"});
  EXPECT_THAT(names(), ElementsAre("tmp/there/a", "tmp/there/a/b", "tmp/there/a/b/f"));
  const tree::Entry parent = entry_at("tmp/there/a");
  EXPECT_EQ(parent.type, tree::EntryType::directory);
  EXPECT_EQ(parent.mode, 0755U);
  EXPECT_EQ(parent.uid, 0U);
  EXPECT_EQ(parent.mtime.seconds, 0);
  insert({"--parents", "--mtime=9", "--chown=5:5", "--chmod=600", path("f"), "/n/f"});
  EXPECT_EQ(entry_at("n").mode, 0755U);
  EXPECT_EQ(entry_at("n").uid, 0U);
  EXPECT_EQ(entry_at("n").mtime.seconds, 9);
  insert({"--parents", path("f"), "/tmp/f"});
  EXPECT_THAT(names(), ElementsAre("tmp/f"));
  insert({path("f"), "/n/f"});
  EXPECT_THAT(names(), ElementsAre("n/f"));
}

TEST_F(InsertParentsTest, are_looked_for_behind_links_of_the_image) {
  make_directory("lower/usr/lib/there");
  stdfs::create_directory_symlink("usr/lib", path("lower/lib"));
  stdfs::create_directory_symlink("/var/none", path("lower/usr/dangling"));
  put_below("lower");
  make_file("f");
  insert({"--parents", path("f"), "/lib/there/f"});
  EXPECT_THAT(names(), ElementsAre("lib/there/f"));
  insert({"--parents", path("f"), "/lib/new/f"});
  EXPECT_THAT(names(), ElementsAre("usr/lib/new", "lib/new/f"));
  insert({"--parents", path("f"), "/usr/dangling/f"});
  EXPECT_THAT(names(), ElementsAre("usr/dangling/f"));
  run_well({"unpack", "--rootless", "--image", image("new"), path("bundle")});
  EXPECT_TRUE(stdfs::is_symlink(path("bundle/rootfs/usr/dangling")));
  EXPECT_EQ(test::read_file(path("bundle/rootfs/var/none/f")), "hello\n");
}

TEST_F(InsertParentsTest, do_not_take_the_place_of_a_file_that_a_link_leads_to) {
  make_directory("lower/bin");
  make_file("lower/bin/busybox", "program");
  stdfs::create_symlink("busybox", path("lower/bin/sh"));
  put_below("lower");
  make_file("f");
  insert({"--parents", path("f"), "/bin/sh/f"});
  run_well({"unpack", "--rootless", "--image", image("new"), path("bundle")});
  EXPECT_EQ(test::read_file(path("bundle/rootfs/bin/busybox")), "program");
  EXPECT_EQ(test::read_file(path("bundle/rootfs/bin/sh/f")), "hello\n");
}

TEST_F(InsertParentsTest, of_several_objects_are_written_once) {
  make_file("f");
  make_directory("tree/sub");
  insert(listed(
      pair("f", "/a/b/f") + pair("f", "/a/c/f") + pair("f", "/t/sub/x/f") + pair("tree", "/t"),
      {"--parents"}));
  EXPECT_THAT(names(), ElementsAre("a", "a/b", "a/c", "t/sub/x", "a/b/f", "a/c/f", "t/sub/x/f", "t",
                                   "t/sub"));
}

TEST_F(InsertParentsTest, that_are_hidden_are_lacking) {
  make_directory("lower/a/b");
  put_below("lower");
  make_directory("d");
  make_file("f");
  insert({"--parents", "--opaque", path("d"), "/a/b/c"});
  EXPECT_THAT(names(), ElementsAre("a/b/c/.wh..wh..opq", "a/b/c"));
  const Outcome opaque =
      run(line(listed(pair("d", "/a") + pair("f", "/a/b/f"), {"--parents", "--opaque"})));
  EXPECT_EQ(opaque.status, 0) << opaque;
  EXPECT_THAT(names(), ElementsAre("a/.wh..wh..opq", "a/b/f/.wh..wh..opq", "a/b", "a", "a/b/f"));
  run_well({"insert", "--image", image(), "--whiteout", "/a/b"});
  insert({"--parents", path("f"), "/a/b/f"});
  EXPECT_THAT(names(), ElementsAre("a/b", "a/b/f"));
}

}  // namespace
}  // namespace umoci::cli
