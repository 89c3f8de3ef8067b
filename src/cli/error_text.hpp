// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <umoci/base/error.hpp>

#include <string>

namespace umoci::cli {

/// `error` for people, the cause first: what it means for what was asked for, its message and the
/// system's words, then in parentheses where it happened, the innermost place first. A place whose
/// name has been told is left out, as are all places of an interrupt.
[[nodiscard]] std::string error_text(const Error& error);

}  // namespace umoci::cli
