// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cli/manual/topic.hpp>

#include <string>

namespace umoci::cli {

// Scripts that complete what is typed at a shell: commands, flags and their values. Tags come from
// `umoci list`; of those only names that --image could take are offered, so that none can mean
// something to the shell.

[[nodiscard]] std::string bash_completion(const Manual& manual);
[[nodiscard]] std::string fish_completion(const Manual& manual);
[[nodiscard]] std::string zsh_completion(const Manual& manual);

}  // namespace umoci::cli
