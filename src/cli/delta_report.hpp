// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cli/run.hpp>

#include <umoci/mtree/compare.hpp>

#include <string>
#include <vector>

namespace umoci::cli {

/// One line for each path, with the first keyword that differs.
[[nodiscard]] std::vector<std::string> path_lines(const std::vector<mtree::Delta>& deltas);
/// One line for each keyword that differs, and for each path that is missing or unexpected.
[[nodiscard]] std::vector<std::string> keyword_lines(const std::vector<mtree::Delta>& deltas);
/// One line of JSON. Spec: docs/formats/json-output/raw-mtree-validate.md.
void print_json(const Io& io, const std::vector<mtree::Delta>& deltas);

}  // namespace umoci::cli
