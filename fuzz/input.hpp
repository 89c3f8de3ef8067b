// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <string_view>

namespace umoci::fuzz {

/// Values made of the bytes of a fuzzer's input, from front to back. Behind the end everything is
/// zero or empty, so that any input is a valid one.
class Input {
 public:
  explicit Input(std::string_view bytes) : rest_(bytes) {}

  [[nodiscard]] bool empty() const noexcept { return rest_.empty(); }
  [[nodiscard]] std::string_view rest() const noexcept { return rest_; }

  std::uint8_t byte() {
    if (rest_.empty()) return 0;
    const auto value = static_cast<std::uint8_t>(rest_.front());
    rest_.remove_prefix(1);
    return value;
  }

  /// Little-endian, of 1 to 8 bytes.
  std::uint64_t number(unsigned bytes) {
    std::uint64_t value = 0;
    for (unsigned i = 0; i < bytes; ++i) value |= std::uint64_t{byte()} << 8U * i;
    return value;
  }

  /// Less than `bound`, which is 1 to 256.
  std::size_t below(std::size_t bound) { return byte() % bound; }

  bool coin() { return byte() % 2 == 1; }

  /// One of the elements of a container of at most 256.
  template <class Container>
  decltype(auto) pick(const Container& choices) {
    return choices[below(std::size(choices))];
  }

  /// As many bytes as the next byte says, and is there.
  std::string_view text() { return take(byte()); }

  std::string_view take(std::size_t count) {
    const std::string_view text = rest_.substr(0, count);
    rest_.remove_prefix(text.size());
    return text;
  }

 private:
  std::string_view rest_;
};

}  // namespace umoci::fuzz
