// SPDX-License-Identifier: Apache-2.0
// A tree that is unpacked, changed, repacked and unpacked elsewhere is the changed tree; without a
// change there is no layer. Random trees and changes, as every kind of user, on two file systems
// and with several umasks. A failure tells the seed of its case: UMOCI_ROUND_TRIP_SEED=N runs that
// one alone, UMOCI_ROUND_TRIP_CASES=N as many as one likes, UMOCI_ROUND_TRIP_FIRST=N others than
// usual.
#include <umoci/bundle/repack.hpp>
#include <umoci/bundle/round_trip_random_test.hpp>
#include <umoci/bundle/unpack.hpp>

#include <umoci/base/error.hpp>
#include <umoci/image/create.hpp>
#include <umoci/image/edit.hpp>
#include <umoci/image/new_layer.hpp>
#include <umoci/tar/writer.hpp>

#include <gtest/gtest.h>
#include <umoci_test/disk_tree.hpp>
#include <umoci_test/restricted_child.hpp>
#include <umoci_test/temporary_directory.hpp>
#include <umoci_test/user_namespace_child.hpp>

#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <deque>
#include <map>
#include <optional>

namespace umoci::bundle::test {
namespace {

namespace stdfs = std::filesystem;
using umoci::test::TemporaryDirectory;

std::optional<std::uint64_t> number_from_environment(const char* name) {
  const char* const text = std::getenv(name);
  if (text == nullptr) return std::nullopt;
  return std::strtoull(text, nullptr, 10);
}

tree::Entry entry_of(const std::string& path, const Object& object) {
  tree::Entry entry;
  entry.path = tree::TreePath::clean(path);
  entry.type = umoci::test::type_of(object.mode);
  entry.mode = object.mode & 07777U;
  entry.uid = object.uid;
  entry.gid = object.gid;
  entry.mtime.seconds = object.mtime_seconds;
  entry.device = {.major = major(object.device), .minor = minor(object.device)};
  entry.xattrs = {object.xattrs.begin(), object.xattrs.end()};
  if (entry.type == tree::EntryType::symlink) entry.link = object.content;
  if (entry.type == tree::EntryType::file) entry.size_bytes = object.content.size();
  return entry;
}

/// A layer with all of the tree.
void write_layer(const Tree& tree, io::Sink& tar_bytes) {
  tar::Writer entries(tar_bytes);
  std::map<std::uint64_t, std::string> first_names;
  for (const auto& [path, object] : tree) {
    tree::Entry entry = entry_of(path, object);
    std::string content = entry.type == tree::EntryType::file ? object.content : "";
    if (object.inode != 0) {
      const auto [first, is_first] = first_names.emplace(object.inode, path);
      if (!is_first) {
        entry.type = tree::EntryType::hard_link;
        entry.link = first->second;
        entry.size_bytes = 0;
        content.clear();
      }
    }
    io::BytesSource bytes(content);
    entries.put(entry, bytes);
  }
  entries.finish();
}

/// How a kind of user unpacks, and what comes of it.
struct Setting {
  Powers powers;
  layer::Ownership ownership;
  uid_t (*owner_on_disk)(uid_t) = [](uid_t id) { return id; };
};

/// What a user without the power to make devices and to give files away has of an image.
Tree as_on_disk(Tree tree, const Setting& setting) {
  for (auto& [path, object] : tree) {
    if (!setting.powers.devices && (S_ISCHR(object.mode) || S_ISBLK(object.mode))) {
      object.mode = S_IFREG | (object.mode & 07777U);
      object.device = 0;
    }
    // Without the power to give files away, owners are in an attribute, which other tests look at.
    object.uid = setting.owner_on_disk(object.uid);
    object.gid = setting.owner_on_disk(object.gid);
  }
  return tree;
}

/// Without the attribute that images do not have.
Tree without_noted_owners(Tree tree) {
  for (auto& [path, object] : tree) object.xattrs.erase("user.rootlesscontainers");
  return tree;
}

/// One story after the other in one layout, each with an image of its own.
class Stories {
 public:
  Stories(const stdfs::path& directory, Setting setting)
      : directory_(directory), setting_(std::move(setting)) {
    store::Layout::create(directory_ / "layout");
    layout_ = store::Layout::open(directory_ / "layout", {.durability = fs::Durability::unsynced});
  }

