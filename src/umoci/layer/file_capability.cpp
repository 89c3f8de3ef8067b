// SPDX-License-Identifier: Apache-2.0
#include <umoci/layer/file_capability.hpp>

namespace umoci::layer {
namespace {

// Little-endian words: revision and flags, two pairs of permitted and inheritable sets; behind
// them, in revision 3 only, the user.
constexpr std::size_t word_bytes = 4;
constexpr std::size_t plain_bytes = 5 * word_bytes;
constexpr std::uint32_t revision_mask = 0xff000000;
constexpr std::uint32_t plain_revision = 0x02000000;
constexpr std::uint32_t owned_revision = 0x03000000;

std::uint32_t word_at(std::string_view value, std::size_t offset) {
  std::uint32_t word = 0;
  for (std::size_t i = word_bytes; i-- > 0;) {
    word = word << 8U | static_cast<unsigned char>(value[offset + i]);
  }
  return word;
}

std::string bytes_of(std::uint32_t word) {
  std::string bytes;
  for (std::size_t i = 0; i < word_bytes; ++i, word >>= 8U) {
    bytes += static_cast<char>(word & 0xffU);
  }
  return bytes;
}

std::string with_revision(std::string_view value, std::uint32_t revision) {
  const std::uint32_t flags = word_at(value, 0) & ~revision_mask;
  return bytes_of(revision | flags).append(value.substr(word_bytes, plain_bytes - word_bytes));
}

bool is_revision(std::string_view value, std::uint32_t revision, std::size_t size_bytes) {
  return value.size() == size_bytes && (word_at(value, 0) & revision_mask) == revision;
}

}  // namespace

std::string capability_for_disk(std::string_view value, std::uint32_t root_uid) {
  if (root_uid == 0 || !is_revision(value, plain_revision, plain_bytes)) return std::string(value);
  return with_revision(value, owned_revision) + bytes_of(root_uid);
}

std::string capability_for_layer(std::string_view value, std::uint32_t root_uid) {
  if (!is_revision(value, owned_revision, plain_bytes + word_bytes) ||
      word_at(value, plain_bytes) != root_uid) {
    return std::string(value);
  }
  return with_revision(value, plain_revision);
}

}  // namespace umoci::layer
