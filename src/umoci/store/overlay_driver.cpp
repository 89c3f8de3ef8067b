// SPDX-License-Identifier: Apache-2.0
#include <umoci/store/overlay_driver.hpp>

#include <span>
#include <utility>

namespace umoci::store {

OverlayDriver::OverlayDriver(std::unique_ptr<Driver> below,
                             std::filesystem::path temporary_directory)
    : OverlayDriver(std::make_shared<Overlay>(std::move(below), std::move(temporary_directory))) {}

OverlayDriver::OverlayDriver(std::shared_ptr<Overlay> overlay)
    : Driver(overlay->below().limits(), overlay->below().stop(), overlay->below().log()),
      overlay_(std::move(overlay)),
      blobs_(overlay_) {}

Capabilities OverlayDriver::capabilities() const {
  // What cannot be done below cannot be foreseen.
  return overlay_->below().capabilities();
}

std::string OverlayDriver::read_start(const digest::Digest& digest, std::size_t count) const {
  if (const auto own = overlay_->find(digest)) {
    std::string start(count, '\0');
    const auto bytes = own->open();
    start.resize(io::read(*bytes, std::as_writable_bytes(std::span(start))));
    return start;
  }
  if (overlay_->is_hidden(digest)) return {};
  return overlay_->below().read_start(digest, count);
}

void OverlayDriver::update_index(const IndexOperation& operation) {
  const std::lock_guard changing(index_mutex_);
  overlay_->below().hold_blobs();
  std::string before = read_index();
  if (auto after = operation(before)) {
    require_writable(Writes::index);
    overlay_->replace_index(std::move(before), std::move(*after));
  }
  overlay_->settle();
}

void OverlayDriver::require_writable(Writes writes) const {
  overlay_->below().require_writable(writes);
}

void OverlayDriver::hold_blobs() { overlay_->below().hold_blobs(); }

std::unique_ptr<StoreLock> OverlayDriver::lock_store(LockMode /*mode*/) {
  // Nothing below is going to be removed.
  return overlay_->below().lock_store(LockMode::shared);
}

std::set<digest::Digest> OverlayDriver::unsettled_blobs() const { return overlay_->unsettled(); }

std::optional<BlobListing> OverlayDriver::list_blobs(digest::Algorithm algorithm) const {
  return overlay_->list(algorithm);
}

void OverlayDriver::remove_blob(const digest::Digest& digest) { overlay_->remove(digest); }

std::optional<std::int64_t> OverlayDriver::foreign_writer_seconds() const {
  return overlay_->below().foreign_writer_seconds();
}

std::vector<Leftover> OverlayDriver::find_leftovers() const { return overlay_->find_leftovers(); }

bool OverlayDriver::remove_leftover(const Leftover& leftover) {
  overlay_->remove_leftover(leftover);
  return true;
}

std::optional<ForeseenChanges> OverlayDriver::foreseen() const { return overlay_->changes(); }

}  // namespace umoci::store
