// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <umoci/tree/path.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

namespace umoci::check {

/// What a file of accounts is in one layer.
struct AccountFile {
  enum class State {
    untouched,  ///< the layer says nothing of it
    there,
    gone,
    unknown,  ///< a link, or too large to be kept
  } state = State::untouched;
  std::string text;
};

/// What one layer does to a tree, as far as images are checked by it. Paths are kept as hashes: a
/// layer may have millions.
class LayerFacts {
 public:
  enum class Kind : std::uint8_t { directory, symlink, other };

  void add(const tree::TreePath& path, Kind kind) { entries_[hash(path.text())] = kind; }
  [[nodiscard]] std::optional<Kind> find(std::string_view path) const {
    const auto found = entries_.find(hash(path));
    return found == entries_.end() ? std::nullopt : std::optional(found->second);
  }
  /// `path` of lower layers is gone, and all below it.
  void hide(std::string_view path) { hidden_.insert(hash(path)); }
  /// All that lower layers have in the directory `path` is gone.
  void hide_content(std::string_view path) { opaque_.insert(hash(path)); }
  /// True if what lower layers have at `path` cannot be seen.
  [[nodiscard]] bool hides(std::string_view path) const;
  /// True if a directory above `path` is a symbolic link here.
  [[nodiscard]] bool is_behind_link(std::string_view path) const;

  /// Hard links to names that the layer itself does not have.
  struct Link {
    std::string path;
    std::string target;
  };
  std::vector<Link> outer_links;
  AccountFile passwd;
  AccountFile group;
  /// Of the uncompressed bytes; empty if they could not be read to the end.
  std::string diff_id;
  std::uint64_t plain_bytes = 0;
  bool is_complete = false;  ///< all entries were read

 private:
  static std::size_t hash(std::string_view text) { return std::hash<std::string_view>{}(text); }

  std::unordered_map<std::size_t, Kind> entries_;
  std::unordered_set<std::size_t> hidden_;
  std::unordered_set<std::size_t> opaque_;
};

}  // namespace umoci::check
