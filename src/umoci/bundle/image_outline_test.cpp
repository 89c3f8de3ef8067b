// SPDX-License-Identifier: Apache-2.0
#include <umoci/bundle/image_outline.hpp>

#include <umoci/base/error.hpp>
#include <umoci/fs/root.hpp>
#include <umoci/layer/extractor.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <umoci_test/temporary_directory.hpp>

#include <unistd.h>

namespace umoci::bundle {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using tree::EntryType;
using tree::TreePath;

using Layers = std::vector<std::vector<tree::Entry>>;

tree::Entry entry(std::string_view path, EntryType type, std::string link = {}) {
  tree::Entry result;
  result.path = TreePath::clean(path);
  result.type = type;
  result.mode = 0755;
  result.uid = ::geteuid();
  result.gid = ::getegid();
  result.link = std::move(link);
  return result;
}
tree::Entry directory(std::string_view path) { return entry(path, EntryType::directory); }
tree::Entry file(std::string_view path) { return entry(path, EntryType::file); }
tree::Entry link(std::string_view path, std::string target) {
  return entry(path, EntryType::symlink, std::move(target));
}

ImageOutline outline_of(const Layers& layers) {
  ImageOutline outline;
  for (const auto& layer : layers) {
    outline.begin_layer();
    for (const auto& entry : layer) outline.apply(entry);
  }
  return outline;
}

std::vector<std::string> missing(ImageOutline outline, std::string_view path) {
  std::vector<std::string> paths;
  for (const auto& made : outline.make_directory(TreePath::clean(path)))
    paths.push_back(made.text());
  return paths;
}

TEST(ImageOutline, KnowsDirectoriesWithAndWithoutEntries) {
  const auto outline = outline_of({{directory("a/b"), file("c/f")}});
  EXPECT_THAT(missing(outline, "/"), IsEmpty());
  EXPECT_THAT(missing(outline, "/a/b"), IsEmpty());
  EXPECT_THAT(missing(outline, "/c"), IsEmpty());
  EXPECT_THAT(missing(outline, "/c/d/e"), ElementsAre("c/d", "c/d/e"));
}

TEST(ImageOutline, ForgetsWhatIsReplacedOrHidden) {
  const auto outline = outline_of(
      {{directory("a/b"), directory("c/d"), directory("e/f"), directory("g/h")},
       {file("a"), file(".wh.c"), file("e/.wh..wh..opq"), file("g/.wh.h"), directory("g/h/own")}});
  EXPECT_THAT(missing(outline, "/a"), ElementsAre("a"));
  EXPECT_THAT(missing(outline, "/c/d"), ElementsAre("c", "c/d"));
  EXPECT_THAT(missing(outline, "/e/f"), ElementsAre("e/f"));
  EXPECT_THAT(missing(outline, "/g/h/own"), IsEmpty());
}

TEST(ImageOutline, FollowsLinksInsideTheImage) {
  const auto outline =
      outline_of({{directory("usr/lib"), link("lib", "usr/lib"), link("usr/up", "../../../x"),
                   link("abs", "/usr"), link("loop", "loop"), link("gone", "no/where")}});
  EXPECT_THAT(missing(outline, "/lib"), IsEmpty());
  EXPECT_THAT(missing(outline, "/lib/new"), ElementsAre("usr/lib/new"));
  EXPECT_THAT(missing(outline, "/usr/up"), IsEmpty());
  EXPECT_THAT(missing(outline, "/abs/lib"), IsEmpty());
  // There may be a file, which unpacking would save.
  EXPECT_THAT(missing(outline, "/gone/a"), IsEmpty());
  EXPECT_THROW(missing(outline, "/loop/x"), Error);
}

TEST(ImageOutline, HardLinksToLinksAreLinks) {
  const auto outline =
      outline_of({{directory("d"), link("l", "d"), entry("h", EntryType::hard_link, "/l"),
                   file("f"), entry("g", EntryType::hard_link, "f")}});
  EXPECT_THAT(missing(outline, "/h/x"), ElementsAre("d/x"));
  EXPECT_THAT(missing(outline, "/g"), ElementsAre("g"));
}

TEST(ImageOutline, AsksForNoMoreThanUnpackingMay) {
  const auto refusal = [](const Limits& limits, const std::vector<tree::Entry>& entries) {
    ImageOutline outline(limits);
    outline.begin_layer();
    try {
      for (const tree::Entry& entry : entries) outline.apply(entry);
    } catch (const Error& error) {
      return std::string(error.what());
    }
    return std::string("none");
  };
  const std::vector<tree::Entry> implied{file("a/b/c/f")};
  EXPECT_EQ(refusal({.image_entries = 4}, implied), "none");
  EXPECT_THAT(refusal({.image_entries = 3}, implied), HasSubstr("image_entries"));
  const std::vector<tree::Entry> links{link("l", "."), link("m", "l/l/l"), file("m/f")};
  EXPECT_EQ(refusal({.symlinks = 4, .link_steps = 3}, links), "none");
  EXPECT_THAT(refusal({.symlinks = 3}, links), HasSubstr("limit symlinks"));
  EXPECT_THAT(refusal({.link_steps = 2}, links), HasSubstr("link_steps"));
}

TEST(ImageOutline, TakesDeepPaths) {
  std::string deep;
  for (int i = 0; i < 50000; ++i) deep += "/d";
  ImageOutline outline = outline_of({{directory(deep)}});
  EXPECT_THAT(outline.make_directory(TreePath::clean(deep)), IsEmpty());
  outline.begin_layer();
  outline.apply(file(".wh.d"));
  EXPECT_THAT(missing(outline, "/d"), ElementsAre("d"));
}

// What the outline says of a path is what is found on a disk after unpacking.

TreePath random_path() {
  std::string path;
  for (int depth = *rc::gen::inRange(1, 4); depth > 0; --depth) {
    path += '/';
    path += *rc::gen::element('a', 'b', 'c');
  }
  return TreePath::clean(path);
}

/// Links to files are out of the question: the outline knows no files.
tree::Entry random_entry(bool has_links) {
  const TreePath path = random_path();
  switch (*rc::gen::inRange(0, 5)) {
    case 0:
      return file(path.parent().text() + "/.wh." + std::string(path.name()));
    case 1:
      return file(path.text() + "/.wh..wh..opq");
    case 2:
      if (has_links) {
        return link(path.text(),
                    *rc::gen::element<std::string>("/", "../", "") + random_path().text());
      }
      return file(path.text());
    default:
      return directory(path.text());
  }
}

/// False if the layers cannot be applied.
bool extract(const Layers& layers, const fs::Root& root) {
  layer::ExtractOptions options;
  options.ownership.rootless = ::geteuid() != 0;
  layer::Extractor extractor(root, options);
  try {
    for (const auto& layer : layers) {
      extractor.begin_layer();
      for (const auto& entry : layer) {
        io::BytesSource nothing{io::Bytes{}};
        extractor.put(entry, nothing);
      }
      extractor.end_layer();
    }
    extractor.finish();
  } catch (const Error&) {
    return false;
  }
  return true;
}

/// True if a link on `path` leads to no directory.
bool has_dangling_link(const fs::Root& root, const TreePath& path) {
  if (path.is_root()) return false;
  if (has_dangling_link(root, path.parent())) return true;
  const fs::Location parent = root.resolve(path.parent());
  return parent.is_directory() && parent.existing.find_link(path.name()) &&
         !root.resolve(path).is_directory();
}

std::vector<std::string> missing_on_disk(const fs::Root& root, const TreePath& path) {
  if (has_dangling_link(root, path)) return {};
  const fs::Location location = root.resolve(path);
  std::vector<std::string> paths;
  for (TreePath at = location.path; at != location.existing_path; at = at.parent()) {
    paths.insert(paths.begin(), at.text());
  }
  return paths;
}

TEST(ImageOutline, AgreesWithTheDisk) {
  EXPECT_TRUE(rc::check([] {
    const bool has_links = *rc::gen::arbitrary<bool>();
    Layers layers(*rc::gen::inRange<std::size_t>(1, 4));
    for (auto& layer : layers) {
      const int count = *rc::gen::inRange(0, 7);
      for (int i = 0; i < count; ++i) layer.push_back(random_entry(has_links));
    }
    const test::TemporaryDirectory directory;
    const fs::Root root = fs::Root::open(directory.path());
    RC_PRE(extract(layers, root));
    const ImageOutline outline = outline_of(layers);
    for (int i = 0; i < 10; ++i) {
      const TreePath path = random_path();
      std::vector<std::string> expected;
      try {
        expected = missing_on_disk(root, path);
      } catch (const Error&) {
        continue;  // a loop
      }
      RC_LOG() << path.display() << "\n";
      RC_ASSERT(missing(outline, path.text()) == expected);
    }
  }));
}

}  // namespace
}  // namespace umoci::bundle
