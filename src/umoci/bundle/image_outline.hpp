// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <umoci/fs/link_budget.hpp>
#include <umoci/layer/image_totals.hpp>
#include <umoci/tree/entry.hpp>

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace umoci::bundle {

/// The directories and links that layers leave behind when they are applied one after the other:
/// enough to tell which directories an image has without unpacking it. Memory grows with their
/// number, not with files. Spec: docs/formats/layers.md, Applying.
class ImageOutline {
 public:
  /// `limits` are those that also unpacking the image would meet.
  explicit ImageOutline(const Limits& limits = {}, std::stop_token stop = {})
      : totals_(limits), budget_(limits, std::move(stop)) {}

  /// To be called before the entries of each layer, the lowest first.
  void begin_layer() {
    totals_.begin_layer();
    ++layer_;
  }
  /// Throws: invalid_data for an entry that no layer may have; limit_exceeded; unsafe_path for too
  /// many links on a path; cancelled.
  void apply(const tree::Entry& entry);

  /// Makes `path` a directory, following links inside the image, and returns the directories that
  /// were missing, a parent before what is in it. None behind a link that leads to no directory:
  /// there may be a file, and what becomes of both is up to unpacking. Throws: unsafe_path.
  [[nodiscard]] std::vector<tree::TreePath> make_directory(const tree::TreePath& path);

 private:
  using NodeId = std::size_t;
  static constexpr NodeId root = 0;

  /// A directory, or a link.
  struct Node {
    NodeId parent = root;
    std::string name;
    std::optional<std::string> link;  ///< where it leads; nullopt: a directory
    unsigned layer = 0;               ///< the last one that brought it or something in it
    std::map<std::string, NodeId, std::less<>> children{};
  };

  /// Where a path leads: a directory, and the names that are missing from there on.
  struct Place {
    NodeId directory = root;
    std::vector<std::string_view> missing{};
    bool is_behind_dangling_link = false;  ///< a link itself leads to something missing
  };

  enum class Links {
    all,
    lower,  ///< not those that the layer at hand brought
  };

  /// nullopt: there is a link that is not to be followed.
  [[nodiscard]] std::optional<Place> resolve(const tree::TreePath& path, Links links_of);
  NodeId enter(const tree::TreePath& path, std::vector<NodeId>* made);
  [[nodiscard]] std::optional<NodeId> child(NodeId directory, std::string_view name) const;
  NodeId add(NodeId directory, std::string_view name);
  void touch(NodeId directory);
  void hide(const tree::TreePath& directory, const std::string& name);
  void erase_lower(NodeId top);
  void erase(NodeId top);
  [[nodiscard]] std::optional<std::string> link_of(const tree::Entry& entry);
  [[nodiscard]] tree::TreePath path_of(NodeId node) const;

  layer::ImageTotals totals_;
  fs::LinkBudget budget_;
  /// By number; what was erased is used again.
  std::deque<Node> nodes_{Node{}};
  std::vector<NodeId> unused_;
  unsigned layer_ = 0;
};

}  // namespace umoci::bundle
