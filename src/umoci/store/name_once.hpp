// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <umoci/base/error.hpp>
#include <umoci/digest/digest.hpp>

#include <string>
#include <string_view>

namespace umoci::store {

/// A frame of context for `error`: `noun`, and the digest behind it unless the error names that
/// already.
[[nodiscard]] inline std::string name_once(const Error& error, std::string_view noun,
                                           const digest::Digest& digest) {
  const bool is_named = std::string_view(error.what()).find(digest.text()) != std::string::npos;
  return is_named ? std::string(noun) : std::string(noun) + ' ' + digest.text();
}

}  // namespace umoci::store
