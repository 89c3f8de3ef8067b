// SPDX-License-Identifier: Apache-2.0
#include <umoci/layer/changeset.hpp>

#include <umoci/base/error.hpp>
#include <umoci/layer/extraction_test.hpp>
#include <umoci/layer/rootless_owner.hpp>
#include <umoci/layer/user_namespace.hpp>
#include <umoci/tree/memory_tree.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sys/socket.h>
#include <sys/un.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <functional>

namespace umoci::layer::test {
namespace {

using namespace std::string_literals;
using mtree::Delta;
using mtree::DeltaKind;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Pair;
using tree::EntryType;
using tree::TreePath;

/// Keeps the entries in the order in which they come.
class KeptLayer final : public tree::EntrySink {
 public:
  void put(const tree::Entry& entry, io::Source& content) override {
    if (before_content) before_content(entry);
    std::string text = io::read_all(content, 1U << 20U);
    items.push_back({entry, std::move(text)});
    if (after_content) after_content(entry);
  }
  void finish() override { ADD_FAILURE() << "the layer is not ours to finish"; }

  [[nodiscard]] std::vector<std::string> names() const {
    std::vector<std::string> names;
    names.reserve(items.size());
    for (const Item& item : items) names.push_back(item.entry.path.text());
    return names;
  }
  [[nodiscard]] const Item& at(std::string_view path) const {
    for (const Item& item : items) {
      if (item.entry.path.text() == path) return item;
    }
    throw std::out_of_range(std::string(path));
  }

  std::vector<Item> items;
  std::function<void(const tree::Entry&)> before_content;
  std::function<void(const tree::Entry&)> after_content;
};

Delta extra(std::string_view path, EntryType type = EntryType::file) {
  return {.path = TreePath::clean(path), .kind = DeltaKind::extra, .type = type};
}

Delta missing(std::string_view path) {
  return {.path = TreePath::clean(path), .kind = DeltaKind::missing};
}

Delta modified(std::string_view path, EntryType type = EntryType::file) {
  return {.path = TreePath::clean(path), .kind = DeltaKind::modified, .type = type};
}

/// A tree on disk, and the layers that describe changes to it.
class Changes {
 public:
  explicit Changes(const Layer& content) { disk.apply({content}); }

  KeptLayer& write(const std::vector<Delta>& changes, ChangesetOptions options = {}) {
    options.log = &disk.log;
    write_changeset(changes, fs::Root::open(disk.path()), layer, options);
    return layer;
  }

  ErrorKind kind_of_failure(const std::vector<Delta>& changes,
                            const ChangesetOptions& options = {}) {
    try {
      write(changes, options);
    } catch (const Error& error) {
      message = error.what();
      return error.kind();
    }
    ADD_FAILURE() << "nothing was thrown";
    return ErrorKind::internal;
  }

