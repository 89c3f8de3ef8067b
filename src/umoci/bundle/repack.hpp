// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <umoci/base/log.hpp>
#include <umoci/base/progress.hpp>
#include <umoci/codec/codec.hpp>
#include <umoci/image/commit_options.hpp>
#include <umoci/image/history.hpp>
#include <umoci/image/image.hpp>
#include <umoci/layer/id_map.hpp>
#include <umoci/oci/platform.hpp>
#include <umoci/store/layout.hpp>
#include <umoci/tree/path.hpp>
#include <umoci/tree/path_glob.hpp>

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string_view>
#include <vector>

namespace umoci::bundle {

enum class VolumeMasks {
  apply,  ///< changes below the image's volumes are left out of the layer
  ignore,
};

enum class RefreshBundle {
  no,
  yes,  ///< afterwards the bundle is one of the new image
};

/// How a caller believes that the files of a bundle are owned; absent: no opinion.
struct OwnershipClaim {
  std::optional<layer::IdMap> uids;
  std::optional<layer::IdMap> gids;
  std::optional<bool> rootless;
};

struct RepackOptions {
  /// Changes at or below these paths are left out of the layer.
  std::vector<tree::TreePath> masks;
  /// So are changes at or below what matches these.
  std::vector<tree::PathGlob> mask_globs;
  VolumeMasks volume_masks = VolumeMasks::apply;
  RefreshBundle refresh = RefreshBundle::no;
  /// If the name is that of the bundle's image but means something else now. `rebase` puts the
  /// layer on the image that is there, if its layers begin with those of the bundle's image.
  image::OnMoved on_moved = image::OnMoved::warn;
  /// Absent: that of the topmost compressed layer, or gzip.
  std::optional<codec::Compression> compression;
  /// Absent: the image's history does not change.
  std::optional<image::HistoryRequest> history;
  /// Later modification times are written as this one, in seconds (SOURCE_DATE_EPOCH).
  std::optional<std::int64_t> newest_mtime;
  /// The image the bundle came from must be for this platform.
  std::optional<oci::Platform> platform;
  /// What the bundle says is what counts; if it says something else, that is warned of.
  OwnershipClaim claim;
  Log* log = nullptr;            ///< nullptr: silent
  Progress* progress = nullptr;  ///< nullptr: nobody wants to know
};

/// Writes what changed in the bundle's rootfs since it was unpacked as one layer on top of the
/// image it came from, and makes `ref_name` mean the result. Without changes no layer is added.
/// A layout of which changes are only foreseen leaves the bundle as it is, too.
/// Returns the path to the new image. Throws: invalid_data for a directory that is no bundle or a
/// damaged one; invalid_argument if its image is not for RepackOptions::platform, or if it did not
/// come from `ref_name` and RepackOptions::on_moved is not `warn`; conflict as that says, also for
/// a bundle to be refreshed that would lack layers of the new image, before anything is changed;
/// not_found if the image it came from is not in `layout`; whatever reading the tree and writing
/// blobs throws.
image::DescriptorPath repack(store::Layout& layout, std::string_view ref_name,
                             const std::filesystem::path& directory, const RepackOptions& options);

}  // namespace umoci::bundle
