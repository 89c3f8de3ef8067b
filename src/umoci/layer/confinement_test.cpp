// SPDX-License-Identifier: Apache-2.0
#include <umoci/base/error.hpp>
#include <umoci/layer/extraction_test.hpp>
#include <umoci/layer/extractor.hpp>

#include <gtest/gtest.h>

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <cstdio>
#include <thread>

namespace umoci::layer::test {
namespace {

using tree::EntryType;

/// What must not change outside of a tree. The change time gives away anything done to an inode.
struct Untouched {
  Found found;
  nlink_t link_count = 0;
  timespec changed{};

  friend bool operator==(const Untouched& one, const Untouched& other) {
    return one.found == other.found && one.link_count == other.link_count &&
           one.changed.tv_sec == other.changed.tv_sec &&
           one.changed.tv_nsec == other.changed.tv_nsec;
  }
};

std::map<std::string, Untouched> state_of(const std::filesystem::path& top) {
  std::map<std::string, Untouched> state;
  const auto add = [&](const std::filesystem::path& path) {
    struct stat status{};
    if (::lstat(path.c_str(), &status) != 0) throw std::runtime_error(path);
    state[path] = {look_at(path), status.st_nlink, status.st_ctim};
  };
  add(top);
  for (auto entry = std::filesystem::recursive_directory_iterator(top);
       entry != std::filesystem::recursive_directory_iterator(); ++entry) {
    // The tree itself is for the layers to change; its parent is not.
    if (entry->path().filename() == "rootfs") {
      entry.disable_recursion_pending();
      continue;
    }
    add(entry->path());
  }
  return state;
}

/// An extraction whose tree lies among files that are not its own:
///   secret, outside/file, outside/link -> file, outside/sub/file, rootfs/
class Canary {
 public:
  explicit Canary(ExtractOptions options, fs::RootOptions root_options)
      : extraction_(std::move(options), root_options), top_(extraction_.path().parent_path()) {
    umoci::test::write_file(top_ / "secret", "secret");
    std::filesystem::create_directories(top_ / "outside/sub");
    umoci::test::write_file(top_ / "outside/file", "outside");
    umoci::test::write_file(top_ / "outside/sub/file", "below");
    std::filesystem::create_symlink("file", top_ / "outside/link");
    before_ = state_of(top_);
  }

  [[nodiscard]] std::string outside() const { return top_ / "outside"; }
  Extraction& extraction() { return extraction_; }

  /// Applies `layers`, which may fail, but may not be felt outside.
  void expect_confined(const std::vector<Layer>& layers, const std::string& what) {
    try {
      extraction_.apply(layers);
    } catch (const Error& error) {
      // Refusing is as good, but must not be for want of a better idea.
      EXPECT_NE(error.kind(), ErrorKind::internal) << what;
    }
    expect_unchanged(what);
  }

  void expect_unchanged(const std::string& what) const {
    ASSERT_TRUE(state_of(top_) == before_) << what;
    for (const auto& [path, found] : extraction_.tree()) {
      const bool leaked =
          found.content == "secret" || found.content == "outside" || found.content == "below";
      ASSERT_FALSE(leaked && !S_ISLNK(found.mode)) << what << ": " << path;
    }
  }

 private:
  Extraction extraction_;
  std::filesystem::path top_;
  std::map<std::string, Untouched> before_;
};

/// All that may be tried with a name that leads to the outside.
std::vector<Layer> attempts(const std::string& name) {
  const std::string below = name + "/";
  return {{file(below + "file", "overwritten")},
          {file(below + "new/deep", "new")},
          {file(name, "overwritten")},
          {directory(name).mode(0777).mtime(5).owner(1, 1)},
          {directory(below + "sub").mode(0777).mtime(5)},
          {directory(name), file(below + "file", "overwritten"), directory(name).mode(0777)},
          {symlink(below + "file", "x"), symlink(below + "sub", "x")},
          {item(EntryType::fifo, below + "file", 0777)},
          {device(EntryType::char_device, below + "null", 1, 3)},
          {hard_link("stolen", below + "file"), hard_link("stolen2", below + "link")},
          {hard_link("stolen", name)},
          {hard_link("stolen", below + "../secret"), hard_link("s2", below + "sub/../file")},
          {hard_link(below + "file", "own")},
          {hard_link("early", below + "file"), file("x")},
          {whiteout(below + "file"), whiteout(below + "sub")},
          {whiteout(below)},
          {whiteout(below + "sub/")},
          {whiteout(name)},
          {file(below + ".wh..")},
          {file(below + ".wh...")},
          {file(below + "sub/f"), whiteout(below), file(below + "link", "x")}};
}

class Confinement : public testing::TestWithParam<std::pair<fs::Lookup, Dirlinks>> {
 protected:
  static Canary canary() {
    const auto [lookup, dirlinks] = GetParam();
    return Canary({.dirlinks = dirlinks}, {.lookup = lookup});
  }

