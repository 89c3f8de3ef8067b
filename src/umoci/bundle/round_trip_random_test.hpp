// SPDX-License-Identifier: Apache-2.0
#pragma once

// Random trees, and random changes to a tree on disk.

#include <umoci/bundle/round_trip_tree_test.hpp>

#include <cstdint>
#include <random>
#include <string>
#include <utility>
#include <vector>

namespace umoci::bundle::test {

/// The same numbers for the same seed, with any standard library.
class Random {
 public:
  explicit Random(std::uint64_t seed) : engine_(seed) {}

  /// From 0 to count - 1.
  std::uint64_t below(std::uint64_t count) { return engine_() % count; }
  bool one_in(std::uint64_t count) { return below(count) == 0; }
  template <class Choice>
  const Choice& among(const std::vector<Choice>& choices) {
    return choices[below(choices.size())];
  }

 private:
  std::mt19937_64 engine_;
};

/// What the user who runs a test can have in a tree.
struct Powers {
  std::vector<uid_t> owners{0};       ///< that images name, users and groups alike
  std::vector<uid_t> disk_owners{0};  ///< that files can be given to
  bool devices = false;               ///< device nodes can be made
  std::vector<std::string> xattrs;    ///< kinds of attributes, of those that all_xattrs() lists

  [[nodiscard]] bool has_xattr(const std::string& kind) const;
};

/// Names of the attributes that trees get, as far as the user and the disk permit.
[[nodiscard]] std::vector<std::string> all_xattrs();

/// Those of them that can be set on files in `directory`.
[[nodiscard]] std::vector<std::string> settable_xattrs(const std::string& directory);

/// A tree of at most 15 objects, as an image could hold it.
[[nodiscard]] Tree random_tree(Random& random, const Powers& powers);

/// Makes some changes in the tree at `root`; says which.
[[nodiscard]] std::string change_at_random(const std::string& root, Random& random,
                                           const Powers& powers);

// What both are made of.
[[nodiscard]] std::string random_name(Random& random);
[[nodiscard]] std::string random_content(Random& random);
[[nodiscard]] mode_t random_mode(Random& random);
[[nodiscard]] std::int64_t random_time(Random& random);
/// Name and value of an attribute that an object of `mode` (with its type) can have; an empty name
/// if there is none.
[[nodiscard]] std::pair<std::string, std::string> random_xattr(Random& random, const Powers& powers,
                                                               mode_t mode);

}  // namespace umoci::bundle::test
