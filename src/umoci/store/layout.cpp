// SPDX-License-Identifier: Apache-2.0
#include <umoci/store/layout.hpp>

#include <umoci/oci/media_type.hpp>
#include <umoci/store/directory_driver.hpp>
#include <umoci/store/overlay_driver.hpp>

#include <utility>

namespace umoci::store {

Layout::Layout(std::unique_ptr<Driver> driver, const LayoutOptions& options)
    : driver_(std::move(driver)), precondition_(options.precondition) {
  if (options.changes == Changes::kept) return;
  driver_ = std::make_unique<OverlayDriver>(std::move(driver_), options.temporary_directory);
}

Layout Layout::open(const std::filesystem::path& path, const LayoutOptions& options) {
  return Layout(std::make_unique<DirectoryDriver>(path, options), options);
}

const std::filesystem::path& Layout::path() const noexcept { return driver_->path(); }
BlobStore& Layout::blobs() noexcept { return driver_->blobs(); }
const BlobStore& Layout::blobs() const noexcept { return std::as_const(*driver_).blobs(); }
const Limits& Layout::limits() const noexcept { return driver_->limits(); }
const std::stop_token& Layout::stop() const noexcept { return driver_->stop(); }
Log& Layout::log() const noexcept { return driver_->log(); }

oci::Index Layout::read_index() const { return parse_index(*driver_, driver_->read_index()); }

void Layout::update_index(const std::function<void(oci::Index&)>& operation) {
  driver_->update_index([&](const std::string& text) -> std::optional<std::string> {
    oci::Index index = parse_index(*driver_, text);
    if (precondition_) precondition_(index);
    // Whatever the file says it is: it is what readers will take it for.
    index.media_type = oci::media_type::index;
    const std::string before = index.dump();
    operation(index);
    index.media_type = oci::media_type::index;
    std::string after = index.dump();
    if (after == before) return std::nullopt;
    return after;
  });
}

void Layout::require_writable(Writes writes) const { driver_->require_writable(writes); }

void Layout::hold_blobs() const { driver_->hold_blobs(); }

bool Layout::is_work_directory(std::uint64_t device, std::uint64_t inode) const {
  return driver_->is_work_directory(device, inode);
}

std::optional<ForeseenChanges> Layout::foreseen() const { return driver_->foreseen(); }

}  // namespace umoci::store
