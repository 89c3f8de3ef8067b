// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cli/stoppable_input.hpp>

#include <cstdint>
#include <iosfwd>
#include <stop_token>
#include <string>
#include <string_view>

namespace umoci::cli {

/// Opens what the user names for reading: a file, a pipe, the standard input's device, but no
/// directory. `what` is it for messages, such as "layer archive". Throws: not_found, permission,
/// io; invalid_argument for a directory.
[[nodiscard]] StoppableInput open_input(const std::string& path, std::string_view what,
                                        const std::stop_token& stop);

/// All of it. Throws also: limit_exceeded for more than `limit_bytes`, of a file before any of it
/// is read.
[[nodiscard]] std::string read_input(const std::string& path, std::string_view what,
                                     std::uint64_t limit_bytes, const std::stop_token& stop);

/// All of a stream such as the standard input. Throws: io, limit_exceeded.
[[nodiscard]] std::string read_input(std::istream& stream, std::uint64_t limit_bytes);

}  // namespace umoci::cli
