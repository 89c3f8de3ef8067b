// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <umoci/base/log.hpp>
#include <umoci/layer/extractor.hpp>
#include <umoci/oci/image_config.hpp>
#include <umoci/runtime/convert.hpp>

#include <string>

namespace umoci::bundle {

/// The text of config.json for a root file system whose files belong to whom `ownership` says, from
/// which mappings and privilege are taken, whatever `options` say of them. A mapping of one kind of
/// ids alone leaves those of the other as they are. Throws: as runtime::make_runtime_config().
[[nodiscard]] std::string make_runtime_config(const oci::ImageConfig& config,
                                              const layer::Ownership& ownership,
                                              runtime::ConvertOptions options, Log& log);

}  // namespace umoci::bundle
