// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <umoci/store/layout.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace umoci::store {

struct GarbageReport {
  std::vector<StoredBlob> removed;
  std::vector<std::string> skipped;  ///< files that are no blobs, left alone
  std::uint64_t kept_blobs = 0;
  std::uint64_t kept_bytes = 0;
  std::vector<std::string> removed_work_directories;
};

/// Removes blobs that no entry of the index leads to, and work directories of dead writers. Waits
/// for living writers. Whatever cannot be read or understood on the way ends the call with an error
/// and nothing deleted; layers are never opened. Throws: not_found or corrupt for an index or
/// manifest that is missing or damaged; permission only if there is something to delete.
GarbageReport collect_garbage(Layout& layout, Log& log);

}  // namespace umoci::store
