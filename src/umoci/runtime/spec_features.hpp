// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <umoci/oci/json.hpp>

#include <string_view>

namespace umoci::runtime {

/// Something that a configuration uses, and the first version of the runtime-spec that has it.
struct Feature {
  std::string_view name;
  std::string_view version;
};

/// The feature of the document that needs the newest version. Members that no version has need
/// none. Spec: the runtime-spec's releases 1.0.0 to 1.3.0.
[[nodiscard]] Feature newest_feature(const oci::Json& document);

}  // namespace umoci::runtime
