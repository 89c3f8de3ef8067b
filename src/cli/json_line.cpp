// SPDX-License-Identifier: Apache-2.0
#include <cli/json_line.hpp>

#include <cli/code_point_ranges.hpp>

#include <umoci/base/utf8.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <ostream>

namespace umoci::cli {
namespace {

// Bidi_Control of Unicode 15.0 behind DEL and C1. What is below U+0020 is always escaped.
constexpr CodePointRange controls[] = {
    {0x7f, 0x9f}, {0x61c, 0x61c}, {0x200e, 0x200f}, {0x202a, 0x202e}, {0x2066, 0x2069}};

}  // namespace

std::string escape_controls(std::string_view json) {
  std::string out;
  while (!json.empty()) {
    const std::size_t length = utf8_length(json);
    const std::string_view sequence = json.substr(0, std::max<std::size_t>(length, 1));
    json.remove_prefix(sequence.size());
    const char32_t point = length > 0 ? utf8_decode(sequence) : 0;
    // These stand within strings only: the rest of JSON is ASCII that can be seen.
    if (is_in(controls, point)) {
      out += fmt::format("\\u{:04x}", static_cast<std::uint32_t>(point));
    } else {
      out += sequence;
    }
  }
  return out;
}

void print_json_line(const Io& io, const oci::Json& json) {
  const std::string text = json.dump();
  io.out << (io.out_is_terminal ? escape_controls(text) : text) << '\n';
}

}  // namespace umoci::cli
