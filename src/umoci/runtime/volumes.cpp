// SPDX-License-Identifier: Apache-2.0
#include <umoci/runtime/volumes.hpp>

#include <umoci/base/error.hpp>
#include <umoci/runtime/container_path.hpp>

#include <set>
#include <utility>

namespace umoci::runtime {
namespace {

using Options = std::vector<std::string>;

Options with(Options options, std::string more) {
  options.push_back(std::move(more));
  return options;
}

Mount volume_mount(const std::string& destination, const VolumeMounts& mounts) {
  if (mounts.kind == VolumeMounts::Kind::bind) {
    Options options{"rbind"};
    const Options usual{"rw", "nosuid", "nodev"};
    const Options& more = mounts.options ? *mounts.options : usual;
    options.insert(options.end(), more.begin(), more.end());
    const std::string above = mounts.directory == "/" ? "" : mounts.directory;
    return {.destination = destination,
            .type = "bind",
            .source = above + destination,
            .options = std::move(options)};
  }
  const Options usual{"rw", "nosuid", "nodev", "noexec", "relatime"};
  const Options& options = mounts.options ? *mounts.options : usual;
  const bool copies = mounts.kind == VolumeMounts::Kind::tmpfs_with_copy;
  return {.destination = destination,
          .type = "tmpfs",
          .source = "none",
          .options = copies ? with(options, "tmpcopyup") : options};
}

}  // namespace

void mount_volumes(Spec& spec, const std::vector<std::string>& volumes, const VolumeMounts& mounts,
                   Log& log) {
  if (mounts.kind == VolumeMounts::Kind::none) return;
  std::set<std::string> mounted;
  for (const std::string& volume : volumes) {
    constexpr std::string_view what = "volume";
    const std::string destination = clean_container_path(volume, what);
    if (destination == "/") {
      log.warn("volume that would hide the whole root file system is ignored",
               {{"path", quoted(volume)}});
      continue;
    }
    tell_if_relative(volume, destination, what, log);
    if (mounted.insert(destination).second) spec.add_mount(volume_mount(destination, mounts));
  }
}

}  // namespace umoci::runtime
