// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace umoci {

/// Upper bounds for what an image may ask of us. Exceeding one is Error limit_exceeded naming it.
/// The defaults admit every image seen in practice and stop a small blob from filling a disk or
/// the memory. What each of them means is in limit_names().
///
/// Layers of programs and their data shrink to between a half and a tenth, logs and sources to a
/// thirtieth, zeros to a thousandth with gzip (which can do no more) and far less with zstd. So
/// expansion_ratio stops what is nearly all zeros, but not before expansion_free_bytes of it:
/// preallocated databases and disk images do occur. Whoever ships more says --limit.
struct Limits {
  std::uint64_t entries = 10'000'000;
  std::uint64_t image_entries = 20'000'000;
  std::uint64_t layer_bytes = 1ULL << 40U;
  std::uint64_t image_bytes = 1ULL << 40U;
  std::uint64_t file_bytes = 1ULL << 40U;
  std::uint64_t hole_bytes = 8ULL << 30U;
  std::uint64_t expansion_ratio = 200;
  std::uint64_t expansion_free_bytes = 4ULL << 30U;
  std::uint64_t path_depth = 100'000;
  std::uint64_t path_bytes = 1ULL << 20U;
  std::uint64_t tree_path_bytes = 256ULL << 20U;
  std::uint64_t symlinks = 255;
  std::uint64_t link_steps = 4ULL << 20U;
  std::uint64_t xattr_bytes = 1ULL << 20U;
  std::uint64_t image_xattr_bytes = 128ULL << 20U;
  std::uint64_t sparse_extents = 1'000'000;
  std::uint64_t special_header_bytes = 1ULL << 20U;
  std::uint64_t zstd_window_bytes = 128ULL << 20U;
  std::uint64_t mtree_bytes = 1ULL << 30U;
  std::uint64_t layers = 10'000;
  std::uint64_t document_bytes = 64ULL << 20U;
  std::uint64_t document_depth = 1000;
  std::uint64_t index_depth = 64;
  std::uint64_t graph_nodes = 1'000'000;
};

/// A limit as users know it.
struct LimitName {
  std::string_view name;  ///< as the member is spelled, in messages and on command lines
  std::uint64_t Limits::* limit;
  std::string_view meaning;  ///< what it counts, as a phrase
};

/// All members of Limits, in their order.
[[nodiscard]] std::span<const LimitName> limit_names() noexcept;

/// Throws: limit_exceeded ("limit entries exceeded: 8 is more than 7") if `value` is more than the
/// limit.
void check_limit(const Limits& limits, std::uint64_t Limits::* limit, std::uint64_t value);

}  // namespace umoci
