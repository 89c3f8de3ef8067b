// SPDX-License-Identifier: Apache-2.0
// Another process swaps directories for links, and files for what must not be opened, while layers
// are applied to a tree and written from it. It may make us fail, but not leave the tree.
// Spec: layers.md S15, S36.
#include <umoci/base/error.hpp>
#include <umoci/fs/walker.hpp>
#include <umoci/layer/changeset.hpp>
#include <umoci/layer/extraction_test.hpp>
#include <umoci/tree/memory_tree.hpp>

#include <gtest/gtest.h>

#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>

namespace umoci::layer::test {
namespace {

using tree::EntryType;
using tree::TreePath;

constexpr auto duration = std::chrono::milliseconds(700);

/// A process that exchanges pairs of names in a tree until it is told to stop.
class Attacker {
 public:
  Attacker(const std::filesystem::path& top, std::vector<std::pair<std::string, std::string>> pairs)
      : child_(::fork()) {
    if (child_ != 0) return;
    const int directory = ::open(top.c_str(), O_PATH | O_DIRECTORY);
    for (;;) {
      for (const auto& [one, other] : pairs) {
        ::syscall(SYS_renameat2, directory, one.c_str(), directory, other.c_str(),
                  2U /* RENAME_EXCHANGE */);
      }
    }
  }
  Attacker(const Attacker&) = delete;
  Attacker& operator=(const Attacker&) = delete;
  ~Attacker() {
    ::kill(child_, SIGKILL);
    ::waitpid(child_, nullptr, 0);
  }

 private:
  pid_t child_;
};

/// Everything about what lies outside, but for the times of last access.
std::map<std::string, std::string> look_outside(const std::filesystem::path& top) {
  std::map<std::string, std::string> seen;
  const auto look = [&](const std::filesystem::path& path) {
    struct stat status{};
    EXPECT_EQ(::lstat(path.c_str(), &status), 0);
    std::string text;
    for (const auto number : {std::uint64_t{status.st_mode}, std::uint64_t{status.st_ino},
                              std::uint64_t{status.st_nlink}, std::uint64_t{status.st_uid},
                              static_cast<std::uint64_t>(status.st_size),
                              static_cast<std::uint64_t>(status.st_ctim.tv_sec),
                              static_cast<std::uint64_t>(status.st_ctim.tv_nsec)}) {
      text += std::to_string(number) + " ";
    }
    for (const auto& [name, value] : xattrs_at(path)) text += name + "=" + value + " ";
    seen[path] = text;
  };
  look(top);
  for (const auto& entry : std::filesystem::recursive_directory_iterator(top)) look(entry.path());
  return seen;
}

class LayerRace : public testing::TestWithParam<fs::Lookup> {
 protected:
  LayerRace() {
    std::filesystem::create_directories(outside_ / "sub");
    umoci::test::write_file(outside_ / "file", "secret");
    umoci::test::write_file(outside_ / "sub/file", "secret");
    // Whoever opens these for reading waits for good, or reads somebody else's.
    EXPECT_EQ(::mkfifo((outside_ / "fifo").c_str(), 0600), 0);
    before_ = look_outside(outside_);
  }

  /// Repeats `step` while another process exchanges the pairs of names in the tree.
  void race(std::vector<std::pair<std::string, std::string>> pairs,
            const std::function<void()>& step) {
    int done = 0;
    {
      const Attacker attacker(extraction_.path(), std::move(pairs));
      const auto end = std::chrono::steady_clock::now() + duration;
      while (std::chrono::steady_clock::now() < end) {
        try {
          step();
          ++done;
        } catch (const Error& error) {
          EXPECT_NE(error.kind(), ErrorKind::internal) << error.what();
        }
      }
    }
    RecordProperty("completed", done);
    EXPECT_TRUE(look_outside(outside_) == before_);
  }

  /// Layers replace links by directories: one of the two that are exchanged shall be a link again.
  void lay_link() const {
    const fs::Directory top = root().directory();
    const auto is_link = [&](const char* name) {
      const auto status = top.status(name);
      return status && S_ISLNK(status->st_mode);
    };
    if (is_link("d") || is_link("l")) return;
    top.remove("l");
    top.create_symlink("l", outside_);
  }

  [[nodiscard]] fs::Root root() const {
    return fs::Root::open(extraction_.path(), {.lookup = GetParam()});
  }

  TemporaryDirectory directory_;
  std::filesystem::path outside_ = directory_ / "outside";
  std::map<std::string, std::string> before_;
  Extraction extraction_{{}, {.lookup = GetParam()}};
};

TEST_P(LayerRace, ExtractionStaysInside) {
  extraction_.apply({{directory("d"), directory("d/sub"), symlink("l", outside_),
                      symlink("d/m", outside_ / "sub")}});
  race({{"d", "l"}, {"d/sub", "d/m"}}, [&] {
    lay_link();
    extraction_.apply({{file("d/file", "overwritten"), directory("d/sub").mode(0777).mtime(5),
                        file("d/sub/file", "overwritten"), whiteout("d/fifo"), symlink("d/s", "x"),
                        hard_link("stolen", "d/file"), hard_link("d/sub/h", "d/sub/file"),
                        item(EntryType::fifo, "d/p", 0622), file("d/sub/a/b/c", "x")},
                       {whiteout("d/sub/"), whiteout("d/p"), file("d/sub", "no directory")},
                       {directory("d/sub"), directory("d").mode(0711).xattr("user.a", "1")}});
  });
  for (const auto& [path, found] : extraction_.tree()) EXPECT_NE(found.content, "secret") << path;
}

TEST_P(LayerRace, ChangesetsHoldNothingFromOutside) {
  extraction_.apply({{directory("d"), directory("d/sub"), file("d/sub/file", "inside"),
                      symlink("l", outside_), symlink("f", outside_ / "file"),
                      item(EntryType::fifo, "p", 0600), file("file", "inside")}});
  const std::vector<mtree::Delta> changes{
      {.path = TreePath::clean("d"), .type = EntryType::directory},
      {.path = TreePath::clean("file")},
      {.path = TreePath::clean("d/sub/file")}};
  race({{"d", "l"}, {"file", "f"}, {"file", "p"}}, [&] {
    tree::MemoryTree layer;
    write_changeset(changes, root(), layer, {});
    for (const auto& [path, node] : layer.nodes()) {
      EXPECT_NE(node.content, "secret") << path.display();
    }
  });
}

TEST_P(LayerRace, WalksSeeNothingFromOutside) {
  extraction_.apply({{directory("d"), directory("d/sub"), file("d/sub/file", "inside"),
                      symlink("l", outside_), symlink("f", outside_ / "file"),
                      item(EntryType::fifo, "p", 0600), file("file", "inside")}});
  race({{"d", "l"}, {"file", "p"}, {"file", "f"}}, [&] {
    fs::Walker walker(root());
    while (const tree::Entry* entry = walker.next()) {
      if (entry->type != EntryType::file) continue;
      EXPECT_EQ(io::read_all(walker.content(), 100), "inside") << entry->path.display();
    }
  });
}

INSTANTIATE_TEST_SUITE_P(, LayerRace,
                         testing::Values(fs::Lookup::openat2, fs::Lookup::component_walk),
                         [](const auto& instance) {
                           return instance.param == fs::Lookup::openat2 ? "Openat2"
                                                                        : "ComponentWalk";
                         });

}  // namespace
}  // namespace umoci::layer::test
