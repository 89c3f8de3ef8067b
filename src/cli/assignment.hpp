// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cli/flags.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace umoci::cli {

/// `NAME=VALUE`; only the value can contain an equals sign.
struct Assignment {
  std::string name;
  std::string value;
};

/// Whether `=VALUE` is an assignment.
enum class EmptyName { refused, allowed };

/// All values of `flag`, each split at its first "=". Throws: invalid_argument naming the flag and
/// the value.
[[nodiscard]] std::vector<Assignment> parse_assignments(const ParsedFlags& flags,
                                                        std::string_view flag,
                                                        EmptyName empty_name = EmptyName::refused);

}  // namespace umoci::cli
