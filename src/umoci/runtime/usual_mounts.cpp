// SPDX-License-Identifier: Apache-2.0
#include <umoci/runtime/usual_mounts.hpp>

#include <umoci/runtime/container_path.hpp>

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

namespace umoci::runtime {
namespace {

using oci::Json;

/// Destination and source.
constexpr std::array<std::pair<std::string_view, std::string_view>, 9> usual{{
    {"/proc", "proc"},
    {"/dev", "tmpfs"},
    {"/dev/pts", "devpts"},
    {"/dev/shm", "shm"},
    {"/dev/mqueue", "mqueue"},
    {"/sys", "sysfs"},
    {"/sys/fs/cgroup", "cgroup"},
    // Those of FreeBSD.
    {"/dev", "devfs"},
    {"/dev/fd", "fdesc"},
}};

}  // namespace

std::optional<std::string> clean_destination(const Json& mount) {
  const std::string& destination = *mount.find("destination")->if_string();
  if (destination.find('\0') != std::string::npos) return std::nullopt;
  return clean_container_path(destination, "mount");
}

bool is_usual_mount(const Json& mount) {
  const Json* source = mount.find("source");
  if (source == nullptr || source->if_string() == nullptr) return false;
  const std::optional<std::string> destination = clean_destination(mount);
  return destination && std::any_of(usual.begin(), usual.end(), [&](const auto& entry) {
           return entry.first == *destination && entry.second == *source->if_string();
         });
}

}  // namespace umoci::runtime
