// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cli/flags.hpp>

#include <span>
#include <string>
#include <vector>

namespace umoci::cli {

/// Where parsing ends.
enum class ParseMode {
  whole_line,        ///< flags may stand after positional arguments
  until_positional,  ///< the first positional argument and all behind it are left as they are
};

/// What a line says, or why it says nothing.
struct ParsedLine {
  ParsedFlags flags;
  std::vector<std::string> positionals;
  /// Empty, or why the line cannot be understood; then the rest is what was read until there.
  std::string problem;
  /// If that is an unknown flag: the name of the one that was probably meant; empty if none is
  /// near.
  std::string suggestion;
};

/// Splits a line into flags and positional arguments: one or two dashes, `--flag value` or
/// `--flag=value`, any order, `--` ends the flags, the word after a flag with a value is that value
/// whatever it looks like. Spec: docs/compatibility.md, grammar.
[[nodiscard]] ParsedLine parse_line(std::span<const Flag> table, std::span<const std::string> words,
                                    ParseMode mode);

}  // namespace umoci::cli