  Extraction disk;
  KeptLayer layer;
  std::string message;
};

TEST(Changeset, WritesWhiteoutsAndWholeEntriesInByteOrder) {
  Changes changes(
      {directory("a"), file("a/b", "1"), file("a-b", "2"), file("!x", "3"), directory("z")});
  changes.write({extra("a/b"), missing("gone"), extra("!x"), modified("", EntryType::directory),
                 extra("a-b"), modified("a", EntryType::directory), missing("z/f"), missing("-y")});
  EXPECT_THAT(changes.layer.names(),
              // The root is written as ".".
              ElementsAre("!x", ".wh.-y", "", "a", "a-b", "a/b", ".wh.gone", "z/.wh.f"));
  EXPECT_EQ(changes.layer.at("a/b").content, "1");
  EXPECT_EQ(changes.layer.at("").entry.type, EntryType::directory);
}

TEST(Changeset, EntriesSayWhatALayerHolds) {
  Changes changes({file("f", "text").mode(06711).mtime(5, 999999999), symlink("l", "/x/../y"),
                   directory("d").mode(01777).mtime(-1, 5), item(EntryType::fifo, "p", 0622)});
  changes.write({extra("f"), extra("l", EntryType::symlink), extra("d", EntryType::directory),
                 extra("p", EntryType::fifo)});
  const tree::Entry& entry = changes.layer.at("f").entry;
  EXPECT_EQ(entry.type, EntryType::file);
  EXPECT_EQ(entry.mode, 06711U);
  EXPECT_EQ(entry.uid, ::geteuid());
  EXPECT_EQ(entry.size_bytes, 4U);
  EXPECT_EQ(entry.mtime, (Time{5, 0}));
  EXPECT_EQ(entry.atime, std::nullopt);
  EXPECT_EQ(entry.link_count, 1U);
  EXPECT_EQ(entry.inode, tree::InodeId{});
  EXPECT_EQ(changes.layer.at("l").entry.link, "/x/../y");
  EXPECT_EQ(changes.layer.at("l").entry.mode, 0777U);
  EXPECT_EQ(changes.layer.at("l").entry.size_bytes, 0U);
  EXPECT_EQ(changes.layer.at("d").entry.mode, 01777U);
  EXPECT_EQ(changes.layer.at("d").entry.size_bytes, 0U);
  EXPECT_EQ(changes.layer.at("d").entry.mtime, (Time{-1, 0}));
  EXPECT_EQ(changes.layer.at("p").entry.type, EntryType::fifo);
}

TEST(Changeset, LaterTimesBecomeTheNewestAllowed) {
  Changes changes({file("old").mtime(5, 7), file("new").mtime(100)});
  changes.write({extra("old"), extra("new"), missing("gone")}, {.newest_mtime = 50});
  EXPECT_EQ(changes.layer.at("old").entry.mtime, (Time{5, 0}));
  EXPECT_EQ(changes.layer.at("new").entry.mtime, (Time{50, 0}));
  EXPECT_EQ(changes.layer.at(".wh.gone").entry.mtime, Time{});
}

TEST(Changeset, LaterNamesOfAnInodeAreHardLinks) {
  Changes changes({file("b", "x").mode(0640), hard_link("a", "b"), hard_link("d/c", "b"),
                   hard_link("unchanged", "b"), symlink("s", "b"), hard_link("t", "s"),
                   file("lone", "x")});
  changes.write({modified("a"), modified("b"), extra("d/c"), extra("s", EntryType::symlink),
                 extra("t", EntryType::symlink), extra("lone")});
  EXPECT_EQ(changes.layer.at("a").entry.type, EntryType::file);
  EXPECT_EQ(changes.layer.at("a").content, "x");
  for (const std::string name : {"b", "d/c"}) {
    const Item& link = changes.layer.at(name);
    EXPECT_EQ(link.entry.type, EntryType::hard_link);
    EXPECT_EQ(link.entry.link, "a");
    EXPECT_EQ(link.entry.size_bytes, 0U);
    EXPECT_EQ(link.entry.mode, 0640U);
    EXPECT_EQ(link.content, "");
  }
  EXPECT_EQ(changes.layer.at("s").entry.type, EntryType::symlink);
  EXPECT_EQ(changes.layer.at("t").entry.type, EntryType::hard_link);
  EXPECT_EQ(changes.layer.at("t").entry.link, "s");
  EXPECT_EQ(changes.layer.at("lone").entry.type, EntryType::file);
}

TEST(Changeset, DirectoriesAreNeverHardLinks) {
  Changes changes({directory("a/b"), directory("c")});
  changes.write({extra("a", EntryType::directory), extra("a/b", EntryType::directory),
                 extra("c", EntryType::directory)});
  for (const Item& item : changes.layer.items) EXPECT_EQ(item.entry.type, EntryType::directory);
}

TEST(Changeset, WritesDevices) {
  if (::geteuid() != 0 || in_user_namespace()) GTEST_SKIP() << "only root makes devices";
  Changes changes({device(EntryType::char_device, "null", 1, 3),
                   device(EntryType::block_device, "disk", 259, 70000),
                   hard_link("null2", "null")});
  changes.write({extra("null", EntryType::char_device), extra("disk", EntryType::block_device),
                 extra("null2", EntryType::char_device)});
  EXPECT_EQ(changes.layer.at("null").entry.device, (tree::DeviceNumber{1, 3}));
  EXPECT_EQ(changes.layer.at("disk").entry.device, (tree::DeviceNumber{259, 70000}));
  EXPECT_EQ(changes.layer.at("disk").entry.type, EntryType::block_device);
  EXPECT_EQ(changes.layer.at("null2").entry.type, EntryType::hard_link);
  EXPECT_EQ(changes.layer.at("null2").entry.device, (tree::DeviceNumber{1, 3}));
}

TEST(Changeset, LeavesOutSocketsWithAWarning) {
  Changes changes({file("f")});
  const int fd = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  const std::string path = changes.disk / "socket";
  ASSERT_LT(path.size(), sizeof address.sun_path);
  path.copy(address.sun_path, path.size());
  ASSERT_EQ(::bind(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
  changes.write({extra("f"), extra("socket", EntryType::socket)});
  ::close(fd);
  EXPECT_THAT(changes.layer.names(), ElementsAre("f"));
  EXPECT_THAT(changes.disk.log.warnings(), ElementsAre(HasSubstr("path=/socket")));
}

TEST(Changeset, NamesThatWouldBeWhiteoutsAreRefused) {
  Changes changes({directory("d")});
  umoci::test::write_file(changes.disk / "d/.wh.f", "");
  std::filesystem::create_directories(changes.disk / ".wh.d/e");
  EXPECT_EQ(changes.kind_of_failure({extra("d/.wh.f")}), ErrorKind::invalid_data);
  EXPECT_THAT(changes.message, HasSubstr("\"/d/.wh.f\""));
  EXPECT_EQ(changes.kind_of_failure({extra(".wh.d/e", EntryType::directory)}),
            ErrorKind::invalid_data);
  EXPECT_EQ(changes.kind_of_failure({missing("d/.wh.f")}), ErrorKind::invalid_data);
}

TEST(Changeset, MapsOwnersBack) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root gives files away";
  const Ownership ownership{.uids = IdMap({{0, 1000, 10}}), .gids = IdMap({{0, 2000, 10}})};
  Changes changes({file("f").owner(1003, 2004), file("g").owner(5, 2000), file("h").owner(1000, 5),
                   directory("d").owner(1, 1)});
  changes.write({extra("f")}, {.ownership = ownership});
  EXPECT_EQ(changes.layer.at("f").entry.uid, 3U);
  EXPECT_EQ(changes.layer.at("f").entry.gid, 4U);
  EXPECT_EQ(changes.kind_of_failure(
                {extra("d", EntryType::directory), extra("f"), extra("g"), extra("h")},
                {.ownership = ownership}),
            ErrorKind::invalid_argument);
  EXPECT_THAT(changes.message,
              testing::AllOf(HasSubstr("\"/d\" of 1:1"), HasSubstr("\"/g\" of 5:2000"),
                             HasSubstr("\"/h\" of 1000:5"), testing::Not(HasSubstr("/f"))));
  EXPECT_THAT(changes.disk.log.warnings(), testing::SizeIs(3));
}

TEST(Changeset, TellsOfEveryOwnerThatCannotBeMapped) {
  Layer many;
  std::vector<Delta> deltas;
  for (int i = 0; i < 50; ++i) {
    const std::string name = "f" + std::to_string(i);
    many.push_back(file(name));
    deltas.push_back(extra(name));
  }
  Changes changes(many);
  const Ownership nobody{.uids = IdMap({{0, 4'000'000'000, 1}}), .gids = {}};
  EXPECT_EQ(changes.kind_of_failure(deltas, {.ownership = nobody}), ErrorKind::invalid_argument);
  EXPECT_THAT(changes.message, HasSubstr("and 30 more"));
  EXPECT_THAT(changes.disk.log.warnings(), testing::SizeIs(50));
  EXPECT_THAT(changes.layer.items, IsEmpty());
}

TEST(Changeset, NoPathComesTwice) {
  Changes changes({file("f")});
  EXPECT_EQ(changes.kind_of_failure({extra("f"), missing("f")}), ErrorKind::internal);
}

TEST(Changeset, FiltersAttributes) {
  if (::geteuid() != 0 || in_user_namespace()) GTEST_SKIP() << "only root sets all attributes";
  Changes changes({file("f")
                       .xattr("user.a", "1")
                       .xattr("trusted.overlay.opaque", "y")
                       .xattr("user.rootlesscontainers", "\x08\x05"s),
                   symlink("l", "f").xattr("trusted.b", "2")});
  const std::string path = changes.disk / "f";
  ASSERT_EQ(::setxattr(path.c_str(), "user.empty", "", 0, 0), 0);
  ASSERT_EQ(::setxattr(path.c_str(), "user.a=b", "1", 1, 0), 0);
  if (::setxattr(path.c_str(), "security.selinux", "label", 5, 0) != 0)
    std::puts("security.selinux is guarded");
  changes.write({extra("f"), extra("l", EntryType::symlink)});
  EXPECT_THAT(changes.layer.at("f").entry.xattrs,
              ElementsAre(Pair("trusted.overlay.opaque", "y"), Pair("user.a", "1"),
                          Pair("user.rootlesscontainers", "\x08\x05"s)));
  EXPECT_THAT(changes.layer.at("l").entry.xattrs, ElementsAre(Pair("trusted.b", "2")));
  EXPECT_THAT(changes.disk.log.warnings(),
              testing::IsSupersetOf({HasSubstr("xattr=user.empty"), HasSubstr("xattr=user.a=b"),
                                     HasSubstr("xattr=user.rootlesscontainers")}));
}

TEST(Changeset, CapabilitiesNameNoRoot) {
  if (::geteuid() != 0 || in_user_namespace()) GTEST_SKIP() << "only root sets capabilities";
  const std::string plain =
      "\x01\x00\x00\x02\x00\x20\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00"s;
  const std::string owned = "\x01\x00\x00\x03"s + plain.substr(4) + "\xa0\x86\x01\x00"s;
  Changes changes({file("f").owner(100000, 100000).xattr("security.capability", owned)});
  changes.write({extra("f")},
                {.ownership = {.uids = IdMap({{0, 100000, 9}}), .gids = IdMap({{0, 100000, 9}})}});
  EXPECT_EQ(changes.layer.at("f").entry.xattrs.at("security.capability"), plain);
}

TEST(Changeset, RootlessOwnersComeFromTheAttribute) {
  Changes changes({file("plain"),
                   file("noted").xattr("user.rootlesscontainers", encode_rootless_owner({7, 0})),
                   directory("d").xattr("user.rootlesscontainers", encode_rootless_owner({0, 9}))});
  const ChangesetOptions rootless{.ownership = {.rootless = true}};
  changes.write({extra("plain"), extra("noted"), extra("d", EntryType::directory)}, rootless);
  EXPECT_EQ(changes.layer.at("plain").entry.uid, 0U);
  EXPECT_EQ(changes.layer.at("noted").entry.uid, 7U);
  EXPECT_EQ(changes.layer.at("noted").entry.gid, 0U);
  EXPECT_EQ(changes.layer.at("d").entry.gid, 9U);
  EXPECT_THAT(changes.layer.at("noted").entry.xattrs, IsEmpty());

  Changes bad({file("f").xattr("user.rootlesscontainers", "nonsense")});
  EXPECT_EQ(bad.kind_of_failure({extra("f")}, rootless), ErrorKind::invalid_data);
  EXPECT_THAT(bad.message, HasSubstr("\"/f\""));
}

TEST(Changeset, FilesThatChangeMeanwhileAreConflicts) {
  const std::string big(300000, 'x');
  for (const std::string& now : {std::string(), big.substr(1), big + "y"}) {
    Changes changes({file("f", big)});
    changes.layer.before_content = [&](const tree::Entry&) {
      // In place, as a running program would.
      umoci::test::write_file(changes.disk / "f", now);
    };
    EXPECT_EQ(changes.kind_of_failure({extra("f")}), ErrorKind::conflict) << now.size();
    EXPECT_THAT(changes.message, HasSubstr("\"/f\""));
  }
}

TEST(Changeset, WhatVanishedMeanwhileIsAConflict) {
  Changes changes({file("f"), directory("real"), file("real/f"), symlink("l", "real")});
  EXPECT_EQ(changes.kind_of_failure({extra("g")}), ErrorKind::conflict);
  EXPECT_EQ(changes.kind_of_failure({extra("no/g")}), ErrorKind::conflict);
  // Links are never followed on the way to what is packed.
  EXPECT_EQ(changes.kind_of_failure({extra("l/f")}), ErrorKind::conflict);
}

std::vector<std::string> selected(std::vector<Delta> deltas,
                                  const std::vector<TreePath>& masks = {}) {
  std::vector<std::string> paths;
  for (const Delta& delta : select_changes(std::move(deltas), {.paths = masks, .globs = {}})) {
    paths.push_back((delta.kind == DeltaKind::missing ? "-" : "+") + delta.path.text());
  }
  return paths;
}

TEST(SelectChanges, OneWhiteoutHidesAWholeTree) {
  EXPECT_THAT(selected({missing("d/e/f"), missing("d/e"), missing("d"), missing("d-x"),
                        missing("d.x/y"), modified("a")}),
              ElementsAre("+a", "-d", "-d-x", "-d.x/y"));
}

TEST(SelectChanges, WhatGaveWayToAFileNeedsNoWhiteouts) {
  EXPECT_THAT(selected({modified("d", EntryType::symlink), missing("d/a"), missing("d/a/b"),
                        missing("d!"), extra("e"), missing("e/f")}),
              ElementsAre("+d", "-d!", "+e"));
  EXPECT_THAT(selected({modified("d", EntryType::directory), missing("d/a"), extra("d/b"),
                        missing("d/b/c")}),
              ElementsAre("+d", "-d/a", "+d/b"));
}

TEST(SelectChanges, ASocketLeavesNothingOfWhatWasThere) {
  const std::vector<Delta> deltas{modified("d", EntryType::socket), missing("d/a"),
                                  modified("f", EntryType::socket), missing("gone"),
                                  extra("new", EntryType::socket)};
  EXPECT_THAT(selected(deltas), ElementsAre("-d", "-f", "-gone"));
  umoci::test::RecordingLog log;
  EXPECT_EQ(select_changes(deltas, {.paths = {TreePath::clean("f")}, .globs = {}}, &log).size(),
            2U);
  EXPECT_THAT(log.warnings(), ElementsAre(HasSubstr("path=/d"), HasSubstr("path=/new")));
}

TEST(SelectChanges, WhatIsNewBelowAFormerFileStays) {
  EXPECT_THAT(selected({modified("d", EntryType::directory), extra("d/a", EntryType::directory),
                        extra("d/a/b")}),
              ElementsAre("+d", "+d/a", "+d/a/b"));
}

TEST(SelectChanges, MasksHideWhatIsBelowThem) {
  const std::vector<Delta> deltas{modified("a", EntryType::directory),
                                  extra("a/b", EntryType::directory), extra("a/b/c"), extra("a/bc"),
                                  modified("", EntryType::directory)};
  EXPECT_THAT(selected(deltas, {TreePath::clean("/a/b")}), ElementsAre("+", "+a", "+a/bc"));
  EXPECT_THAT(selected(deltas, {TreePath::clean("/")}),
              ElementsAre("+", "+a", "+a/b", "+a/b/c", "+a/bc"));
  EXPECT_THAT(selected(deltas, {TreePath::clean("x"), TreePath::clean("a")}), ElementsAre("+"));
}

TEST(SelectChanges, PatternsMaskLikePaths) {
  const std::vector<Delta> deltas{modified("a", EntryType::directory), extra("a/b.o"), extra("a/c"),
                                  missing("b.o"), modified("", EntryType::directory)};
  const Masks masks{.paths = {TreePath::clean("a/c")}, .globs = {tree::PathGlob::parse("**/*.o")}};
  std::vector<std::string> paths;
  for (const Delta& delta : select_changes(deltas, masks)) paths.push_back(delta.path.text());
  EXPECT_THAT(paths, ElementsAre("", "a"));
}

TEST(SelectChanges, MaskedChildrenDoNotKeepTheirParent) {
  const std::vector<Delta> deltas{missing("a"), missing("a/b"), missing("a/c")};
  EXPECT_THAT(selected(deltas, {TreePath::clean("a/b")}), ElementsAre("-a"));
  EXPECT_THAT(selected(deltas, {TreePath::clean("a")}), IsEmpty());
}

}  // namespace
}  // namespace umoci::layer::test
