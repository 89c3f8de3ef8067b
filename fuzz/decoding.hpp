// SPDX-License-Identifier: Apache-2.0
#pragma once

// What the targets for decoders share: how a stream ends, by our code and by another library.

#include <fuzz/target.hpp>

#include <umoci/base/error.hpp>
#include <umoci/base/limits.hpp>
#include <umoci/io/source.hpp>

#include <optional>
#include <string>

namespace umoci::fuzz {

/// Small enough to be met by inputs of a few bytes.
constexpr Limits decoder_limits{.layer_bytes = 1U << 20U, .zstd_window_bytes = 1U << 20U};

/// What our decoders make of a stream.
struct Decoding {
  std::string plain;  ///< what came before an error
  std::optional<ErrorKind> error;
  std::string message;

  friend bool operator==(const Decoding&, const Decoding&) = default;
};

inline Decoding read_decoder(io::Source& decoder) {
  Decoding decoding;
  try {
    for (io::Bytes bytes = decoder.peek(); !bytes.empty(); bytes = decoder.peek()) {
      decoding.plain += io::as_text(bytes);
      decoder.consume(bytes.size());
    }
  } catch (const Error& error) {
    decoding.error = error.kind();
    decoding.message = error.what();
  }
  return decoding;
}

/// What another library makes of it.
struct Expectation {
  enum class End {
    good,
    bad,
    beyond_limit,  ///< at more than Limits::layer_bytes it was not looked at any further
  };
  std::string plain;  ///< unless it is bad
  End end = End::bad;
};

inline void check_decoding(const Decoding& ours, const Expectation& expected) {
  using End = Expectation::End;
  expect(!ours.error || *ours.error == ErrorKind::invalid_data ||
             *ours.error == ErrorKind::limit_exceeded,
         "another kind of error");
  expect(ours.plain.size() <= decoder_limits.layer_bytes, "more bytes than the limit");
  switch (expected.end) {
    case End::good:
      if (ours.error) fail("a good stream is refused: " + ours.message);
      expect(ours.plain == expected.plain, "the other library has other bytes");
      break;
    case End::bad:
      expect(ours.error.has_value(), "a stream that the other library refuses is accepted");
      break;
    case End::beyond_limit:
      expect(ours.error.has_value(), "a stream beyond the limit is accepted");
      expect(expected.plain.starts_with(ours.plain), "the other library has other bytes");
      break;
  }
}

}  // namespace umoci::fuzz
