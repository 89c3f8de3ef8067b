// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cli/flags.hpp>

#include <umoci/base/limits.hpp>
#include <umoci/oci/image_config.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace umoci::cli {

/// The words of a command as a line of `umoci config` gives them, in one of three forms.
struct CommandWords {
  std::optional<std::vector<std::string>> words;
  std::optional<std::string> shell_text;  ///< the image's shell shall read it
};

/// Reads `flag`, one word each time, `flag`-json, an array, and `flag`-shell, where those are
/// flags. Neither member is set if none was given. Throws: invalid_argument if two of them were,
/// for what is no array of strings or no argument of a program, and for an empty shell text;
/// limit_exceeded for JSON beyond `limits`.
[[nodiscard]] CommandWords parse_command_words(const ParsedFlags& flags, const std::string& flag,
                                               const Limits& limits);

/// `text` behind what Docker would put in front of it: the image's member config.Shell, or else
/// what is usual for its operating system. Throws: invalid_data if that member is no list.
[[nodiscard]] std::vector<std::string> through_shell(const oci::ImageConfig& config,
                                                     const std::string& text);

}  // namespace umoci::cli
