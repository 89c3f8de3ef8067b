// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <umoci/base/limits.hpp>
#include <umoci/base/log.hpp>
#include <umoci/io/sink.hpp>
#include <umoci/io/source.hpp>

namespace umoci::cli {

/// Writes the tar archive that `file` holds to `tar_bytes`: the very bytes, or, with a warning,
/// those in a gzip or zstd file. Throws: invalid_data for what could not be unpacked as a layer.
void copy_layer_archive(io::Source& file, io::Sink& tar_bytes, const Limits& limits, Log& log);

}  // namespace umoci::cli
