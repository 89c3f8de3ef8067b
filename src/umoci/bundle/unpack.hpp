// SPDX-License-Identifier: Apache-2.0
#pragma once

// The two stories this project tells: an image becomes a runtime bundle, and what changed in the
// bundle becomes a layer. Read first: unpack(), repack().

#include <umoci/base/limits.hpp>
#include <umoci/base/log.hpp>
#include <umoci/base/progress.hpp>
#include <umoci/fs/atomic_file.hpp>
#include <umoci/image/image.hpp>
#include <umoci/layer/extractor.hpp>
#include <umoci/runtime/preferences.hpp>
#include <umoci/store/layout.hpp>

#include <filesystem>
#include <optional>

namespace umoci::bundle {

struct UnpackOptions {
  layer::Ownership ownership;
  /// What is wished of config.json; nullopt: there shall be none. For unpack() alone.
  std::optional<runtime::Preferences> runtime_config = runtime::Preferences{};
  layer::Dirlinks dirlinks = layer::Dirlinks::replace;
  /// Whether all of it is on the disk before it counts as complete.
  fs::Durability durability = fs::Durability::unsynced;
  /// Threads to use, at least 1. The result does not depend on it.
  unsigned jobs = 1;
  Log* log = nullptr;            ///< nullptr: silent
  Progress* progress = nullptr;  ///< nullptr: nobody wants to know
};

/// Makes `directory` a runtime bundle of the image: rootfs, umoci.json, an mtree manifest of the
/// rootfs and, unless there shall be none, config.json. The directory may exist if it holds none of
/// these. Every byte used was verified; on failure what this call created is removed and nothing
/// else is touched. Throws: already_exists; whatever the image, the layers and the disk throw.
void unpack(const store::Layout& layout, const image::DescriptorPath& path,
            const std::filesystem::path& directory, const UnpackOptions& options);

}  // namespace umoci::bundle
