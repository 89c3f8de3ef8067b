// SPDX-License-Identifier: Apache-2.0
#pragma once

// The runtime configuration (config.json of a bundle) of an image. Must not know of stores and
// layers. Read first: make_runtime_config().

#include <umoci/base/log.hpp>
#include <umoci/fs/root.hpp>
#include <umoci/oci/image_config.hpp>
#include <umoci/runtime/preferences.hpp>
#include <umoci/tree/id_mapping.hpp>

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace umoci::runtime {

enum class Privilege {
  root,      ///< for a runtime started by root
  rootless,  ///< for one started by an ordinary user: no network and resource set-up
};

struct ConvertOptions {
  /// Where users are looked up; nullptr: no name is known, numbers are taken as they are.
  const fs::Root* rootfs = nullptr;
  /// Written as `root.path`.
  std::string root_path = "rootfs";
  std::vector<tree::IdMapping> uid_mappings;
  std::vector<tree::IdMapping> gid_mappings;
  Privilege privilege = Privilege::root;
  /// Bind-mounted into rootless containers if it exists.
  std::filesystem::path resolv_conf = "/etc/resolv.conf";
  Preferences preferences;
};

/// The text of config.json: tab-indented, with final newline. It declares the oldest runtime-spec
/// version that has all the features used. Paths that are not absolute or lead out of the root file
/// system by ".." are made to lie in it. Throws: unsupported for an image of another system than
/// Linux and FreeBSD, invalid_data for environment entries without name or "=", not_found for an
/// unknown user or group, invalid_argument for a user number out of range or mappings of one kind
/// only, for a version of the runtime-spec that lacks what is used, and for wishes that FreeBSD
/// cannot fulfil. Spec: image-spec conversion.md, runtime-spec config.md, config-freebsd.md.
[[nodiscard]] std::string make_runtime_config(const oci::ImageConfig& config,
                                              const ConvertOptions& options, Log& log);

/// ConvertOptions::root_path for the path of a root file system: its last component; "." for the
/// empty path, "/" for the root directory.
[[nodiscard]] std::string root_path_of(std::string_view rootfs);

}  // namespace umoci::runtime
