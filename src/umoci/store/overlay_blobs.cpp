// SPDX-License-Identifier: Apache-2.0
#include <umoci/store/overlay_blobs.hpp>

#include <umoci/base/cancellation.hpp>
#include <umoci/digest/hasher.hpp>

#include <utility>

namespace umoci::store {
namespace {

class OverlayBlobWriter final : public BlobWriter {
 public:
  OverlayBlobWriter(std::shared_ptr<Overlay> overlay, digest::Algorithm algorithm)
      : overlay_(std::move(overlay)), hasher_(algorithm), bytes_(overlay_->make_spool()) {}

  void write(io::Bytes bytes) override {
    check_not_cancelled(overlay_->below().stop());
    hasher_.update(bytes);
    bytes_->append(bytes);
  }
  void finish() override {}

  StoredBlob commit() override {
    bytes_->finish();
    StoredBlob blob{.digest = hasher_.finish(), .size_bytes = bytes_->size_bytes()};
    check_expected(blob);
    overlay_->put(blob.digest, std::exchange(bytes_, nullptr));
    return blob;
  }

 private:
  std::shared_ptr<Overlay> overlay_;
  digest::Hasher hasher_;
  std::shared_ptr<Spool> bytes_;
};

}  // namespace

OverlayBlobs::OverlayBlobs(std::shared_ptr<Overlay> overlay)
    : VerifiedBlobs(overlay->below().limits(), overlay->below().stop(), overlay->below().log()),
      overlay_(std::move(overlay)) {}

void OverlayBlobs::read_stored(const oci::Descriptor& descriptor,
                               const std::function<void(io::Source&)>& fn) const {
  if (const auto own = overlay_->find(descriptor.digest)) {
    const auto bytes = own->open();
    lend({.bytes = *bytes, .size_bytes = own->size_bytes()}, descriptor, fn);
    return;
  }
  if (overlay_->is_hidden(descriptor.digest)) fail_missing(descriptor.digest);
  std::as_const(overlay_->below()).blobs().read(descriptor, fn);
}

std::unique_ptr<BlobWriter> OverlayBlobs::create(digest::Algorithm algorithm) {
  // Fails where the real thing would, and keeps what the blob builds upon.
  overlay_->below().require_writable(Writes::blobs_and_index);
  overlay_->below().hold_blobs();
  return std::make_unique<OverlayBlobWriter>(overlay_, algorithm);
}

std::optional<std::uint64_t> OverlayBlobs::find(const digest::Digest& digest) const {
  return overlay_->find_size(digest);
}

}  // namespace umoci::store