  /// What went wrong; empty if nothing did.
  std::string run(std::uint64_t seed) {
    Random random(seed);
    const Tree tree = random_tree(random, setting_.powers);
    ref_name_ = "image" + std::to_string(seed);
    try {
      return run_story(tree, random);
    } catch (const std::exception& error) {
      return std::string(error.what()) + "\n" + story_;
    }
  }

 private:
  std::string run_story(const Tree& tree, Random& random) {
    story_.clear();
    image::create(*layout_, ref_name_, {.created = "2020-01-01T00:00:00Z"});
    append_layer(tree);
    const TemporaryDirectory bundles;
    stdfs::path bundle = bundles / "0";
    Tree on_disk = unpack_to(bundle);
    if (auto why = difference(as_on_disk(tree, setting_), without_noted_owners(on_disk));
        !why.empty()) {
      return "unpack is not what the image holds:\n" + why;
    }
    const std::uint64_t rounds = 1 + random.below(3);
    for (std::uint64_t round = 1; round <= rounds; ++round) {
      if (random.one_in(2)) {
        if (auto why = repack_unchanged(bundle); !why.empty()) return why;
      }
      story_ += "round " + std::to_string(round) + "\n";
      story_ += change_at_random((bundle / "rootfs").native(), random, setting_.powers);
      on_disk = read_tree((bundle / "rootfs").native());
      if (random.one_in(4)) {
        if (auto why = repack_masked(bundle, random); !why.empty()) return why + story_;
      }
      const bool stays = random.one_in(2);
      repack_with(bundle, {.refresh = stays ? RefreshBundle::yes : RefreshBundle::no});
      if (auto why = difference(on_disk, read_tree((bundle / "rootfs").native())); !why.empty()) {
        return "repack changed the tree:\n" + why + story_;
      }
      const stdfs::path next = bundles / std::to_string(round);
      const Tree unpacked = unpack_to(next);
      if (auto why = difference(without_sockets(on_disk), unpacked); !why.empty()) {
        return "the tree is not what it was:\n" + why + story_;
      }
      if (!stays) bundle = next;
    }
    return repack_unchanged(bundle);
  }

  void append_layer(const Tree& tree) {
    image::Edit edit(image::Image::open(*layout_, image::resolve(*layout_, ref_name_)));
    edit.append_layer(image::write_layer(*layout_, codec::Compression::none,
                                         [&](io::Sink& bytes) { write_layer(tree, bytes); }),
                      std::nullopt);
    edit.commit(*layout_, ref_name_);
  }

  Tree unpack_to(const stdfs::path& bundle) {
    UnpackOptions options;
    options.ownership = setting_.ownership;
    unpack(*layout_, image::resolve(*layout_, ref_name_), bundle, options);
    return read_tree((bundle / "rootfs").native());
  }

  std::size_t repack_with(const stdfs::path& bundle, RepackOptions options) {
    options.compression = codec::Compression::none;
    const auto path = repack(*layout_, ref_name_, bundle, options);
    return image::Image::open(*layout_, path).manifest.layers.size();
  }

  /// Packs all but some paths, which are a change all the same for whoever packs them later.
  std::string repack_masked(const stdfs::path& bundle, Random& random) {
    std::vector<std::string> paths;
    for (const auto& [path, object] : read_tree((bundle / "rootfs").native())) {
      paths.push_back(path);
    }
    RepackOptions options;
    options.refresh = RefreshBundle::yes;
    for (std::uint64_t count = 1 + random.below(3); count > 0; --count) {
      options.masks.push_back(tree::TreePath::clean(random.among(paths)));
      story_ += "  mask " + printable(options.masks.back().text()) + "\n";
    }
    const std::size_t first = repack_with(bundle, options);
    const std::size_t second = repack_with(bundle, options);
    return first == second ? "" : "what is masked was packed with another name\n";
  }

