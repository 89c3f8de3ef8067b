// SPDX-License-Identifier: Apache-2.0
// Digests beside the specification's grammar, written down as regular expressions, and content
// hashed in pieces beside the same content hashed at once by OpenSSL.
#include <fuzz/input.hpp>
#include <fuzz/target.hpp>

#include <umoci/base/error.hpp>
#include <umoci/digest/digest.hpp>
#include <umoci/digest/hasher.hpp>

#include <openssl/sha.h>
#include <regex.h>

#include <array>
#include <optional>
#include <string>
#include <string_view>

namespace umoci::digest {
namespace {

using fuzz::expect;
using fuzz::Input;

/// A POSIX extended expression, anchored at both ends.
class Expression {
 public:
  explicit Expression(const std::string& text) {
    expect(::regcomp(&regex_, ("^(" + text + ")$").c_str(), REG_EXTENDED | REG_NOSUB) == 0,
           "an expression of this program is malformed");
  }
  Expression(const Expression&) = delete;
  Expression& operator=(const Expression&) = delete;
  ~Expression() { ::regfree(&regex_); }

  [[nodiscard]] bool matches(std::string_view text) const {
    // The expression ends at a NUL, a line break is not its end.
    return text.find('\0') == std::string_view::npos &&
           ::regexec(&regex_, std::string(text).c_str(), 0, nullptr, 0) == 0;
  }

 private:
  regex_t regex_{};
};

/// What the specification says of a text (image-spec descriptor.md, Digests).
struct Verdict {
  bool is_digest = false;
  std::optional<Algorithm> algorithm;
};

Verdict verdict_on(std::string_view text) {
  static const Expression grammar("[a-z0-9]+([+._-][a-z0-9]+)*:[a-zA-Z0-9=_-]+");
  static const Expression sha256("sha256:[a-f0-9]{64}");
  static const Expression sha384("sha384:[a-f0-9]{96}");
  static const Expression sha512("sha512:[a-f0-9]{128}");
  static const Expression registered("sha(256|384|512):.*");
  if (sha256.matches(text)) return {true, Algorithm::sha256};
  if (sha384.matches(text)) return {true, Algorithm::sha384};
  if (sha512.matches(text)) return {true, Algorithm::sha512};
  return {grammar.matches(text) && !registered.matches(text), std::nullopt};
}

/// The kind of error of `fn`; nullopt if there is none.
template <class Fn>
std::optional<ErrorKind> error_of(Fn fn) {
  try {
    fn();
    return std::nullopt;
  } catch (const Error& error) {
    return error.kind();
  }
}

void check_grammar(std::string_view text) {
  const Verdict verdict = verdict_on(text);
  const Digest digest{std::string(text)};
  expect(digest.text() == text, "a digest is not the text it was made of");

  const auto parsing = error_of([&] { expect(Digest::parse(text) == digest, "digests differ"); });
  const auto checking = error_of([&] { digest.check(); });
  expect(parsing == checking, "parsing and checking disagree");
  expect(checking.value_or(ErrorKind::invalid_data) == ErrorKind::invalid_data,
         "another kind of error");
  expect(!checking == verdict.is_digest, "the grammar is not the specification's");

  std::optional<Algorithm> required;
  const auto requiring = error_of([&] { required = digest.require_algorithm(); });
  if (!verdict.is_digest) {
    expect(requiring == ErrorKind::invalid_data, "an algorithm of what is no digest");
    return;
  }
  expect(required == verdict.algorithm, "another algorithm");
  expect(digest.algorithm() == verdict.algorithm, "another algorithm without asking");
  expect(verdict.algorithm || requiring == ErrorKind::unsupported, "another kind of refusal");
  expect(std::string(digest.algorithm_name()) + ':' + std::string(digest.encoded()) == text,
         "the parts are not the whole");
  // What was checked becomes a path.
  expect(text.find('/') == std::string_view::npos && !digest.encoded().starts_with('.'),
         "a digest leads out of its directory");
}

std::string hex(const unsigned char* bytes, std::size_t size) {
  static constexpr std::string_view digits = "0123456789abcdef";
  std::string text;
  for (std::size_t i = 0; i < size; ++i) {
    text += digits[bytes[i] >> 4U];
    text += digits[bytes[i] & 15U];
  }
  return text;
}

/// `algorithm:` and what OpenSSL says of the content.
std::string hashed_at_once(Algorithm algorithm, std::string_view content) {
  const auto* bytes = reinterpret_cast<const unsigned char*>(content.data());
  std::array<unsigned char, SHA512_DIGEST_LENGTH> result{};
  switch (algorithm) {
    case Algorithm::sha256:
      ::SHA256(bytes, content.size(), result.data());
      return "sha256:" + hex(result.data(), SHA256_DIGEST_LENGTH);
    case Algorithm::sha384:
      ::SHA384(bytes, content.size(), result.data());
      return "sha384:" + hex(result.data(), SHA384_DIGEST_LENGTH);
    case Algorithm::sha512:
      break;
  }
  ::SHA512(bytes, content.size(), result.data());
  return "sha512:" + hex(result.data(), SHA512_DIGEST_LENGTH);
}

void check_hashing(std::string_view content) {
  for (const auto algorithm : {Algorithm::sha256, Algorithm::sha384, Algorithm::sha512}) {
    const std::string expected = hashed_at_once(algorithm, content);
    Hasher hasher(algorithm);
    // A second round finds a hasher that does not start anew.
    for (int round = 0; round < 2; ++round) {
      for (Input pieces(content); !pieces.empty();) {
        const std::string_view piece =
            pieces.take(1 + static_cast<unsigned char>(pieces.rest().front()));
        hasher.update({reinterpret_cast<const std::byte*>(piece.data()), piece.size()});
      }
      expect(hasher.finish().text() == expected, "hashed in pieces it is another digest");
    }
    expect(digest_of(content, algorithm).text() == expected, "hashed at once it is another digest");
    check_grammar(expected);
  }
}

}  // namespace
}  // namespace umoci::digest

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = umoci::fuzz::as_text(data, size);
  umoci::digest::check_grammar(text);
  umoci::digest::check_hashing(text);
  return 0;
}
