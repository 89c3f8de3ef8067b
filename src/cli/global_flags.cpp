// SPDX-License-Identifier: Apache-2.0
#include <cli/global_flags.hpp>

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

}  // namespace umoci::cli
