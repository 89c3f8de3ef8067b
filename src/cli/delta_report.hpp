// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <umoci/mtree/compare.hpp>

#include <iosfwd>
#include <string>
#include <vector>

namespace umoci::cli {

/// One line for each path, with the first keyword that differs.
[[nodiscard]] std::vector<std::string> path_lines(const std::vector<mtree::Delta>& deltas);
/// One line for each keyword that differs, and for each path that is missing or unexpected.
[[nodiscard]] std::vector<std::string> keyword_lines(const std::vector<mtree::Delta>& deltas);
/// One line of JSON: a list of objects with `path`, `kind` ("missing", "unexpected" or "modified"),
/// `type`, and for what is modified `keywords`, a list of objects with `keyword`, `expected` and
/// `actual`. Paths and values are encoded as in a manifest; an empty value is one that is not
/// there.
void print_json(std::ostream& out, const std::vector<mtree::Delta>& deltas);

}  // namespace umoci::cli
