// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <umoci/base/limits.hpp>
#include <umoci/base/log.hpp>
#include <umoci/fs/atomic_file.hpp>
#include <umoci/oci/index.hpp>

#include <chrono>
#include <filesystem>
#include <functional>
#include <optional>
#include <stop_token>

namespace umoci::store {

/// What becomes of changes.
enum class Changes {
  kept,
  foreseen,  ///< a dry run: the layout stays as it is, and can tell what would have changed
};

/// How a layout is worked with.
struct LayoutOptions {
  Limits limits;
  fs::Durability durability = fs::Durability::synced;
  Log* log = nullptr;  ///< nullptr: silent
  /// How long to wait for other processes that hold a lock; then Error conflict. nullopt: for ever.
  std::optional<std::chrono::milliseconds> lock_timeout;
  /// Called with the freshly read index, under its lock, before each operation on it; what it
  /// throws leaves the index as it is. Empty: nothing is required.
  std::function<void(const oci::Index&)> precondition;
  /// When requested, whatever reads or writes blobs, waits or collects garbage ends with Error
  /// cancelled.
  std::stop_token stop;
  Changes changes = Changes::kept;
  /// Where a dry run keeps large blobs, in files without a name. Empty: the system's directory for
  /// temporary files.
  std::filesystem::path temporary_directory;
};

/// What a caller is about to write.
enum class Writes {
  index,  ///< names only
  blobs_and_index,
};

}  // namespace umoci::store
