// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <umoci/base/error.hpp>
#include <umoci/digest/digest.hpp>

#include <string>
#include <string_view>

namespace umoci::store {

/// True if the message of `error` has the digest in it.
[[nodiscard]] inline bool names(const Error& error, const digest::Digest& digest) {
  return std::string_view(error.what()).find(digest.text()) != std::string_view::npos;
}

/// A frame of context for `error`: `noun`, and the digest behind it unless the error names that
/// already.
[[nodiscard]] inline std::string name_once(const Error& error, std::string_view noun,
                                           const digest::Digest& digest) {
  return names(error, digest) ? std::string(noun) : std::string(noun) + ' ' + digest.text();
}

}  // namespace umoci::store
