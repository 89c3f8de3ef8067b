// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <umoci/check/document_report.hpp>
#include <umoci/check/members.hpp>
#include <umoci/oci/json.hpp>
#include <umoci/oci/place.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace umoci::check {

/// What a descriptor or a configuration says an image is for; empty texts: nothing.
struct PlatformFacts {
  std::string os;
  std::string architecture;
  std::string variant;
  std::string os_version;
  std::vector<std::string> os_features;

  /// Of what is no image, such as the attestations that buildkit puts beside images.
  [[nodiscard]] bool is_unknown() const { return os == "unknown" && architecture == "unknown"; }

  friend bool operator==(const PlatformFacts&, const PlatformFacts&) = default;
};

/// Reads the members that platforms and configurations have in common. Wrong types are reported,
/// and names that are not Go's are findings of `name_rule`.
[[nodiscard]] PlatformFacts read_platform_members(const Members& members,
                                                  std::string_view name_rule);

/// Rules for the value of a member `platform` (D13, X08, X11). Spec: image-spec image-index.md.
[[nodiscard]] PlatformFacts check_platform(const oci::Json& platform, const oci::Place& place,
                                           DocumentReport& report);

/// Reports where the platform of a descriptor, which stands at `pointer`, contradicts the
/// configuration of its image (X10).
void compare_platforms(const PlatformFacts& descriptor, const PlatformFacts& config,
                       const std::string& pointer, DocumentReport& report);

}  // namespace umoci::check
