// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <umoci/oci/index.hpp>

#include <iosfwd>

namespace umoci::cli {

/// One line of JSON: `images`, an object for each entry of the index, in its order, with `name`
/// (absent: it has none) and `descriptor`. Spec: docs/formats/json-output/list.md.
void print_json(std::ostream& out, const oci::Index& index);

}  // namespace umoci::cli
