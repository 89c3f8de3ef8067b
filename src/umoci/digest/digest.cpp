// SPDX-License-Identifier: Apache-2.0
#include <umoci/digest/digest.hpp>

#include <umoci/base/error.hpp>

#include <algorithm>
#include <array>

namespace umoci::digest {
namespace {

struct Known {
  Algorithm algorithm;
  std::string_view name;
  std::size_t encoded_length;
};

constexpr std::array<Known, 3> known_algorithms{{
    {Algorithm::sha256, "sha256", 64},
    {Algorithm::sha384, "sha384", 96},
    {Algorithm::sha512, "sha512", 128},
}};

const Known& known(Algorithm algorithm) {
  return known_algorithms.at(static_cast<std::size_t>(algorithm));
}

bool is_lower_hex(char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); }
bool is_lower_alnum(char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z'); }
bool is_separator(char c) { return c == '+' || c == '.' || c == '_' || c == '-'; }
bool is_encoded(char c) {
  return is_lower_alnum(c) || (c >= 'A' && c <= 'Z') || c == '=' || c == '_' || c == '-';
}

/// One or more runs of lower-case letters and digits, joined by single separators.
bool is_algorithm_name(std::string_view name) {
  bool after_separator = true;
  for (const char c : name) {
    if (!is_lower_alnum(c) && (after_separator || !is_separator(c))) return false;
    after_separator = is_separator(c);
  }
  return !after_separator;
}

[[noreturn]] void fail(std::string_view text, std::string_view why) {
  throw Error(ErrorKind::invalid_data, "invalid digest: " + quoted(text) + ": " + std::string(why));
}

}  // namespace

std::string_view name_of(Algorithm algorithm) { return known(algorithm).name; }
std::size_t encoded_length(Algorithm algorithm) { return known(algorithm).encoded_length; }

Digest Digest::parse(std::string_view text) {
  Digest digest{std::string(text)};
  digest.check();
  return digest;
}

std::string_view Digest::algorithm_name() const {
  return std::string_view(text_).substr(0, text_.find(':'));
}

std::string_view Digest::encoded() const {
  const std::size_t colon = text_.find(':');
  if (colon == std::string::npos) return {};
  return std::string_view(text_).substr(colon + 1);
}

std::optional<Algorithm> Digest::algorithm() const {
  const std::string_view name = algorithm_name();
  for (const Known& candidate : known_algorithms) {
    if (candidate.name == name) return candidate.algorithm;
  }
  return std::nullopt;
}

void Digest::check() const {
  const std::string_view code = encoded();
  if (!is_algorithm_name(algorithm_name()) || code.empty() ||
      !std::ranges::all_of(code, is_encoded)) {
    fail(text_, "invalid checksum digest format");
  }
  const auto algorithm = this->algorithm();
  if (!algorithm) return;
  if (code.size() != encoded_length(*algorithm)) fail(text_, "invalid checksum digest length");
  if (!std::ranges::all_of(code, is_lower_hex)) fail(text_, "invalid checksum digest format");
}

Algorithm Digest::require_algorithm() const {
  check();
  if (const auto algorithm = this->algorithm()) return *algorithm;
  throw Error(ErrorKind::unsupported,
              "invalid digest: " + quoted(text_) + ": unsupported digest algorithm");
}

}  // namespace umoci::digest
