// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <umoci/oci/descriptor.hpp>
#include <umoci/oci/json.hpp>
#include <umoci/oci/member_reader.hpp>
#include <umoci/oci/place.hpp>

#include <optional>
#include <string_view>
#include <vector>

namespace umoci::oci {

// As Descriptor::from_json(), with errors that name the place in the whole document.
[[nodiscard]] Descriptor read_descriptor(const Json& json, const Place& place);
[[nodiscard]] Platform read_platform(const Json& json, const Place& place);

/// A list of descriptors; empty if absent or null.
[[nodiscard]] std::vector<Descriptor> read_descriptors(const MemberReader& document,
                                                       std::string_view name);
/// nullopt if absent or null.
[[nodiscard]] std::optional<Descriptor> read_optional_descriptor(const MemberReader& document,
                                                                 std::string_view name);

}  // namespace umoci::oci
