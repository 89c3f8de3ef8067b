// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <umoci/base/error.hpp>

#include <ostream>
#include <string>
#include <string_view>

namespace umoci::test {

/// How a call ended: the kind of Error it threw and its text, or that it threw none.
struct Outcome {
  bool has_thrown = false;
  ErrorKind kind{};
  std::string text;

  /// True if it threw an Error of this kind whose text contains `part`.
  [[nodiscard]] bool is(ErrorKind expected, std::string_view part = {}) const {
    return has_thrown && kind == expected && text.find(part) != std::string::npos;
  }

  friend std::ostream& operator<<(std::ostream& out, const Outcome& outcome) {
    if (!outcome.has_thrown) return out << "no error";
    return out << "error of kind " << static_cast<int>(outcome.kind) << ": " << outcome.text;
  }
};

template <class Fn>
Outcome outcome_of(Fn fn) {
  try {
    fn();
  } catch (const Error& error) {
    return {.has_thrown = true, .kind = error.kind(), .text = error.what()};
  }
  return {};
}

}  // namespace umoci::test

/// EXPECT_ERROR(kind, "part of the text", statement or expression)
#define EXPECT_ERROR(expected, part, ...)                                                     \
  do {                                                                                        \
    const auto outcome_ = ::umoci::test::outcome_of([&] { static_cast<void>(__VA_ARGS__); }); \
    EXPECT_TRUE(outcome_.is(::umoci::ErrorKind::expected, part))                              \
        << "expected " #expected " with \"" << (part) << "\", got " << outcome_;              \
  } while (false)
