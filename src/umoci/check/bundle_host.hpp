// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <string_view>

namespace umoci::check {

using NameSet = std::set<std::string, std::less<>>;

/// What this machine offers to containers.
struct HostFacts {
  /// File systems the kernel knows; nullopt: it does not tell.
  std::optional<NameSet> file_systems;
  /// Profiles of AppArmor that are there; nullopt: not told, which includes that it is not in use.
  std::optional<NameSet> apparmor_profiles;
  /// Whether SELinux is in use.
  bool has_selinux = false;
};

/// Reads /proc/filesystems and the like.
[[nodiscard]] HostFacts read_host_facts();

/// What read_host_facts() reads, parsed.
[[nodiscard]] NameSet parse_file_systems(std::string_view text);
[[nodiscard]] NameSet parse_apparmor_profiles(std::string_view text);

/// Whether something is there, links followed; nothing is opened.
enum class HostFile { missing, present, executable };
[[nodiscard]] HostFile find_on_host(const std::filesystem::path& path);

}  // namespace umoci::check
