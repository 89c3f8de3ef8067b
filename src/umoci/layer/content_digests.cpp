// SPDX-License-Identifier: Apache-2.0
#include <umoci/layer/content_digests.hpp>

#include <umoci/base/error.hpp>

namespace umoci::layer {
namespace {

constexpr std::string_view digits = "0123456789abcdef";

unsigned value_of(char digit) {
  if (digit >= '0' && digit <= '9') return static_cast<unsigned>(digit - '0');
  if (digit >= 'a' && digit <= 'f') return static_cast<unsigned>(digit - 'a') + 10;
  throw Error(ErrorKind::invalid_argument, "not a hex digit: " + quoted(std::string(1, digit)));
}

}  // namespace

void ContentDigests::record(tree::InodeId inode, std::string_view sha256) {
  std::array<std::byte, 32> bytes{};
  if (sha256.size() != 2 * bytes.size()) {
    throw Error(ErrorKind::invalid_argument, "not a SHA-256 in hex: " + quoted(sha256));
  }
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    bytes[i] = std::byte(value_of(sha256[2 * i]) << 4U | value_of(sha256[2 * i + 1]));
  }
  digests_.insert_or_assign(inode, bytes);
}

std::optional<std::string> ContentDigests::find(tree::InodeId inode) const {
  const auto found = digests_.find(inode);
  if (found == digests_.end()) return std::nullopt;
  std::string text;
  text.reserve(2 * found->second.size());
  for (const std::byte byte : found->second) {
    text += digits[std::to_integer<unsigned>(byte) >> 4U];
    text += digits[std::to_integer<unsigned>(byte) & 15U];
  }
  return text;
}

}  // namespace umoci::layer
