// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cli/command.hpp>

#include <umoci/runtime/preferences.hpp>

#include <vector>

namespace umoci::cli {

/// What may be wished of the runtime configuration of an image.
[[nodiscard]] std::vector<Flag> runtime_config_flags();
/// Reads the template, too. Throws: invalid_argument for values that mean nothing or contradict
/// each other; as read_input() and runtime::Spec::parse() for the template.
[[nodiscard]] runtime::Preferences runtime_preferences(const Invocation& line);

}  // namespace umoci::cli
