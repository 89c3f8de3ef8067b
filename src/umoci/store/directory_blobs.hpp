// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <umoci/store/blob_store.hpp>
#include <umoci/store/layout_directory.hpp>
#include <umoci/store/verified_blobs.hpp>
#include <umoci/store/write_session.hpp>

#include <memory>

namespace umoci::store {

/// Blobs as files `blobs/<algorithm>/<encoded>` of a layout. Thread-safe; a BlobWriter is not, and
/// may outlive this object.
class DirectoryBlobs final : public VerifiedBlobs {
 public:
  DirectoryBlobs(std::shared_ptr<const LayoutDirectory> layout, WriteSessions& sessions)
      : VerifiedBlobs(layout->limits(), layout->stop(), layout->log()),
        layout_(std::move(layout)),
        sessions_(sessions) {}

  [[nodiscard]] std::unique_ptr<BlobWriter> create(digest::Algorithm algorithm) override;
  [[nodiscard]] std::optional<std::uint64_t> find(const digest::Digest& digest) const override;

 private:
  void read_stored(const oci::Descriptor& descriptor,
                   const std::function<void(io::Source&)>& fn) const override;

  std::shared_ptr<const LayoutDirectory> layout_;
  WriteSessions& sessions_;
};

/// Path of a blob inside its layout. Throws: invalid_data for a digest that breaks the grammar.
[[nodiscard]] std::string blob_path(const digest::Digest& digest);

}  // namespace umoci::store
