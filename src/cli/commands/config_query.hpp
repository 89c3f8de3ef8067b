// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cli/command.hpp>
#include <cli/image_value.hpp>

#include <umoci/image/image.hpp>

#include <optional>
#include <span>
#include <vector>

namespace umoci::cli {

/// What a line of `umoci config` that changes nothing wants to know.
struct ConfigQuery {
  std::vector<ValueName> names;  ///< empty: everything
  enum class Format { lines, json } format = Format::lines;
};

/// --get and --json.
[[nodiscard]] std::vector<Flag> config_query_flags();
/// nullopt if the line asks for a change. Throws: invalid_argument for a wrong name, and if one of
/// `changing` stands on the same line.
[[nodiscard]] std::optional<ConfigQuery> parse_config_query(const ParsedFlags& flags,
                                                            std::span<const Flag> changing);
/// Prints all of it or nothing. Throws: not_found for what the image does not have.
void print(const ConfigQuery& query, const image::StoredManifest& image, const Io& io);

}  // namespace umoci::cli
