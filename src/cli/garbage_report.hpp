// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cli/run.hpp>

#include <umoci/store/collect_garbage.hpp>

#include <cstdint>
#include <iosfwd>

namespace umoci::cli {

/// Of all removed blobs together; other files do not count.
[[nodiscard]] std::uint64_t removed_bytes(const store::GarbageReport& report);

/// `digest size` of each removed blob, one a line.
void print_text(std::ostream& out, const store::GarbageReport& report);

/// One line of JSON. Spec: docs/formats/json-output/gc.md.
void print_json(const Io& io, const store::GarbageReport& report, store::Changes changes);

}  // namespace umoci::cli
