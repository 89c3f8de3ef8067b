// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <umoci/oci/index.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace umoci::store {

/// True if `name` follows the grammar of org.opencontainers.image.ref.name. Spec: image-spec
/// annotations.md.
[[nodiscard]] bool is_ref_name(std::string_view name);

/// The names in the index, in its order, repeated ones repeated.
[[nodiscard]] std::vector<std::string> ref_names(const oci::Index& index);

/// The entries of that name.
[[nodiscard]] std::vector<oci::Descriptor> find_ref(const oci::Index& index, std::string_view name);

/// Makes `name` mean `target` alone: its annotations stay, but for the name. The entry takes the
/// place of the first one of that name, or comes last; others of that name go.
void set_ref(oci::Index& index, std::string_view name, oci::Descriptor target);

/// Removes all entries of that name; returns how many there were.
std::size_t remove_ref(oci::Index& index, std::string_view name);

}  // namespace umoci::store
