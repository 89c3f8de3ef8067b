// SPDX-License-Identifier: Apache-2.0
#include <umoci/runtime/volumes.hpp>

#include <umoci/base/error.hpp>
#include <umoci/runtime/container_path.hpp>
#include <umoci/runtime/usual_mounts.hpp>

#include <map>
#include <optional>
#include <set>
#include <utility>

namespace umoci::runtime {
namespace {

using Options = std::vector<std::string>;

Options with(Options options, std::string more) {
  options.push_back(std::move(more));
  return options;
}

std::string source_of(const std::string& destination, const VolumeMounts& mounts) {
  return mounts.directory == "/" ? destination : mounts.directory + destination;
}

Mount bind_mount(const std::string& destination, const VolumeMounts& mounts) {
  Options options{"rbind"};
  const Options usual{"rw", "nosuid", "nodev"};
  const Options& more = mounts.options ? *mounts.options : usual;
  options.insert(options.end(), more.begin(), more.end());
  return {.destination = destination,
          .type = "bind",
          .source = source_of(destination, mounts),
          .options = std::move(options)};
}

Mount freebsd_mount(const std::string& destination, const VolumeMounts& mounts) {
  if (mounts.kind == VolumeMounts::Kind::bind) {
    return {.destination = destination,
            .type = "nullfs",
            .source = source_of(destination, mounts),
            .options = mounts.options.value_or(Options{"rw", "nosuid"})};
  }
  return {.destination = destination,
          .type = "tmpfs",
          .source = "none",
          .options = mounts.options.value_or(Options{"rw", "nosuid", "noexec"})};
}

Mount volume_mount(const std::string& destination, const VolumeWishes& wishes) {
  const VolumeMounts& mounts = wishes.mounts;
  if (wishes.system == System::freebsd) return freebsd_mount(destination, mounts);
  if (mounts.kind == VolumeMounts::Kind::bind) return bind_mount(destination, mounts);
  const Options usual{"rw", "nosuid", "nodev", "noexec", "relatime"};
  const Options& options = mounts.options ? *mounts.options : usual;
  const bool copies = mounts.kind == VolumeMounts::Kind::tmpfs_with_copy;
  return {.destination = destination,
          .type = "tmpfs",
          .source = "none",
          .options = copies ? with(options, "tmpcopyup") : options};
}

/// The volume at `path` or closest above it.
std::optional<std::string> volume_over(std::string path, const std::set<std::string>& volumes) {
  while (!path.empty()) {
    if (volumes.contains(path)) return path;
    path.erase(path.rfind('/'));
  }
  return std::nullopt;
}

void tell_what_is_hidden(Spec& spec, const std::set<std::string>& volumes, Log& log) {
  std::map<std::string, std::set<std::string>> hidden;
  for (const oci::Json& mount : spec.mounts()) {
    if (!is_usual_mount(mount)) continue;
    const std::string destination = *clean_destination(mount);
    if (const auto volume = volume_over(destination, volumes)) hidden[*volume].insert(destination);
  }
  for (const auto& [volume, destinations] : hidden) {
    std::string names;
    for (const std::string& name : destinations) names += (names.empty() ? "" : " ") + name;
    log.warn("volume hides what is mounted into every container",
             {{"volume", quoted(volume)}, {"hidden", names}});
  }
}

}  // namespace

void mount_volumes(Spec& spec, const std::vector<std::string>& volumes, const VolumeWishes& wishes,
                   Log& log) {
  if (wishes.mounts.kind == VolumeMounts::Kind::none) return;
  std::set<std::string> destinations;
  std::vector<Mount> mounts;
  for (const std::string& volume : volumes) {
    constexpr std::string_view what = "volume";
    const std::string destination = clean_container_path(volume, what);
    if (destination == "/") {
      log.warn("volume that would hide the whole root file system is ignored",
               {{"path", quoted(volume)}});
      continue;
    }
    tell_if_relative(volume, destination, what, log);
    if (!destinations.insert(destination).second) continue;
    mounts.push_back(volume_mount(destination, wishes));
  }
  tell_what_is_hidden(spec, destinations, log);
  spec.put_mounts(mounts);
}

}  // namespace umoci::runtime
