// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <umoci/base/limits.hpp>
#include <umoci/check/findings.hpp>
#include <umoci/check/layout_files.hpp>
#include <umoci/oci/json.hpp>

#include <optional>
#include <string>
#include <vector>

namespace umoci::check {

/// Rules L for the files of a layout, without a look into blobs. Returns the digests that have a
/// file of a right name. Spec: image-spec image-layout.md.
std::vector<std::string> check_layout_files(const LayoutFiles& files, const Limits& limits,
                                            Findings& findings);

/// The text of a document outside `blobs`; nullopt if there is none, which is a finding of `rule`.
[[nodiscard]] std::optional<std::string> read_layout_file(const LayoutFiles& files,
                                                          const std::string& name,
                                                          std::string_view rule,
                                                          const Limits& limits, Findings& findings);

}  // namespace umoci::check
