// SPDX-License-Identifier: Apache-2.0
#pragma once

// Where the data regions of GNU's sparse members are written down: in and behind the header (old
// GNU), in PAX records (0.0 and 0.1), or in front of the data (1.0).
// Spec: GNU tar manual, "Storing Sparse Files".

#include <umoci/base/limits.hpp>
#include <umoci/tar/block_cursor.hpp>
#include <umoci/tar/extent.hpp>
#include <umoci/tar/pax_records.hpp>

#include <cstdint>

namespace umoci::tar {

enum class SparseFormat {
  none,
  pax_records,  ///< 0.0, 0.1
  pax_data,     ///< 1.0
};

/// Throws: unsupported for a version of the format not known here, invalid_data for sparse records
/// that do not make one.
[[nodiscard]] SparseFormat sparse_format(const PaxRecords& records);

// The size of the whole file, holes included. Both throw: invalid_data, and the first one also
// unsupported, for an archive of a dialect that has other sparse headers of the same type.
[[nodiscard]] std::uint64_t old_gnu_real_size_bytes(const HeaderBlock& header);
[[nodiscard]] std::uint64_t sparse_size_bytes(const PaxRecords& records);

// Each of these fills `extents` and throws: invalid_data, limit_exceeded (sparse_extents).

/// Consumes the header block and those that continue its map.
void read_old_gnu_map(BlockCursor& archive, const Limits& limits, Extents& extents);

void read_map_of_records(const PaxRecords& records, const Limits& limits, Extents& extents);

/// Consumes the blocks of the map and takes them off `stored_bytes`, the size of the member.
void read_map_before_data(BlockCursor& archive, std::uint64_t& stored_bytes, const Limits& limits,
                          Extents& extents);

}  // namespace umoci::tar
