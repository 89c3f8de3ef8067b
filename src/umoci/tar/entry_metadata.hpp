// SPDX-License-Identifier: Apache-2.0
#pragma once

// From a header block, and the special headers in front of it, to an entry.

#include <umoci/base/limits.hpp>
#include <umoci/tar/header_block.hpp>
#include <umoci/tar/pax_records.hpp>
#include <umoci/tree/entry.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace umoci::tar {

/// What special headers say about the next entry.
struct Overrides {
  PaxRecords pax;
  std::string long_name;  ///< empty if not set
  std::string long_link;  ///< empty if not set

  void clear();
};

/// The name as it is written, which may view `joined`, memory for a name in two parts.
[[nodiscard]] std::string_view raw_name(const HeaderBlock& header, const Overrides& overrides,
                                        std::string& joined);

/// Throws: unsupported.
[[nodiscard]] tree::EntryType entry_type(const HeaderBlock& header, std::string_view raw_name);

/// What the size field says. Throws: invalid_data.
[[nodiscard]] std::uint64_t size_field_bytes(const HeaderBlock& header);
/// How many bytes of data follow the header of a file. Throws: invalid_data.
[[nodiscard]] std::uint64_t stored_size_bytes(const HeaderBlock& header, const PaxRecords& pax);

/// Sets everything but path, type and size. Throws: invalid_data, limit_exceeded.
void read_metadata(const HeaderBlock& header, const Overrides& overrides, const Limits& limits,
                   tree::Entry& entry);

}  // namespace umoci::tar
