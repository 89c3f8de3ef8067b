// SPDX-License-Identifier: Apache-2.0
// Names in manifests: what vis() writes has an alphabet, says what it was made of, and whatever
// unvis() reads can be written again.
#include <fuzz/target.hpp>

#include <umoci/base/error.hpp>
#include <umoci/mtree/vis.hpp>

#include <algorithm>
#include <optional>

namespace umoci::mtree {
namespace {

using fuzz::expect;

/// A decoder of no more than what vis() should write: three octal digits, or a doubled backslash.
std::optional<std::string> decode_plainly(std::string_view text) {
  std::string bytes;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\\') {
      bytes += text[i];
    } else if (i + 1 < text.size() && text[i + 1] == '\\') {
      bytes += '\\';
      i += 1;
    } else {
      unsigned value = 0;
      if (i + 3 >= text.size()) return std::nullopt;
      for (std::size_t digit = i + 1; digit <= i + 3; ++digit) {
        if (text[digit] < '0' || text[digit] > '7') return std::nullopt;
        value = value * 8 + static_cast<unsigned>(text[digit] - '0');
      }
      bytes += static_cast<char>(static_cast<unsigned char>(value));
      i += 3;
    }
  }
  return bytes;
}

/// No blank, control, or non-ASCII bytes, and none that a shell or a comment would take.
bool fits_word(std::string_view word) {
  return std::all_of(word.begin(), word.end(), [](char c) {
    return c > ' ' && c < '\x7f' && c != '*' && c != '?' && c != '[' && c != '#';
  });
}

bool fits_comment(std::string_view text) {
  return std::none_of(text.begin(), text.end(),
                      [](char c) { return (static_cast<unsigned char>(c) < 0x20 || c == '\x7f'); });
}

void check_encoding(std::string_view bytes) {
  const std::string word = vis(bytes);
  expect(fits_word(word), "an encoded name has bytes that do not belong in a word");
  expect(decode_plainly(word) == bytes, "an encoded name says something else");
  expect(unvis(word) == bytes, "an encoded name is decoded to something else");

  const std::string comment = vis_comment(bytes);
  expect(fits_comment(comment), "an encoded comment has control bytes");
  expect(decode_plainly(comment) == bytes, "an encoded comment says something else");
  expect(unvis(comment) == bytes, "an encoded comment is decoded to something else");
}

void check_decoding(std::string_view text) {
  std::string bytes;
  try {
    bytes = unvis(text);
  } catch (const Error& error) {
    expect(error.kind() == ErrorKind::invalid_data, "another kind of error");
    expect(text.find('\\') != std::string_view::npos, "a text without escapes is refused");
    return;
  }
  expect(bytes.size() <= text.size(), "decoding makes a text longer");
  check_encoding(bytes);
}

}  // namespace
}  // namespace umoci::mtree

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes = umoci::fuzz::as_text(data, size);
  umoci::mtree::check_encoding(bytes);
  umoci::mtree::check_decoding(bytes);
  return 0;
}
