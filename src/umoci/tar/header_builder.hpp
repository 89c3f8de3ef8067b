// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <umoci/tar/header_block.hpp>

#include <array>
#include <cstdint>
#include <string_view>

namespace umoci::tar {

/// True if the field can hold the number as octal digits and a NUL.
[[nodiscard]] bool fits_octal(const Field& field, std::int64_t number);

/// Builds a ustar header, byte for byte as Go's archive/tar does. Fields not set are NULs.
/// Spec: POSIX.1-2017 pax, "ustar Interchange Format".
class HeaderBuilder {
 public:
  void set_type(char type) { block_[field::type.offset] = type; }
  /// Cuts off what does not fit, and then a slash at the end of what does.
  void set_text(const Field& field, std::string_view text);
  /// Zero if it does not fit.
  void set_number(const Field& field, std::int64_t number);

  /// The block, complete with magic and checksum. Valid as long as this object.
  [[nodiscard]] std::string_view finish();

 private:
  void set_octal(const Field& field, std::size_t digits, std::uint64_t number);

  std::array<char, block_bytes> block_{};
};

}  // namespace umoci::tar
