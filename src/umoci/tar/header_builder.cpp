// SPDX-License-Identifier: Apache-2.0
#include <umoci/tar/header_builder.hpp>

#include <algorithm>

namespace umoci::tar {
namespace {

constexpr std::string_view magic_and_version{
    "ustar\0"
    "00",
    8};

}  // namespace

bool fits_octal(const Field& field, std::int64_t number) {
  return number >= 0 && static_cast<std::uint64_t>(number) >> (3 * (field.size - 1)) == 0;
}

void HeaderBuilder::set_text(const Field& field, std::string_view text) {
  const std::string_view kept = text.substr(0, field.size);
  std::copy(kept.begin(), kept.end(), block_.begin() + static_cast<std::ptrdiff_t>(field.offset));
  if (kept.size() < text.size() && kept.ends_with('/')) {
    // Some readers would take a file for a directory because of it. Only the first of several
    // slashes is replaced: that ends the name.
    block_[field.offset + kept.find_last_not_of('/') + 1] = '\0';
  }
}

void HeaderBuilder::set_number(const Field& field, std::int64_t number) {
  set_octal(field, field.size - 1,
            fits_octal(field, number) ? static_cast<std::uint64_t>(number) : 0);
}

std::string_view HeaderBuilder::finish() {
  set_text(field::magic, magic_and_version);
  std::fill_n(block_.begin() + field::checksum.offset, field::checksum.size, ' ');
  std::uint32_t sum = 0;
  for (const char byte : block_) sum += static_cast<unsigned char>(byte);
  // Unlike other numbers: six digits, NUL, and the blank that is there already.
  set_octal(field::checksum, field::checksum.size - 2, sum);
  block_[field::checksum.offset + field::checksum.size - 2] = '\0';
  return {block_.data(), block_.size()};
}

void HeaderBuilder::set_octal(const Field& field, std::size_t digits, std::uint64_t number) {
  for (std::size_t i = digits; i > 0; --i) {
    block_[field.offset + i - 1] = static_cast<char>('0' + (number & 7U));
    number >>= 3U;
  }
}

}  // namespace umoci::tar
