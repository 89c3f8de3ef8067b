// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <umoci/store/directory_blobs.hpp>
#include <umoci/store/driver.hpp>
#include <umoci/store/layout_directory.hpp>
#include <umoci/store/write_session.hpp>

#include <memory>

namespace umoci::store {

/// A layout in a directory of the disk, as image-spec image-layout.md describes it.
class DirectoryDriver final : public Driver {
 public:
  /// Throws: invalid_data with text "invalid image detected" if `path` holds no layout of version
  /// 1.0.0; other kinds for what the system refuses.
  DirectoryDriver(const std::filesystem::path& path, const LayoutOptions& options);

  [[nodiscard]] Capabilities capabilities() const override;
  [[nodiscard]] const std::filesystem::path& path() const noexcept override {
    return directory_->path();
  }
  [[nodiscard]] BlobStore& blobs() noexcept override { return blobs_; }
  [[nodiscard]] const BlobStore& blobs() const noexcept override { return blobs_; }
  [[nodiscard]] std::string read_start(const digest::Digest& digest,
                                       std::size_t count) const override;

  [[nodiscard]] std::string read_index() const override;
  void update_index(const IndexOperation& operation) override;

  void require_writable(Writes writes) const override;
  void hold_blobs() override;
  [[nodiscard]] bool is_work_directory(std::uint64_t device, std::uint64_t inode) const override;

  [[nodiscard]] std::unique_ptr<StoreLock> lock_store(LockMode mode) override;
  [[nodiscard]] std::set<digest::Digest> unsettled_blobs() const override;
  [[nodiscard]] std::optional<BlobListing> list_blobs(digest::Algorithm algorithm) const override;
  void remove_blob(const digest::Digest& digest) override;
  [[nodiscard]] std::optional<std::int64_t> foreign_writer_seconds() const override;
  [[nodiscard]] std::vector<Leftover> find_leftovers() const override;
  bool remove_leftover(const Leftover& leftover) override;

 private:
  explicit DirectoryDriver(std::shared_ptr<const LayoutDirectory> directory);
  [[nodiscard]] std::string own_work_directory() const;

  std::shared_ptr<const LayoutDirectory> directory_;
  WriteSessions sessions_;
  DirectoryBlobs blobs_;
};

}  // namespace umoci::store
