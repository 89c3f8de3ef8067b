// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <umoci/oci/json.hpp>

#include <string>
#include <vector>

namespace umoci::oci {

/// Names as Go spells them (GOOS, GOARCH). Spec: image-spec image-index.md, platform.
struct Platform {
  std::string architecture;
  std::string os;
  std::string os_version;
  std::vector<std::string> os_features;
  std::string variant;
  Json::Object extra;

  /// Throws: invalid_data naming a member of the wrong type.
  [[nodiscard]] static Platform from_json(const Json& json);
  [[nodiscard]] Json to_json() const;

  friend bool operator==(const Platform&, const Platform&) = default;
};

/// The platform this program was built for; the variant of ARM processors is that of the running
/// machine. Spec: store-and-config.md 4.
[[nodiscard]] Platform host_platform();

}  // namespace umoci::oci
