// SPDX-License-Identifier: Apache-2.0
#include <cli/global_flags.hpp>

#include <algorithm>
#include <utility>

namespace umoci::cli {

std::vector<Flag> global_flags() {
  return {
      {.name = "verbose", .description = "same as --log=info"},
      {.name = "log",
       .kind = FlagKind::single,
       .value_name = "level",
       .description = "print messages of this level and above: debug, info, warn, error, fatal",
       .default_text = "warn",
       .hint = ValueHint::choice,
       .choices = {"debug", "info", "warn", "error", "fatal"}},
      {.name = "version", .aliases = {"v"}, .description = "print versions and exit"},
  };
}

Flag help_flag() { return {.name = "help", .aliases = {"h"}, .description = "show this help"}; }

std::vector<Flag> with_global_flags(std::vector<Flag> flags) {
  for (Flag& flag : global_flags()) {
    const bool is_known = std::ranges::find(flags, flag.name, &Flag::name) != flags.end();
    if (!is_known) flags.push_back(std::move(flag));
  }
  flags.push_back(help_flag());
  return flags;
}

}  // namespace umoci::cli
