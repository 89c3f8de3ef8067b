// SPDX-License-Identifier: Apache-2.0
#include <umoci/store/blob_store.hpp>

namespace umoci::store {

StoredBlob BlobStore::put(std::string_view bytes, digest::Algorithm algorithm) {
  const std::unique_ptr<BlobWriter> writer = create(algorithm);
  writer->write(io::as_bytes(bytes));
  writer->finish();
  return writer->commit();
}

}  // namespace umoci::store
