// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <umoci/check/findings.hpp>

#include <iosfwd>

namespace umoci::cli {

/// One line for each finding: severity, rule, place and message.
void print_text(std::ostream& out, const check::Findings& findings);
/// One line of JSON. Spec: docs/formats/json-output/validate.md.
void print_json(std::ostream& out, const check::Findings& findings);
/// One line of JSON. Spec: SARIF 2.1.0 (OASIS), as described in
/// docs/formats/json-output/validate.md.
void print_sarif(std::ostream& out, const check::Findings& findings);

}  // namespace umoci::cli
