// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cli/run.hpp>

#include <umoci/check/findings.hpp>
#include <umoci/oci/json.hpp>

#include <iosfwd>

namespace umoci::cli {

/// One line for each finding: severity, rule, place and message.
void print_text(std::ostream& out, const check::Findings& findings);
/// `DOCUMENT#POINTER`, as it stands in such a line.
void print_place(std::ostream& out, const check::Place& place);

/// Spec: docs/formats/json-output/validate.md.
[[nodiscard]] oci::Json to_json(const check::Findings& findings);
/// Members `document` and `pointer`, as they stand there.
void set_place(oci::Json& json, const check::Place& place);
/// One line of JSON.
void print_json(const Io& io, const check::Findings& findings);
/// One line of JSON. Spec: SARIF 2.1.0 (OASIS), as described in
/// docs/formats/json-output/validate.md.
void print_sarif(const Io& io, const check::Findings& findings);

}  // namespace umoci::cli
