// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <umoci/store/overlay.hpp>
#include <umoci/store/verified_blobs.hpp>

#include <memory>

namespace umoci::store {

/// The blobs of an overlay: its own, then those below. Thread-safe; a BlobWriter is not, and may
/// outlive this object.
class OverlayBlobs final : public VerifiedBlobs {
 public:
  explicit OverlayBlobs(std::shared_ptr<Overlay> overlay);

  [[nodiscard]] std::unique_ptr<BlobWriter> create(digest::Algorithm algorithm) override;
  [[nodiscard]] std::optional<std::uint64_t> find(const digest::Digest& digest) const override;

 private:
  void read_stored(const oci::Descriptor& descriptor,
                   const std::function<void(io::Source&)>& fn) const override;

  std::shared_ptr<Overlay> overlay_;
};

}  // namespace umoci::store
