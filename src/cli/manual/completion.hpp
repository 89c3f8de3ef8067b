// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cli/manual/topic.hpp>

#include <string>

namespace umoci::cli {

// Scripts that complete what is typed at a shell: commands, flags and their values. Tags come from
// `umoci list`; of those only names that --image could take are offered, so that none can mean
// something to the shell.

/// For bash; works with and without the package bash-completion.
[[nodiscard]] std::string bash_completion(const Manual& manual);
/// For fish.
[[nodiscard]] std::string fish_completion(const Manual& manual);
/// For zsh, as a file `_umoci` on its fpath.
[[nodiscard]] std::string zsh_completion(const Manual& manual);

}  // namespace umoci::cli
