// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace umoci::runtime {

/// The options that a bind mount of `path` made in a user namespace must repeat, because the kernel
/// lets nobody clear them there: of ro, nosuid, nodev, noexec, noatime or relatime, nodiratime, in
/// this order. nullopt if the path cannot be reached. Kernel: mount_namespaces(7), Restrictions.
[[nodiscard]] std::optional<std::vector<std::string>> locked_options(
    const std::filesystem::path& path);

}  // namespace umoci::runtime