 private:
  InMemory in_memory_;
};

TEST_P(Confinement, HoldsForNamesThatPointOutside) {
  for (const std::string prefix : {"../", "/../", "x/../../outside/../../"}) {
    for (const std::string rest : {"outside", "OUTSIDE"}) {
      const std::size_t count = attempts({}).size();
      for (std::size_t i = 0; i < count; ++i) {
        Canary canary = Confinement::canary();
        const std::string name = prefix + (rest == "OUTSIDE" ? canary.outside() : rest);
        canary.expect_confined({{file("own", "own")}, attempts(name)[i]}, name);
      }
    }
  }
}

TEST_P(Confinement, HoldsForLinksThatPointOutside) {
  std::vector<std::pair<std::string, std::string>> ways;
  for (const std::string target : {"..", "../../..", "/", "/..", "../outside", "/proc/self/root",
                                   "/proc/self/cwd", "OUTSIDE"}) {
    for (const std::string name : {"l", "l/outside", "deep/l", "chain"})
      ways.emplace_back(target, name);
  }
  const std::size_t count = attempts({}).size();
  for (const auto& [target, name] : ways) {
    for (std::size_t i = 0; i < count; ++i) {
      for (const bool same_layer : {true, false}) {
        Canary canary = Confinement::canary();
        Layer layer{file("own", "own"),
                    symlink("l", target == "OUTSIDE" ? canary.outside() : target),
                    symlink("deep/l", "../l"), symlink("chain", "deep/l")};
        Layer attempt = attempts(name)[i];
        if (same_layer) layer.insert(layer.end(), attempt.begin(), attempt.end());
        if (same_layer) attempt.clear();
        canary.expect_confined({layer, attempt}, std::string(target).append(" ").append(name));
      }
    }
  }
}

TEST_P(Confinement, HoldsWhenDirectoriesBecomeLinksBetweenEntries) {
  for (const Layer& attempt : attempts("d")) {
    Canary canary = Confinement::canary();
    Layer layer{file("own", "own"), directory("d"),  file("d/file", "x"),
                directory("d/sub"), file("d/sub/f"), symlink("d", canary.outside())};
    layer.insert(layer.end(), attempt.begin(), attempt.end());
    canary.expect_confined({layer}, "d");
    canary.expect_confined({attempt, layer, attempt}, "d");
  }
}

TEST_P(Confinement, HoldsForHardLinksToLinks) {
  Canary canary = Confinement::canary();
  const std::string target = canary.outside() + "/file";
  canary.expect_confined(
      {{symlink("s", target), hard_link("h", "s"), file("h", "overwritten")},
       {hard_link("h", "s"), hard_link("i", "h"), file("i/x"), directory("h").mode(0777)}},
      "hard link to link");
}

TEST_P(Confinement, HoldsWhenTheRootIsToBeReplaced) {
  for (const std::string name : {"", ".", "/", "./", "/.", "a/..", "..", "../rootfs/.."}) {
    for (const Item& entry : {symlink(name, "/tmp"), file(name, "x"), hard_link(name, "own"),
                              item(EntryType::fifo, name, 0600)}) {
      Canary canary = Confinement::canary();
      canary.expect_confined({{file("own"), entry, file("f", "x")}}, name);
      EXPECT_TRUE(S_ISDIR(canary.extraction().found(".").mode));
    }
  }
}

// Another process that moves things about meanwhile may make us fail, but not leave the tree.
TEST_P(Confinement, HoldsAgainstARace) {
  Canary canary = Confinement::canary();
  const std::filesystem::path rootfs = canary.extraction().path();
  canary.extraction().apply({{directory("d"), directory("d/sub"), symlink("l", canary.outside())}});
  std::atomic<bool> stop = false;
  std::thread attacker([&] {
    const UniqueFd top(::open(rootfs.c_str(), O_PATH | O_DIRECTORY));
    while (!stop) ::syscall(SYS_renameat2, top.get(), "d", top.get(), "l", 2 /* RENAME_EXCHANGE */);
  });
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::milliseconds(150);
  int number = 0;
  while (std::chrono::steady_clock::now() < deadline) {
    ++number;
    try {
      canary.extraction().apply(
          {{file("d/file", "overwritten"), directory("d/sub").mode(0777),
            file("d/sub/file", "overwritten"), whiteout("d/link"), symlink("d/s", "x"),
            hard_link("stolen", "d/file"), item(EntryType::fifo, "d/p", 0622)}});
    } catch (const Error& error) {
      EXPECT_NE(error.kind(), ErrorKind::internal);
    }
  }
  stop = true;
  attacker.join();
  EXPECT_GT(number, 0);
  canary.expect_unchanged("race");
}

INSTANTIATE_TEST_SUITE_P(AllWays, Confinement,
                         testing::Values(std::pair(fs::Lookup::automatic, Dirlinks::replace),
                                         std::pair(fs::Lookup::component_walk, Dirlinks::replace),
                                         std::pair(fs::Lookup::automatic, Dirlinks::keep)));

}  // namespace
}  // namespace umoci::layer::test
