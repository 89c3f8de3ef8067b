// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <umoci/tree/entry.hpp>

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

namespace umoci::layer {

/// SHA-256 of files by inode: known since they were written, so that nobody reads them again. An
/// inode number that is used anew must be recorded anew.
class ContentDigests {
 public:
  /// `sha256` is 64 hex digits.
  void record(tree::InodeId inode, std::string_view sha256);
  /// As 64 lower-case hex digits; nullopt if the inode was never recorded.
  [[nodiscard]] std::optional<std::string> find(tree::InodeId inode) const;
  [[nodiscard]] std::size_t size() const noexcept { return digests_.size(); }

 private:
  std::unordered_map<tree::InodeId, std::array<std::byte, 32>> digests_;
};

}  // namespace umoci::layer
