// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace umoci::cli {

/// The first 256 bytes of `data`, 16 a line: offset, bytes in pairs, and the characters that they
/// are in Latin-1, with a dot for those that cannot be seen. A last line tells what was left out.
[[nodiscard]] std::vector<std::string> hex_dump(std::string_view data);

}  // namespace umoci::cli
