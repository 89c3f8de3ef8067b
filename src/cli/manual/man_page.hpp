// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cli/manual/manual_text.hpp>
#include <cli/manual/topic.hpp>

#include <string>
#include <string_view>

namespace umoci::cli {

/// "umoci-raw-add-layer" of "raw add-layer"; "umoci" of "".
[[nodiscard]] std::string page_name(std::string_view topic);

/// The page of one command or group. `date` is that of the page, or empty.
[[nodiscard]] std::string man_page(const Manual& manual, const Topic& topic, const ManualText& text,
                                   std::string_view date);

/// The page of the program.
[[nodiscard]] std::string program_page(const Manual& manual, const ManualText& text,
                                       std::string_view date);

}  // namespace umoci::cli
