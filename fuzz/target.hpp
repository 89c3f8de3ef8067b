// SPDX-License-Identifier: Apache-2.0
#pragma once

// What a fuzz target is: a function of bytes that ends the program when something is wrong. A
// target says more than "does not crash": it compares the code with a model, with another program's
// library, or with itself the other way round.

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

/// Runs the target on one input. Returns 0 always.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

/// Changes an input, up to `max_size` bytes, and returns its new size. Only some targets have one:
/// where random changes would hardly ever get past a checksum.
extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size,
                                               std::size_t max_size, unsigned seed);

/// Changes an input at random. Of the fuzzer, or of replay.cpp.
extern "C" std::size_t LLVMFuzzerMutate(std::uint8_t* data, std::size_t size, std::size_t max_size);

namespace umoci::fuzz {

[[nodiscard]] inline std::string_view as_text(const std::uint8_t* data, std::size_t size) {
  return {reinterpret_cast<const char*>(data), size};
}

/// Ends the program, so that the fuzzer keeps the input.
[[noreturn]] inline void fail(const std::string& what) {
  std::fprintf(stderr, "oracle: %s\n", what.c_str());
  std::abort();
}

/// fail() unless `holds`.
inline void expect(bool holds, const char* what) {
  if (!holds) fail(what);
}

}  // namespace umoci::fuzz
