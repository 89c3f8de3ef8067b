// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <umoci/check/document_report.hpp>
#include <umoci/check/platform_check.hpp>
#include <umoci/oci/json.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace umoci::check {

struct ConfigFacts {
  PlatformFacts platform;
  /// nullopt unless there is such a list; texts that are no digests are empty.
  std::optional<std::vector<std::string>> diff_ids;
  /// How many entries of the history made a layer; nullopt without history.
  std::optional<std::size_t> history_layers;
  std::string user;
};

/// Rules C for an image configuration, without a look at its layers. Spec: image-spec config.md.
[[nodiscard]] ConfigFacts check_config(const oci::Json& document, DocumentReport& report);

}  // namespace umoci::check
