// SPDX-License-Identifier: Apache-2.0
#include <umoci/store/blob_store.hpp>

#include <umoci/base/error.hpp>

#include <fmt/format.h>

namespace umoci::store {

void BlobWriter::check_expected(const StoredBlob& blob) const {
  if (!expected_) return;
  if (blob.digest != expected_->digest) {
    throw Error(ErrorKind::corrupt, fmt::format("expected {} not {}: blob digest mismatch",
                                                expected_->digest.text(), blob.digest.text()));
  }
  if (expected_->size_bytes && blob.size_bytes != *expected_->size_bytes) {
    throw Error(ErrorKind::corrupt, fmt::format("expected {} bytes not {} bytes",
                                                *expected_->size_bytes, blob.size_bytes));
  }
}

StoredBlob BlobStore::put(std::string_view bytes, digest::Algorithm algorithm) {
  const std::unique_ptr<BlobWriter> writer = create(algorithm);
  writer->write(io::as_bytes(bytes));
  writer->finish();
  return writer->commit();
}

}  // namespace umoci::store
