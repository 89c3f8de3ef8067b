// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <umoci/digest/digest.hpp>
#include <umoci/digest/verified_source.hpp>
#include <umoci/io/sink.hpp>
#include <umoci/io/source.hpp>
#include <umoci/oci/descriptor.hpp>

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace umoci::store {

/// What a blob is called and how large it is.
struct StoredBlob {
  digest::Digest digest;
  std::uint64_t size_bytes = 0;
};

/// A blob being written; forgotten unless committed.
class BlobWriter : public io::Sink {
 public:
  /// Makes commit() fail, and publish nothing, unless the bytes turn out to be these.
  void expect(const digest::Expected& expected) { expected_ = expected; }

  /// Publishes the bytes written under their digest, which is a success too if such a blob is there
  /// already. To be called once. Throws: io, no_space, permission; corrupt if others were expected.
  virtual StoredBlob commit() = 0;

 protected:
  /// Throws: corrupt if others were expected.
  void check_expected(const StoredBlob& blob) const;

 private:
  std::optional<digest::Expected> expected_;
};

/// Bytes by digest. Every byte read is verified.
class BlobStore {
 public:
  BlobStore() = default;
  BlobStore(const BlobStore&) = delete;
  BlobStore& operator=(const BlobStore&) = delete;
  virtual ~BlobStore() = default;

  /// Lends the content of `descriptor` to `fn`; returns only if digest and size were right to the
  /// last byte. Embedded data is used in place of the blob. Throws: not_found if the blob is
  /// missing; corrupt; invalid_data for a descriptor that cannot name content (bad digest, negative
  /// size, a false "empty" descriptor); unsupported for an unknown algorithm.
  virtual void read(const oci::Descriptor& descriptor,
                    const std::function<void(io::Source&)>& fn) const = 0;

  /// The verified bytes of a document. Throws: as read(); limit_exceeded beyond
  /// Limits::document_bytes, before anything is read.
  [[nodiscard]] virtual std::string read_document(const oci::Descriptor& descriptor) const = 0;

  /// Begins a blob that will be named by this algorithm. Throws: permission, io, no_space; conflict
  /// if a collector of garbage does not end in time.
  [[nodiscard]] virtual std::unique_ptr<BlobWriter> create(
      digest::Algorithm algorithm = digest::Algorithm::sha256) = 0;

  /// Stores bytes at once.
  StoredBlob put(std::string_view bytes, digest::Algorithm algorithm = digest::Algorithm::sha256);

  /// Size of the blob's file; nullopt if there is none.
  [[nodiscard]] virtual std::optional<std::uint64_t> find(const digest::Digest& digest) const = 0;
};

}  // namespace umoci::store
