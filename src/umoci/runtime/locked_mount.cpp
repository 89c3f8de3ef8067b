// SPDX-License-Identifier: Apache-2.0
#include <umoci/runtime/locked_mount.hpp>

#include <sys/statvfs.h>

#include <array>
#include <string_view>
#include <utility>

namespace umoci::runtime {

std::optional<std::vector<std::string>> locked_options(const std::filesystem::path& path) {
  struct statvfs info{};
  if (::statvfs(path.c_str(), &info) != 0) return std::nullopt;
  // The kernel sets at most one of ST_NOATIME and ST_RELATIME.
  constexpr std::array<std::pair<unsigned long, std::string_view>, 7> names{{
      {ST_RDONLY, "ro"},
      {ST_NOSUID, "nosuid"},
      {ST_NODEV, "nodev"},
      {ST_NOEXEC, "noexec"},
      {ST_NOATIME, "noatime"},
      {ST_RELATIME, "relatime"},
      {ST_NODIRATIME, "nodiratime"},
  }};
  std::vector<std::string> options;
  for (const auto& [flag, name] : names) {
    if ((info.f_flag & flag) != 0) options.emplace_back(name);
  }
  return options;
}

}  // namespace umoci::runtime
