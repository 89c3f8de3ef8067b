// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <umoci/check/document_report.hpp>
#include <umoci/oci/json.hpp>
#include <umoci/oci/place.hpp>

#include <string_view>

namespace umoci::check {

/// Whose annotations they are.
enum class Annotated {
  entry_of_layout,  ///< an entry of index.json, which may have a name
  other,
};

/// Rules A for the value of a member `annotations`. Spec: image-spec annotations.md.
void check_annotations(const oci::Json& annotations, const oci::Place& place, Annotated of,
                       DocumentReport& report);

/// Labels follow the same rules, but anybody may name them as they like (C11).
void check_labels(const oci::Json& labels, const oci::Place& place, DocumentReport& report);

/// An object whose values are strings, and whose keys are not empty.
void check_string_map(const oci::Json& json, const oci::Place& place, DocumentReport& report,
                      std::string_view type_rule, std::string_view key_rule);

}  // namespace umoci::check
