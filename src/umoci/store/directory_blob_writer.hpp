// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <umoci/digest/hasher.hpp>
#include <umoci/store/blob_store.hpp>
#include <umoci/store/layout_directory.hpp>
#include <umoci/store/temporary_file.hpp>
#include <umoci/store/write_session.hpp>

#include <cstdint>
#include <memory>
#include <string>

namespace umoci::store {

/// Writes a blob to a temporary file, hashed on the way, and gives it its name at the end.
class DirectoryBlobWriter final : public BlobWriter {
 public:
  DirectoryBlobWriter(std::shared_ptr<const LayoutDirectory> layout,
                      std::shared_ptr<WriteSession> session, digest::Algorithm algorithm);

  void write(io::Bytes bytes) override;
  void finish() override { flush(); }
  StoredBlob commit() override;

 private:
  void write_out(io::Bytes bytes);
  void flush();
  [[nodiscard]] bool is_stored_already(const StoredBlob& blob) const;
  void publish(const StoredBlob& blob);
  void make_directory();
  [[nodiscard]] std::unique_ptr<TemporaryFile> make_next_to_blobs();
  void move_next_to_blobs();

  std::shared_ptr<const LayoutDirectory> layout_;
  std::shared_ptr<WriteSession> session_;  ///< outlives the file in its work directory
  digest::Algorithm algorithm_;
  std::string directory_;  ///< where blobs of this algorithm are
  digest::Hasher hasher_;
  std::unique_ptr<TemporaryFile> file_;
  std::string buffer_;
  std::uint64_t size_bytes_ = 0;
};

}  // namespace umoci::store
