// SPDX-License-Identifier: Apache-2.0
#include <umoci/tree/memory_tree.hpp>

#include <umoci/base/error.hpp>

#include <fmt/format.h>

#include <iterator>
#include <optional>

namespace umoci::tree {
namespace {

class MemoryEntries final : public EntrySource {
 public:
  explicit MemoryEntries(const std::map<TreePath, MemoryTree::Node>& nodes)
      : next_(nodes.begin()), end_(nodes.end()) {
    content_.emplace(io::Bytes{});
  }

  const Entry* next() override {
    if (next_ == end_) {
      content_.emplace(io::Bytes{});
      return nullptr;
    }
    const MemoryTree::Node& node = next_->second;
    ++next_;
    content_.emplace(node.content);
    return &node.entry;
  }

  io::Source& content() override { return *content_; }

 private:
  std::map<TreePath, MemoryTree::Node>::const_iterator next_;
  std::map<TreePath, MemoryTree::Node>::const_iterator end_;
  std::optional<io::BytesSource> content_;  // set anew for each entry
};

}  // namespace

void MemoryTree::put(const Entry& entry, io::Source& content) {
  if (entry.type != EntryType::file) {
    put(entry);
    return;
  }
  std::string text = io::read_all(content, entry.size_bytes);
  if (text.size() != entry.size_bytes) {
    throw Error(ErrorKind::invalid_argument,
                fmt::format("content of {} has {} bytes instead of {}", quoted(entry.path.text()),
                            text.size(), entry.size_bytes));
  }
  put(entry, std::move(text));
}

void MemoryTree::put(const Entry& entry, std::string content) {
  Node& node = nodes_[entry.path];
  node.entry = entry;
  node.content = std::move(content);
  if (entry.type == EntryType::file) node.entry.size_bytes = node.content.size();
}

void MemoryTree::remove(const TreePath& path) {
  // Names such as "a-b" sort between "a" and "a/b" and stay.
  auto node = nodes_.lower_bound(path);
  while (node != nodes_.end() && node->first.text().starts_with(path.text())) {
    node = node->first.is_within(path) ? nodes_.erase(node) : std::next(node);
  }
}

const MemoryTree::Node* MemoryTree::find(const TreePath& path) const {
  const auto found = nodes_.find(path);
  return found == nodes_.end() ? nullptr : &found->second;
}

std::unique_ptr<EntrySource> MemoryTree::entries() const {
  return std::make_unique<MemoryEntries>(nodes_);
}

}  // namespace umoci::tree
