// SPDX-License-Identifier: Apache-2.0
#pragma once

// An OCI image layout on a local disk: blobs by digest and one index that names images. Must never
// look inside a layer. Read first: Layout, BlobStore.

#include <umoci/base/limits.hpp>
#include <umoci/base/log.hpp>
#include <umoci/fs/atomic_file.hpp>
#include <umoci/oci/index.hpp>
#include <umoci/store/blob_store.hpp>

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string_view>

namespace umoci {
class Progress;
}

namespace umoci::store {

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
};

/// What a caller is about to write.
enum class Writes {
  index,  ///< names only
  blobs_and_index,
};

struct GarbageReport;
struct CollectOptions;

/// An open layout. Any number of processes may work on one at the same time: changes of the index
/// are operations applied under a lock to what is there at that moment. Thread-safe but for
/// collect_garbage(), which wants the object for itself. Spec: image-spec image-layout.md.
class Layout {
 public:
  /// Throws: invalid_data with text "invalid image detected" if `path` holds no layout of version
  /// 1.0.0; other kinds for what the system refuses.
  [[nodiscard]] static Layout open(const std::filesystem::path& path,
                                   const LayoutOptions& options = {});

  /// Makes an empty layout, missing parents included; `path` must not exist. On failure nothing is
  /// left behind. Throws: already_exists, permission, io, no_space.
  static void create(const std::filesystem::path& path, const LayoutOptions& options = {});

  Layout(Layout&&) noexcept;
  Layout& operator=(Layout&&) noexcept;
  ~Layout();

  [[nodiscard]] const std::filesystem::path& path() const noexcept;
  [[nodiscard]] BlobStore& blobs() noexcept;
  [[nodiscard]] const BlobStore& blobs() const noexcept;
  [[nodiscard]] const Limits& limits() const noexcept;
  [[nodiscard]] const std::stop_token& stop() const noexcept;
  [[nodiscard]] Log& log() const noexcept;

  /// The top-level index as it is now.
  [[nodiscard]] oci::Index read_index() const;

  /// Applies `operation` to the freshly read index under the index lock and writes the result if it
  /// differs; all blobs written before are durable by then. An exception leaves the index as it is.
  /// Throws: permission ("layout is read-only"), io, no_space; what LayoutOptions::precondition
  /// throws.
  void update_index(const std::function<void(oci::Index&)>& operation);

  /// Throws permission ("layout is read-only") if that cannot be written: to be called before
  /// expensive work.
  void require_writable(Writes writes = Writes::blobs_and_index) const;

  /// Keeps collectors of garbage in other processes waiting until the next update of the index, or
  /// the end of this object. To be called before reading what must still be there later; the first
  /// blob written does it too. Does nothing on file systems without locks.
  void hold_blobs() const;

  /// True for the directory where this object keeps what it has not finished; it is in the layout,
  /// and gone when all is written. `device` and `inode` are those that stat(2) tells.
  [[nodiscard]] bool is_work_directory(std::uint64_t device, std::uint64_t inode) const;

 private:
  friend GarbageReport collect_garbage(Layout& layout, Log& log, const CollectOptions& options);

  class Impl;
  explicit Layout(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace umoci::store
