// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace umoci::runtime {

/// Of the runtime-spec: the oldest version that is written, and the newest one that is known.
inline constexpr std::string_view oldest_spec_version = "1.0.0";
inline constexpr std::string_view newest_spec_version = "1.3.0";

/// Throws: unsupported unless `version` is of the same major version as the newest one and not
/// newer; invalid_data if it is no version. `subject` says in messages what it is.
/// Spec: semver.org 2.0.0.
void check_spec_version(std::string_view version,
                        std::string_view subject = "original runtime-spec config version");

/// Both are versions.
[[nodiscard]] bool is_older(std::string_view version, std::string_view other);

}  // namespace umoci::runtime
