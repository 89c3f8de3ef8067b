// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <umoci/check/document_report.hpp>
#include <umoci/oci/place.hpp>

#include <string_view>

namespace umoci::check {

/// True if this library can compute digests of that algorithm.
[[nodiscard]] bool can_verify(std::string_view digest);

/// True if the grammar of digests admits it as the name of an algorithm.
[[nodiscard]] bool is_algorithm_name(std::string_view name);

/// Why `digest` follows neither the grammar nor the rules of its algorithm; empty if it does.
[[nodiscard]] std::string_view digest_fault(std::string_view digest);

/// Reports what is wrong with a digest (D02, D03, D04, L08). True if it can be relied on as a name:
/// the grammar holds. `grammar_rule` is the rule that a broken grammar breaks.
bool check_digest(std::string_view digest, const oci::Place& place, DocumentReport& report,
                  std::string_view grammar_rule = "D02");

}  // namespace umoci::check
