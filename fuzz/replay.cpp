// SPDX-License-Identifier: Apache-2.0
// usage: replay COUNT CORPUS-FILE...
// Runs a fuzz target without a fuzzer: on the files of its corpus, then on COUNT inputs made of
// them by changes that are random but the same every time. Needs no clang; ctest runs it.
#include <fuzz/target.hpp>

#include <umoci_test/temporary_directory.hpp>

#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <random>
#include <string>
#include <vector>

// Absent where the target needs no mutator of its own, or nothing was instrumented.
#pragma weak LLVMFuzzerCustomMutator
extern "C" void __sanitizer_set_death_callback(void (*callback)());
#pragma weak __sanitizer_set_death_callback

namespace umoci::fuzz {
namespace {

constexpr std::size_t max_input_bytes = 4096;

// What a dying program says of its last input must be found without an argument.
std::mt19937* mutation_randomness = nullptr;
const std::vector<std::uint8_t>* present_input = nullptr;

std::size_t random_below(std::size_t bound) { return (*mutation_randomness)() % bound; }

/// Prints the input as hex, for `xxd -r -p`.
void report_input() {
  static constexpr char digits[] = "0123456789abcdef";
  std::string text = "replay: failed on the input ";
  if (present_input != nullptr) {
    for (const std::uint8_t byte : *present_input) {
      text += digits[byte >> 4U];
      text += digits[byte & 15U];
    }
  }
  text += '\n';
  static_cast<void>(!::write(STDERR_FILENO, text.data(), text.size()));
}

void on_abort(int) { report_input(); }

void run(const std::vector<std::uint8_t>& input) {
  present_input = &input;
  // In memory of just its size, so that AddressSanitizer sees a step beyond it.
  const std::vector<std::uint8_t> copy(input.begin(), input.end());
  LLVMFuzzerTestOneInput(copy.data(), copy.size());
}

std::vector<std::uint8_t> any_bytes() {
  std::vector<std::uint8_t> bytes(random_below(random_below(2) == 0 ? 16 : 512));
  for (std::uint8_t& byte : bytes) byte = static_cast<std::uint8_t>(random_below(256));
  return bytes;
}

/// One of the seeds, changed a few times; now and then joined to another one, or just noise.
std::vector<std::uint8_t> any_input(const std::vector<std::vector<std::uint8_t>>& seeds) {
  std::vector<std::uint8_t> input =
      seeds.empty() || random_below(16) == 0 ? any_bytes() : seeds[random_below(seeds.size())];
  if (!seeds.empty() && random_below(8) == 0) {
    const std::vector<std::uint8_t>& other = seeds[random_below(seeds.size())];
    input.insert(input.end(), other.begin(), other.end());
  }
  std::size_t size = std::min(input.size(), max_input_bytes);
  input.resize(max_input_bytes);
  const std::size_t changes = random_below(6);
  for (std::size_t i = 0; i < changes; ++i) {
    if (LLVMFuzzerCustomMutator != nullptr) {
      const auto seed = static_cast<unsigned>((*mutation_randomness)());
      size = LLVMFuzzerCustomMutator(input.data(), size, max_input_bytes, seed);
    } else {
      size = LLVMFuzzerMutate(input.data(), size, max_input_bytes);
    }
  }
  input.resize(size);
  return input;
}

}  // namespace
}  // namespace umoci::fuzz

std::size_t LLVMFuzzerMutate(std::uint8_t* data, std::size_t size, std::size_t max_size) {
  using umoci::fuzz::random_below;
  const std::size_t at = random_below(size + 1);
  const std::size_t count = 1 + random_below(random_below(4) == 0 ? 64 : 4);
  std::vector<std::uint8_t> bytes(data, data + size);
  const auto position = bytes.begin() + static_cast<std::ptrdiff_t>(at);
  const auto behind = static_cast<std::ptrdiff_t>(std::min(size, at + count));
  switch (random_below(5)) {
    case 0:
      bytes.erase(position, bytes.begin() + behind);
      break;
    case 1:
      bytes.insert(position, count, static_cast<std::uint8_t>(random_below(256)));
      break;
    case 2: {
      const std::vector<std::uint8_t> piece(position, bytes.begin() + behind);
      const auto to = static_cast<std::ptrdiff_t>(random_below(size + 1));
      bytes.insert(bytes.begin() + to, piece.begin(), piece.end());
      break;
    }
    case 3:
      if (at < size) bytes[at] ^= static_cast<std::uint8_t>(1U << random_below(8));
      break;
    default:
      if (at < size) bytes[at] = static_cast<std::uint8_t>(random_below(256));
  }
  bytes.resize(std::min(bytes.size(), max_size));
  std::copy(bytes.begin(), bytes.end(), data);
  return bytes.size();
}

int main(int argc, char** argv) {
  using namespace umoci::fuzz;
  if (argc < 2) {
    std::fprintf(stderr, "usage: %s COUNT CORPUS-FILE...\n", argv[0]);
    return 2;
  }
  std::signal(SIGABRT, on_abort);
  if (__sanitizer_set_death_callback != nullptr) __sanitizer_set_death_callback(report_input);
  // The same numbers every time: whoever sees a failure can see it again.
  std::mt19937 randomness;  // NOLINT(bugprone-random-generator-seed)
  mutation_randomness = &randomness;

  std::vector<std::vector<std::uint8_t>> seeds;
  for (int i = 2; i < argc; ++i) {
    const std::string bytes = umoci::test::read_file(argv[i]);
    seeds.emplace_back(bytes.begin(), bytes.end());
    run(seeds.back());
  }
  const std::size_t count = std::strtoul(argv[1], nullptr, 10);
  for (std::size_t i = 0; i < count; ++i) run(any_input(seeds));
  std::printf("%zu inputs of the corpus and %zu others\n", seeds.size(), count);
  return 0;
}
