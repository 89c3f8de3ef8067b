// SPDX-License-Identifier: Apache-2.0
#pragma once

// An OCI image layout on a local disk: blobs by digest and one index that names images. Must never
// look inside a layer. Read first: Layout, BlobStore.

#include <umoci/base/limits.hpp>
#include <umoci/base/log.hpp>
#include <umoci/fs/atomic_file.hpp>
#include <umoci/oci/index.hpp>
#include <umoci/store/blob_store.hpp>

#include <filesystem>
#include <functional>
#include <memory>
#include <string_view>

namespace umoci::store {

struct LayoutOptions {
  Limits limits;
  fs::Durability durability = fs::Durability::synced;
  Log* log = nullptr;  ///< nullptr: silent
};

/// An open layout. Any number of processes may work on one at the same time: changes of the index
/// are operations applied under a lock to what is there at that moment. Spec: image-spec
/// image-layout.md.
class Layout {
 public:
  /// Throws: invalid_data with text "invalid image detected" if `path` holds no layout of version
  /// 1.0.0; other kinds for what the system refuses.
  [[nodiscard]] static Layout open(const std::filesystem::path& path, LayoutOptions options = {});

  /// Makes an empty layout, missing parents included; `path` must not exist. On failure nothing is
  /// left behind. Throws: already_exists, permission, io, no_space.
  static void create(const std::filesystem::path& path, LayoutOptions options = {});

  Layout(Layout&&) noexcept;
  Layout& operator=(Layout&&) noexcept;
  ~Layout();

  [[nodiscard]] const std::filesystem::path& path() const noexcept;
  [[nodiscard]] BlobStore& blobs() noexcept;
  [[nodiscard]] const BlobStore& blobs() const noexcept;
  [[nodiscard]] const Limits& limits() const noexcept;

  /// The top-level index as it is now.
  [[nodiscard]] oci::Index read_index() const;

  /// Applies `operation` to the freshly read index under the index lock and writes the result if it
  /// differs; all blobs written before are durable by then. An exception leaves the index as it is.
  /// Throws: permission ("layout is read-only"), io, no_space.
  void update_index(const std::function<void(oci::Index&)>& operation);

  /// Throws permission if blobs or the index cannot be written: to be called before expensive work.
  void require_writable() const;

 private:
  class Impl;
  explicit Layout(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace umoci::store
