// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cli/command.hpp>

#include <umoci/bundle/repack.hpp>
#include <umoci/layer/id_map.hpp>

#include <vector>

namespace umoci::cli {

[[nodiscard]] std::vector<Flag> ownership_flags();
/// With --rootless, a kind of id without a map gets one from 0 to the caller's own; without, every
/// id of that kind is itself, which is told if there is a map for the other kind. Throws:
/// invalid_argument for malformed and overlapping mappings; as subid_ownership().
[[nodiscard]] layer::Ownership ownership(const Invocation& line);

/// The same flags for a command that takes ownership from a bundle, where they do nothing.
[[nodiscard]] std::vector<Flag> ignored_ownership_flags();
/// What those flags say, which is told at level debug. Throws as ownership().
[[nodiscard]] bundle::OwnershipClaim ownership_claim(const Invocation& line);

}  // namespace umoci::cli
