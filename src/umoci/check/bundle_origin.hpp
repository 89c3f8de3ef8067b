// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <umoci/base/limits.hpp>
#include <umoci/check/findings.hpp>
#include <umoci/fs/directory.hpp>
#include <umoci/store/layout.hpp>

namespace umoci::check {

/// Checks what umoci writes beside config.json, if it is there: umoci.json (B25), the description
/// of the rootfs (B26) and, with a layout, the way to the image that the bundle came from (B27).
/// `layout` may be nullptr. Throws: permission, io.
void check_origin(const fs::Directory& bundle, const store::Layout* layout, const Limits& limits,
                  Findings& findings);

}  // namespace umoci::check
