// SPDX-License-Identifier: Apache-2.0
#pragma once

// For tests and fuzz/: what a tree should be, for comparison with what the extractor makes of it.

#include <umoci/layer/extraction_test.hpp>

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace umoci::layer::test {

/// What layers make of a tree, in the plainest words: paths in a map, all whiteouts of a layer
/// first. Slow and without any care for a disk, so that it is easy to believe.
class Model {
 public:
  struct Object {
    tree::EntryType type = tree::EntryType::directory;
    std::uint32_t mode = 0755;
    Time mtime;
    std::string content;  ///< or target
  };

  Model();

  /// False if the layer cannot be applied.
  bool apply(const Layer& layer);

  /// The same tree as tree_at() would find it; only types, modes, times, content and hard links.
  [[nodiscard]] Tree tree() const;

 private:
  using ObjectPointer = std::shared_ptr<Object>;
  struct Impossible {};
  struct Waiting {
    ObjectPointer placeholder;
    std::string target;
  };

  [[nodiscard]] Object* at(const std::string& path) const;
  [[nodiscard]] bool is_directory(const std::string& path) const;
  [[nodiscard]] std::string resolve(const std::string& path) const;
  void remove_below(const std::string& path);
  void remove(const std::string& path);
  void imply(const std::string& path);
  std::string make_parent(const std::string& path);
  void hide(const std::string& path);
  void put(const Item& item);
  void put_hard_link(const std::string& path, const std::string& target);
  [[nodiscard]] std::optional<std::string> find(const std::string& target) const;
  void link_waiting();
  void settle_times();

  std::map<std::string, ObjectPointer> objects_;
  std::map<std::string, ObjectPointer> implied_;
  std::map<std::string, Waiting> waiting_;
};

/// What the model knows of a tree that was found on a disk.
[[nodiscard]] Tree known_part(Tree tree);

/// A layer in words, for whoever looks at a failure.
[[nodiscard]] std::string describe(const Layer& layer);

}  // namespace umoci::layer::test
