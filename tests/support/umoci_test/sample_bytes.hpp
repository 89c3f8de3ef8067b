// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

namespace umoci::test {

/// `size` bytes that look like a file to a compressor: words that recur, numbers, runs of zeros and
/// stretches of noise. The same for the same arguments, everywhere.
[[nodiscard]] inline std::string sample_bytes(std::size_t size, std::uint64_t seed = 1) {
  std::uint64_t state = seed * 0x9e3779b97f4a7c15U + 1;
  const auto random = [&state](std::uint64_t below) {
    state ^= state << 13U;
    state ^= state >> 7U;
    state ^= state << 17U;
    return state % below;
  };
  static constexpr const char* words[] = {"directory", "entry ", "whiteout", "\n", "layer ",
                                          "umoci",     " of ",   "digest=",  "\t", "sha256:"};
  std::string bytes;
  while (bytes.size() < size) {
    const std::uint64_t choice = random(100);
    if (choice < 80)
      bytes += words[random(10)];
    else if (choice < 90)
      bytes += std::to_string(random(1'000'000));
    else if (choice < 95)
      bytes.append(random(200), '\0');
    else
      for (std::uint64_t i = random(100); i > 0; --i) bytes += static_cast<char>(random(256));
  }
  bytes.resize(size);
  return bytes;
}

}  // namespace umoci::test
