// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <umoci/base/log.hpp>
#include <umoci/image/resolve.hpp>

#include <string>

namespace umoci::cli {

/// Tells what `tag` means now.
void log_new_image(Log& log, const image::DescriptorPath& path, const std::string& tag);

}  // namespace umoci::cli
