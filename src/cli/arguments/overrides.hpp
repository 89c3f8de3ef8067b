// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cli/flags.hpp>

#include <umoci/layer/changeset.hpp>

#include <vector>

namespace umoci::cli {

/// --chown, --chmod and --mtime.
[[nodiscard]] std::vector<Flag> override_flags();
/// The values of --chown, --chmod and --mtime. Throws: invalid_argument.
[[nodiscard]] layer::MetadataOverrides overrides(const ParsedFlags& flags);

}  // namespace umoci::cli
