// SPDX-License-Identifier: Apache-2.0
#pragma once

// A place for trees that try to reach out, with something around them that would show it.

#include <fuzz/target.hpp>

#include <umoci_test/temporary_directory.hpp>

#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <system_error>
#include <vector>

namespace umoci::fuzz {

/// A directory in memory where possible: `outside` is not to be touched, and in `cell` temporary
/// directories are made as long as this object lives. Neither may hold anything else when there is
/// none of those.
class Canary {
 public:
  static constexpr std::array names{"file", "secret", "directory", "directory/inner", "link"};

  Canary() {
    namespace fs = std::filesystem;
    fs::create_directories(top_ / "outside/directory");
    fs::create_directory(top_ / "cell");
    umoci::test::write_file(top_ / "outside/file", "outside");
    umoci::test::write_file(top_ / "outside/secret", "secret");
    fs::permissions(top_ / "outside/secret", fs::perms::owner_read);
    umoci::test::write_file(top_ / "outside/directory/inner", "inner");
    fs::create_symlink("file", top_ / "outside/link");
    ::setenv("TMPDIR", (top_ / "cell").c_str(), 1);
    before_ = look();
  }

  [[nodiscard]] std::string outside() const { return top_ / "outside"; }

  /// Fails unless everything is as it was. Changes of content, mode, owner, attributes and number
  /// of links all show in the time of the last change.
  void check() const { expect(look() == before_, "something outside the tree has changed"); }

 private:
  /// Where it is fastest.
  struct InMemory {
    InMemory() {
      if (std::getenv("TMPDIR") == nullptr && ::access("/dev/shm", W_OK) == 0) {
        ::setenv("TMPDIR", "/dev/shm", 1);
      }
    }
  };

  [[nodiscard]] std::vector<std::string> look() const {
    std::vector<std::string> found{look_at(top_.path())};
    for (const auto& entry : std::filesystem::recursive_directory_iterator(top_.path())) {
      // Temporary directories come and go there.
      found.push_back(entry.path() == top_ / "cell" ? "cell" : look_at(entry.path()));
    }
    return found;
  }

  static std::string look_at(const std::filesystem::path& path) {
    struct stat status{};
    if (::lstat(path.c_str(), &status) != 0) fail("a file outside the tree has vanished");
    std::string line = path;
    for (const auto number :
         {static_cast<std::uint64_t>(status.st_ino), static_cast<std::uint64_t>(status.st_mode),
          static_cast<std::uint64_t>(status.st_nlink),
          static_cast<std::uint64_t>(status.st_ctim.tv_sec),
          static_cast<std::uint64_t>(status.st_ctim.tv_nsec)}) {
      line += ' ' + std::to_string(number);
    }
    return line;
  }

  InMemory in_memory_;
  umoci::test::TemporaryDirectory top_;
  std::vector<std::string> before_;
};

}  // namespace umoci::fuzz
