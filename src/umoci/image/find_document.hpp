// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <umoci/digest/digest.hpp>
#include <umoci/oci/descriptor.hpp>
#include <umoci/store/layout.hpp>

namespace umoci::image {

/// The descriptor of the manifest or index of that digest: as the layout's index or one below it
/// has it, or else made for a blob that nothing refers to, such as what a tag meant before. It
/// carries no name. Throws: not_found; invalid_data for a digest that is none or a blob that is no
/// such document; corrupt; limit_exceeded.
[[nodiscard]] oci::Descriptor find_document(const store::Layout& layout,
                                            const digest::Digest& digest);

}  // namespace umoci::image