  std::string repack_unchanged(const stdfs::path& bundle) {
    const auto before =
        image::Image::open(*layout_, image::resolve(*layout_, ref_name_)).manifest.layers.size();
    const auto after = repack_with(bundle, {});
    if (before == after) return {};
    return "repack without a change made a layer\n" + story_;
  }

  stdfs::path directory_;
  Setting setting_;
  std::optional<store::Layout> layout_;
  std::string ref_name_;
  std::string story_;
};

/// Where trees are unpacked: below $TMPDIR, and in the memory if that is another file system.
std::vector<std::string> places() {
  const char* const usual = std::getenv("TMPDIR");
  std::vector<std::string> found{usual == nullptr ? "/tmp" : usual};
  const std::string memory = "/dev/shm";
  struct stat here{};
  struct stat there{};
  if (::stat(found[0].c_str(), &here) == 0 && ::stat(memory.c_str(), &there) == 0 &&
      here.st_dev != there.st_dev && ::access(memory.c_str(), W_OK | X_OK) == 0) {
    found.push_back(memory);
  }
  return found;
}

/// The stories in one of those places.
class Place {
 public:
  Place(std::string parent, Setting setting)
      : parent_(std::move(parent)), setting_(std::move(setting)) {
    enter();
    directory_.emplace();
    const auto settable = settable_xattrs(directory_->path().native());
    std::erase_if(setting_.powers.xattrs, [&](const std::string& name) {
      return std::find(settable.begin(), settable.end(), name) == settable.end();
    });
  }

  std::string run(std::uint64_t seed) {
    enter();
    constexpr std::uint64_t cases_a_layout = 5;
    if (count_++ % cases_a_layout == 0) {
      const stdfs::path place = *directory_ / std::to_string(seed);
      stdfs::create_directory(place);
      stories_.emplace(place, setting_);
    }
    return stories_->run(seed);
  }

 private:
  void enter() const { ::setenv("TMPDIR", parent_.c_str(), 1); }

