// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <umoci/mtree/manifest.hpp>

#include <cstddef>
#include <span>
#include <vector>

namespace umoci::mtree {

/// Which record stands below which in the text of a manifest. Records are named by their index.
class Outline {
 public:
  static constexpr std::size_t none = static_cast<std::size_t>(-1);

  /// `records` are sorted by path, none is there twice, and they outlive this object.
  explicit Outline(std::span<const Record> records);

  /// The record of the root directory itself, or none.
  [[nodiscard]] std::size_t root() const noexcept { return root_; }
  /// The first record right below a directory (below the root for none), in byte order of names.
  [[nodiscard]] std::size_t first_child(std::size_t directory) const {
    return first_child_[directory == none ? first_child_.size() - 1 : directory];
  }
  [[nodiscard]] std::size_t next_sibling(std::size_t record) const { return next_sibling_[record]; }
  /// Records whose directory is not in the manifest: only their full path can tell where they are.
  [[nodiscard]] const std::vector<std::size_t>& orphans() const noexcept { return orphans_; }

 private:
  std::size_t root_ = none;
  std::vector<std::size_t> first_child_;  ///< one more than records: that of the root
  std::vector<std::size_t> next_sibling_;
  std::vector<std::size_t> orphans_;
};

/// True if the record says of itself that it is a directory.
[[nodiscard]] inline bool is_directory(const Record& record) {
  return record.keywords.has(Keyword::type) && record.type == tree::EntryType::directory;
}

}  // namespace umoci::mtree
