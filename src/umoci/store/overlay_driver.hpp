// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <umoci/store/driver.hpp>
#include <umoci/store/overlay.hpp>
#include <umoci/store/overlay_blobs.hpp>

#include <memory>
#include <mutex>

namespace umoci::store {

/// A dry run: keeps changes to itself and shows them, above a driver that is only read. What
/// changes below is seen until the index is changed here. Blobs below are held, by its shared store
/// lock, from the first write on until this object is gone; no other lock is taken.
/// Writing fails where it would fail below ("layout is read-only"), as that is to be foreseen; only
/// removing needs no rights, as what is garbage is worth knowing all the same.
class OverlayDriver final : public Driver {
 public:
  /// Large blobs are kept in `temporary_directory`, see LayoutOptions.
  OverlayDriver(std::unique_ptr<Driver> below, std::filesystem::path temporary_directory);

  [[nodiscard]] Capabilities capabilities() const override;
  [[nodiscard]] const std::filesystem::path& path() const noexcept override {
    return overlay_->below().path();
  }
  [[nodiscard]] BlobStore& blobs() noexcept override { return blobs_; }
  [[nodiscard]] const BlobStore& blobs() const noexcept override { return blobs_; }
  [[nodiscard]] std::string read_start(const digest::Digest& digest,
                                       std::size_t count) const override;

  [[nodiscard]] std::string read_index() const override { return overlay_->read_index(); }
  void update_index(const IndexOperation& operation) override;

  void require_writable(Writes writes) const override;
  void hold_blobs() override;

  [[nodiscard]] std::unique_ptr<StoreLock> lock_store(LockMode mode) override;
  [[nodiscard]] std::set<digest::Digest> unsettled_blobs() const override;
  [[nodiscard]] std::optional<BlobListing> list_blobs(digest::Algorithm algorithm) const override;
  void remove_blob(const digest::Digest& digest) override;
  [[nodiscard]] std::optional<std::int64_t> foreign_writer_seconds() const override;
  [[nodiscard]] std::vector<Leftover> find_leftovers() const override;
  bool remove_leftover(const Leftover& leftover) override;

  [[nodiscard]] std::optional<ForeseenChanges> foreseen() const override;

 private:
  explicit OverlayDriver(std::shared_ptr<Overlay> overlay);

  std::shared_ptr<Overlay> overlay_;
  OverlayBlobs blobs_;
  std::mutex index_mutex_;  ///< held while the index is changed
};

}  // namespace umoci::store
