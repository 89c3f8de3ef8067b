// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <umoci/base/limits.hpp>
#include <umoci/base/log.hpp>
#include <umoci/store/blob_store.hpp>

#include <cstdint>
#include <functional>
#include <stop_token>
#include <string>

namespace umoci::store {

/// What reading blobs has in common, wherever they are kept: descriptors are checked before
/// anything is opened, embedded data counts in place of a blob, and every byte lent is verified.
class VerifiedBlobs : public BlobStore {
 public:
  VerifiedBlobs(const Limits& limits, std::stop_token stop, Log& log)
      : limits_(limits), stop_(std::move(stop)), log_(log) {}

  void read(const oci::Descriptor& descriptor,
            const std::function<void(io::Source&)>& fn) const final;
  [[nodiscard]] std::string read_document(const oci::Descriptor& descriptor) const final;

 protected:
  /// A blob as it is kept.
  struct Stored {
    io::Source& bytes;
    std::uint64_t size_bytes;
  };

  /// Finds the blob of a descriptor that is in order and embeds nothing, and lends it, verified.
  virtual void read_stored(const oci::Descriptor& descriptor,
                           const std::function<void(io::Source&)>& fn) const = 0;

  /// Lends what was found, verified. Throws: corrupt; cancelled.
  void lend(Stored stored, const oci::Descriptor& descriptor,
            const std::function<void(io::Source&)>& fn) const;
  [[noreturn]] static void fail_missing(const digest::Digest& digest);

 private:
  const Limits limits_;
  const std::stop_token stop_;
  Log& log_;
};

}  // namespace umoci::store
