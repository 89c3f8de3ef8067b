// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <umoci/check/document_report.hpp>
#include <umoci/oci/json.hpp>
#include <umoci/oci/place.hpp>

#include <string>

namespace umoci::check {

/// Rules C05 to C11, C13 and C15 for the member `config` of an image configuration: how its program
/// is run. Returns its user, empty if there is none or its form is wrong.
std::string check_execution(const oci::Json& config, const oci::Place& place,
                            DocumentReport& report);

}  // namespace umoci::check
