// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cli/flags.hpp>

#include <umoci/codec/codec.hpp>

#include <optional>
#include <vector>

namespace umoci::cli {

/// --compress, for commands that write a layer.
[[nodiscard]] std::vector<Flag> compress_flags();
/// nullopt: as the image's other layers are. Throws: invalid_argument.
[[nodiscard]] std::optional<codec::Compression> compression(const ParsedFlags& flags);

}  // namespace umoci::cli
