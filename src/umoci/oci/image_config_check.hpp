// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <umoci/oci/json.hpp>

namespace umoci::oci {

/// Throws: invalid_data, naming the member, unless `document` is an object whose known members have
/// the right types. Optional ones may be null; none needs to be there.
void check_image_config(const Json& document);

}  // namespace umoci::oci
