// SPDX-License-Identifier: Apache-2.0
#include <umoci/check/digest_check.hpp>

#include <umoci/base/error.hpp>
#include <umoci/digest/digest.hpp>

#include <algorithm>
#include <array>
#include <string>

namespace umoci::check {
namespace {

/// Spec: image-spec descriptor.md, Registered Algorithms.
struct Registered {
  std::string_view name;
  std::size_t hex_digits;
};
constexpr std::array<Registered, 3> registered_algorithms{
    {{"sha256", 64}, {"sha512", 128}, {"blake3", 64}}};

const Registered* find_registered(std::string_view algorithm) {
  const auto* found = std::ranges::find(registered_algorithms, algorithm, &Registered::name);
  return found == registered_algorithms.end() ? nullptr : found;
}

std::string_view algorithm_of(std::string_view digest) {
  return digest.substr(0, digest.find(':'));
}

std::string_view encoded_of(std::string_view digest) {
  const std::size_t colon = digest.find(':');
  return colon == std::string_view::npos ? std::string_view() : digest.substr(colon + 1);
}

bool is_lower_hex(std::string_view text) {
  return std::ranges::all_of(
      text, [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

/// The grammar, whatever the algorithm.
bool follows_grammar(std::string_view digest) {
  // A name that nobody knows has no rules beyond the grammar, which is left to check().
  const std::string text = "x" + std::string(digest);
  constexpr std::string_view separators = "+._-";
  if (digest.empty() || separators.find(digest.front()) != std::string_view::npos ||
      algorithm_of(digest).empty() || encoded_of(digest).empty()) {
    return false;
  }
  try {
    digest::Digest(text).check();
    return true;
  } catch (const Error&) {
    return false;
  }
}

bool follows_algorithm(std::string_view digest) {
  const auto encoded = encoded_of(digest);
  if (const Registered* known = find_registered(algorithm_of(digest))) {
    return encoded.size() == known->hex_digits && is_lower_hex(encoded);
  }
  try {
    digest::Digest(std::string(digest)).check();
    return true;
  } catch (const Error&) {
    return false;
  }
}

}  // namespace

bool can_verify(std::string_view digest) {
  return digest::Digest(std::string(digest)).algorithm().has_value();
}

bool is_algorithm_name(std::string_view name) {
  return name.find(':') == std::string_view::npos && follows_grammar(std::string(name) + ":x");
}

std::string_view digest_fault(std::string_view digest) {
  if (!follows_grammar(digest)) return "is no digest";
  if (!follows_algorithm(digest)) return "has not the form that its algorithm asks for";
  return {};
}

bool check_digest(std::string_view digest, const oci::Place& place, DocumentReport& report,
                  std::string_view grammar_rule) {
  if (!follows_grammar(digest)) {
    report.add(grammar_rule, place, quoted(digest) + " is no digest");
    return false;
  }
  const std::string_view algorithm = algorithm_of(digest);
  if (!follows_algorithm(digest)) {
    report.add(
        "D03", place,
        quoted(digest) + " is not lower-case hex of the length that " + quoted(algorithm) + " has");
    return false;
  }
  if (find_registered(algorithm) == nullptr) {
    report.add("D04", place, "algorithm " + quoted(algorithm) + " is not registered");
  }
  if (!can_verify(digest)) {
    report.add("L08", place, "nothing here can verify digests of " + quoted(algorithm));
  }
  return true;
}

}  // namespace umoci::check
