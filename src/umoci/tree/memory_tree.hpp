// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <umoci/tree/entry_sink.hpp>
#include <umoci/tree/entry_source.hpp>

#include <map>
#include <memory>
#include <string>

namespace umoci::tree {

/// A tree in memory: what tests compare with, and what small trees are built in. Later entries
/// replace earlier ones of the same path; nothing is resolved, no parents are implied.
class MemoryTree final : public EntrySink {
 public:
  struct Node {
    Entry entry;
    std::string content;
  };

  void put(const Entry& entry, io::Source& content) override;
  void finish() override {}
  void put(const Entry& entry, std::string content = {});
  void remove(const TreePath& path);  ///< with everything below; nothing if absent

  [[nodiscard]] const Node* find(const TreePath& path) const;
  [[nodiscard]] const std::map<TreePath, Node>& nodes() const noexcept { return nodes_; }

  /// The entries in byte order of their paths. The tree must outlive the stream and not change.
  [[nodiscard]] std::unique_ptr<EntrySource> entries() const;

 private:
  std::map<TreePath, Node> nodes_;
};

}  // namespace umoci::tree
