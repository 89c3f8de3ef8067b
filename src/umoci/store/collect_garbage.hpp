// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <umoci/base/progress.hpp>
#include <umoci/digest/digest.hpp>
#include <umoci/store/layout.hpp>

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

namespace umoci::store {

/// What becomes of a collection if an index or a manifest on the way is missing or damaged.
enum class Damage {
  fails,  ///< it ends with an error, and nothing is deleted
  /// With a warning. What it still leads to, as far as that can be told, stays.
  passed_over,
};

/// Whether documents whose subject stays, and that nothing else leads to, stay with it.
enum class Referrers { removed, kept };

/// What becomes of regular files among the blobs whose names are no digests.
enum class Junk { left, removed };

/// What becomes of files that skopeo and its kin began to write into the layout's directory more
/// than a day ago.
enum class ForeignLeftovers { left, removed };

struct CollectOptions {
  /// Blobs that stay, with all that they lead to. One that is not there is passed over.
  std::vector<digest::Digest> keep;
  /// Blobs that were written less than this ago stay, by the clock of this machine.
  std::chrono::seconds min_age{0};
  Referrers referrers = Referrers::removed;
  Damage damage = Damage::fails;
  Junk junk = Junk::left;  ///< min_age holds for these, too
  ForeignLeftovers foreign_leftovers = ForeignLeftovers::left;
  Progress* progress = nullptr;  ///< nullptr: nobody wants to know
};

/// What a collection did; of a dry run, what it would have done.
struct GarbageReport {
  std::vector<StoredBlob> removed;
  /// Led to by nothing, but kept: another program is writing that knows no store lock, and they are
  /// younger than its work directory.
  std::vector<StoredBlob> spared;
  /// Led to by nothing, but younger than CollectOptions::min_age.
  std::vector<StoredBlob> young;
  std::vector<std::string> skipped;  ///< files that are no blobs, left alone
  std::uint64_t kept_blobs = 0;      ///< those of the two lists included
  std::uint64_t kept_bytes = 0;
  std::vector<std::string> removed_work_directories;
  /// Blobs that dead writers did not finish; relative to the layout.
  std::vector<std::string> removed_temporary_files;
  /// Junk and leftovers of other programs, if they were to be removed; relative to the layout.
  std::vector<std::string> removed_foreign_files;
};

/// Removes blobs that no entry of the index leads to, and work directories of dead writers. Waits
/// for living writers. Whatever cannot be read or understood on the way ends the call with an error
/// and nothing deleted, unless CollectOptions::damage says otherwise; layers of images that stay
/// are never opened. Blobs that `layout` itself stored since its last update of the index are kept.
/// Behind a link in place of `blobs` or `blobs/<algorithm>` nothing is deleted: others may use it.
/// Throws: not_found or corrupt for an index or manifest that is missing or damaged; permission
/// only if there is something to delete; conflict if the index does not stop changing; unsupported
/// if the layout's driver cannot list or remove blobs. In a dry run (Changes::foreseen) nobody but
/// other collectors is kept waiting: writers at work are passed over as if they were of another
/// program.
GarbageReport collect_garbage(Layout& layout, Log& log, const CollectOptions& options = {});

}  // namespace umoci::store
