// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cli/run.hpp>

#include <umoci/oci/index.hpp>

namespace umoci::cli {

/// One line of JSON: `images`, an object for each entry of the index, in its order, with `name`
/// (absent: it has none) and `descriptor`. Spec: docs/formats/json-output/list.md.
void print_json(const Io& io, const oci::Index& index);

}  // namespace umoci::cli