  std::string parent_;
  Setting setting_;
  std::optional<TemporaryDirectory> directory_;
  std::optional<Stories> stories_;
  std::uint64_t count_ = 0;
};

/// Runs the cases of `first` and the following seeds, in a child process of the test: in each place
/// with each umask.
void run_cases(const Setting& setting, std::uint64_t first, std::uint64_t count) {
  // Nobody pulls the plug here, and waiting for the disk would be most of the time: from here on it
  // is enough to ask for it.
  umoci::test::forbid_system_calls({SYS_fsync, SYS_fdatasync}, 0);
  first = number_from_environment("UMOCI_ROUND_TRIP_FIRST").value_or(first);
  count = number_from_environment("UMOCI_ROUND_TRIP_CASES").value_or(count);
  if (const auto only = number_from_environment("UMOCI_ROUND_TRIP_SEED")) {
    first = *only;
    count = 1;
  }
  std::deque<Place> all;
  for (const std::string& place : places()) all.emplace_back(place, setting);
  constexpr std::array<mode_t, 3> masks{0, 022, 077};
  constexpr int tolerated_failures = 3;
  int failures = 0;
  for (std::uint64_t seed = first; seed < first + count; ++seed) {
    ::umask(masks[seed % masks.size()]);
    const std::string why = all[seed / masks.size() % all.size()].run(seed);
    if (why.empty()) continue;
    ADD_FAILURE() << "UMOCI_ROUND_TRIP_SEED=" << seed << "\n" << why;
    if (++failures == tolerated_failures) return;
  }
}

layer::Ownership rootless_ownership() {
  return {.uids = layer::IdMap({{.container_id = 0, .host_id = ::geteuid(), .size = 1}}),
          .gids = layer::IdMap({{.container_id = 0, .host_id = ::getegid(), .size = 1}}),
          .rootless = true};
}

const std::vector<uid_t> some_owners{0, 0, 1, 1000, 65534};

void run_as_root(std::uint64_t first, std::uint64_t count) {
  if (!umoci::test::is_real_root()) GTEST_SKIP() << "only root can have every kind of tree";
  std::vector<uid_t> owners = some_owners;
  owners.push_back(4'000'000'000);
  const Setting setting{
      .powers = {.owners = owners, .disk_owners = owners, .devices = true, .xattrs = all_xattrs()},
      .ownership = {}};
  umoci::test::in_child_process([&] { run_cases(setting, first, count); });
}

TEST(RoundTrip, OfRoot) { run_as_root(1, 200); }

TEST(RoundTrip, OfRootOnceMore) { run_as_root(501, 200); }

TEST(RoundTrip, OfRootWithMappedOwners) {
  if (!umoci::test::is_real_root()) GTEST_SKIP() << "only root can give files away";
  const std::vector<tree::IdMapping> mappings{
      {.container_id = 0, .host_id = 100'000, .size = 1000},
      {.container_id = 1000, .host_id = 500'000, .size = 64'536}};
  Setting setting;
  setting.powers = {.owners = some_owners,
                    .disk_owners = {100'000, 100'007, 500'000, 564'535},
                    .devices = true,
                    .xattrs = {"user.a", "trusted.t"}};
  setting.owner_on_disk = [](uid_t id) { return id < 1000 ? 100'000 + id : 499'000 + id; };
  setting.ownership = {.uids = layer::IdMap(mappings), .gids = layer::IdMap(mappings)};
  umoci::test::in_child_process([&] { run_cases(setting, 100'001, 100); });
}

void run_as_plain_user(std::uint64_t first, std::uint64_t count) {
  const TemporaryDirectory directory;
  umoci::test::as_plain_user(directory.path(), [&] {
    ::setenv("TMPDIR", directory.path().c_str(), 1);
    run_cases({.powers = {.owners = some_owners,
                          .disk_owners = {::geteuid()},
                          .devices = false,
                          .xattrs = all_xattrs()},
               .ownership = rootless_ownership(),
               .owner_on_disk = [](uid_t) { return ::geteuid(); }},
              first, count);
  });
}

TEST(RoundTrip, OfAPlainUser) { run_as_plain_user(200'001, 200); }

TEST(RoundTrip, OfAPlainUserOnceMore) { run_as_plain_user(200'501, 200); }

TEST(RoundTrip, OfTheOnlyUserOfANamespace) {
  const TemporaryDirectory directory;
  umoci::test::as_plain_user(directory.path(), [&] {
    umoci::test::in_namespace_of_one([&] {
      ::setenv("TMPDIR", directory.path().c_str(), 1);
      run_cases(
          {.powers = {.owners = {0}, .disk_owners = {0}, .devices = false, .xattrs = all_xattrs()},
           .ownership = {}},
          300'001, 150);
    });
  });
}

TEST(RoundTrip, OfRootOfANamespaceWithManyUsers) {
  if (!umoci::test::is_real_root()) GTEST_SKIP() << "only root can map many users";
  const TemporaryDirectory directory;
  constexpr uid_t first_user = 100'000;
  ASSERT_EQ(::chown(directory.path().c_str(), first_user, first_user), 0);
  umoci::test::in_namespace_of_many(first_user, [&] {
    ::setenv("TMPDIR", directory.path().c_str(), 1);
    run_cases({.powers = {.owners = some_owners,
                          .disk_owners = some_owners,
                          .devices = false,
                          .xattrs = all_xattrs()},
               .ownership = {}},
              400'001, 150);
  });
}

}  // namespace
}  // namespace umoci::bundle::test
