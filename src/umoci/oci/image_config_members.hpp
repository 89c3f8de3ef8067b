// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <string_view>

// The members of an image configuration that this library knows, in the order in which they are
// written. Spec: cli.md 7.1.
namespace umoci::oci::image_config_members {

inline constexpr std::array<std::string_view, 10> document{
    "created",     "author",  "architecture", "os",     "os.version",
    "os.features", "variant", "config",       "rootfs", "history"};

inline constexpr std::array<std::string_view, 10> config{
    "User",    "ExposedPorts", "Env",    "Entrypoint", "Cmd",
    "Volumes", "WorkingDir",   "Labels", "StopSignal", "ArgsEscaped"};

/// Those of `config` that are written sorted by the bytes of their keys.
inline constexpr std::array<std::string_view, 3> config_maps{"ExposedPorts", "Volumes", "Labels"};

inline constexpr std::array<std::string_view, 2> rootfs{"type", "diff_ids"};

inline constexpr std::array<std::string_view, 5> history{"created", "created_by", "author",
                                                         "comment", "empty_layer"};

inline constexpr std::string_view layers_type = "layers";

}  // namespace umoci::oci::image_config_members
