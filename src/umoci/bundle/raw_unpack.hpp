// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <umoci/bundle/unpack.hpp>

namespace umoci::bundle {

/// Extracts the image's layers into `directory`, the rootfs itself, without anything that makes a
/// bundle. A directory that does not exist is made, its parent must exist; one that exists is taken
/// as what lower layers left, and keeps its mode unless the image has another. On failure what this
/// call made is removed and a directory that was empty is so again; what was put into a directory
/// that held something stays, and the error says so. Throws: as unpack(); invalid_argument for what
/// is no directory.
void raw_unpack(const store::Layout& layout, const image::DescriptorPath& path,
                const std::filesystem::path& directory, const UnpackOptions& options);

}  // namespace umoci::bundle
