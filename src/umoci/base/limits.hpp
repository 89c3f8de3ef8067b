// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace umoci {

/// Upper bounds for what an image may ask of us. Exceeding one is Error limit_exceeded naming it.
/// The defaults admit every image seen in practice and stop a small blob from filling a disk or
/// the memory.
struct Limits {
  std::uint64_t entries = 10'000'000;                  ///< tar entries in one layer
  std::uint64_t layer_bytes = 1ULL << 40U;             ///< uncompressed bytes of one layer
  std::uint64_t file_bytes = 1ULL << 40U;              ///< content of one file
  std::uint64_t expansion_ratio = 2000;                ///< uncompressed / compressed bytes
  std::uint64_t expansion_free_bytes = 256ULL << 20U;  ///< below this no ratio is checked
  std::uint64_t path_depth = 100'000;                  ///< components of one path
  std::uint64_t path_bytes = 1ULL << 20U;              ///< bytes of one path
  std::uint64_t xattr_bytes = 1ULL << 20U;             ///< names and values of one entry
  std::uint64_t sparse_extents = 1'000'000;            ///< data regions of one sparse file
  std::uint64_t special_header_bytes = 1ULL << 20U;    ///< one PAX or GNU long-name header
  std::uint64_t zstd_window_bytes = 128ULL << 20U;     ///< memory a zstd frame may demand
  std::uint64_t layers = 10'000;                       ///< layers of one manifest
  std::uint64_t document_bytes = 64ULL << 20U;         ///< one JSON document
  std::uint64_t document_depth = 1000;                 ///< nesting of one JSON document
  std::uint64_t index_depth = 64;                      ///< indexes above a manifest
  std::uint64_t graph_nodes = 1'000'000;               ///< descriptors visited in one walk
};

}  // namespace umoci
