// SPDX-License-Identifier: Apache-2.0
#pragma once

// An OCI image layout: blobs by digest and one index that names images. Must never look inside a
// layer. Read first: Layout, BlobStore; driver.hpp for where the bytes are.

#include <umoci/base/limits.hpp>
#include <umoci/base/log.hpp>
#include <umoci/oci/index.hpp>
#include <umoci/store/blob_store.hpp>
#include <umoci/store/driver.hpp>
#include <umoci/store/layout_options.hpp>

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>

namespace umoci::store {

/// An open layout. Any number of processes may work on one at the same time: changes of the index
/// are operations applied under a lock to what is there at that moment. Thread-safe but for
/// collect_garbage(), which wants the object for itself. Spec: image-spec image-layout.md.
class Layout {
 public:
  /// A layout in a directory. Throws: invalid_data with text "invalid image detected" if `path`
  /// holds no layout of version 1.0.0; other kinds for what the system refuses.
  [[nodiscard]] static Layout open(const std::filesystem::path& path,
                                   const LayoutOptions& options = {});

  /// Makes an empty layout, missing parents included; `path` must not exist. On failure nothing is
  /// left behind. Throws: already_exists, permission, io, no_space.
  static void create(const std::filesystem::path& path, const LayoutOptions& options = {});

  /// A layout that is kept by any driver; with Changes::foreseen that driver is only read.
  explicit Layout(std::unique_ptr<Driver> driver, const LayoutOptions& options = {});

  [[nodiscard]] Driver& driver() noexcept { return *driver_; }
  [[nodiscard]] const Driver& driver() const noexcept { return *driver_; }
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

  /// What would have changed so far; nullopt unless this is a dry run.
  [[nodiscard]] std::optional<ForeseenChanges> foreseen() const;

 private:
  std::unique_ptr<Driver> driver_;
  std::function<void(const oci::Index&)> precondition_;
};

}  // namespace umoci::store
