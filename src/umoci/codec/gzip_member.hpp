// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <umoci/codec/gzip_format.hpp>
#include <umoci/io/source.hpp>

#include <libdeflate.h>

#include <cstddef>
#include <cstdint>
#include <memory>

namespace umoci::codec {

/// A gzip member that is held in memory as a whole, without its header. Reusable.
class SizedGzipMember {
 public:
  SizedGzipMember();

  /// True if a member with this header is small enough to be read as a whole.
  [[nodiscard]] static bool accepts(const GzipHeader& header);

  /// Reads what follows the header. Throws: invalid_data.
  void read(io::Source& source, const GzipHeader& header);

  /// Decompresses and checks what was read. Throws: invalid_data.
  void run();

  [[nodiscard]] io::Bytes plain() const { return {plain_.get(), plain_bytes_}; }
  [[nodiscard]] std::uint64_t member_bytes() const { return member_bytes_; }

 private:
  struct FreeDecompressor {
    void operator()(libdeflate_decompressor* inflater) const noexcept {
      libdeflate_free_decompressor(inflater);
    }
  };

  std::unique_ptr<libdeflate_decompressor, FreeDecompressor> inflater_;
  std::unique_ptr<std::byte[]> body_;
  std::unique_ptr<std::byte[]> plain_;
  std::uint64_t member_bytes_ = 0;
  std::size_t body_bytes_ = 0;
  std::size_t plain_bytes_ = 0;
};

}  // namespace umoci::codec
