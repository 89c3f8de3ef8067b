// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cli/assignment.hpp>
#include <cli/command.hpp>
#include <cli/commands/clear_key.hpp>
#include <cli/commands/command_words.hpp>
#include <cli/commands/removal.hpp>

#include <umoci/base/limits.hpp>
#include <umoci/image/edit.hpp>

#include <optional>
#include <string>
#include <vector>

namespace umoci::cli {

/// What a line of `umoci config` asks for, understood before anything is read or written.
struct ConfigChange {
  std::vector<const ClearKey*> clear;
  std::vector<Removal> removals;
  std::vector<Assignment> env;
  std::vector<Assignment> labels;
  std::vector<Assignment> annotations;
  CommandWords entrypoint;
  CommandWords cmd;
  std::optional<std::string> created;
};

/// The flags that change the image itself.
[[nodiscard]] std::vector<Flag> config_change_flags();
/// Throws: invalid_argument for a wrong value.
[[nodiscard]] ConfigChange parse_config_change(const Invocation& line, const Limits& limits);
/// Clears, then removes, then sets, whatever the order on the line. Warns of names of platforms
/// that Go does not know. Throws: invalid_data if a member of the image that is needed is none.
void apply(const ConfigChange& change, const Invocation& line, image::Edit& edit);

}  // namespace umoci::cli
