// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <umoci/check/finding.hpp>

#include <span>
#include <string_view>

namespace umoci::check {

/// What is checked. Ids are stable: scripts ignore rules by them.
struct Rule {
  std::string_view id;       ///< "D05"
  Severity severity;         ///< the gravest one that its findings have
  std::string_view summary;  ///< what must hold, one sentence without final stop
  std::string_view section;  ///< of the specification: "image-spec descriptor.md"
};

/// All rules, ordered by id within their group: layout (L), JSON (J), descriptor (D), annotations
/// (A), index (X), manifest (M), configuration (C), layer (Y), bundle (B).
[[nodiscard]] std::span<const Rule> rules() noexcept;

/// nullptr if there is no rule of that id.
[[nodiscard]] const Rule* find_rule(std::string_view id) noexcept;

}  // namespace umoci::check
