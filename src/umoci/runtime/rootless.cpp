// SPDX-License-Identifier: Apache-2.0
#include <umoci/runtime/rootless.hpp>

#include <umoci/runtime/locked_mount.hpp>
#include <umoci/tree/path.hpp>

#include <algorithm>
#include <string_view>

namespace umoci::runtime {
namespace {

bool is_in_sys(const Mount& mount) {
  return tree::TreePath::clean(mount.destination).is_within(tree::TreePath::clean("/sys"));
}

/// Other ids than one's own are not mapped into the container.
void drop_owner_options(Mount& mount) {
  std::erase_if(mount.options, [](std::string_view option) {
    return option.starts_with("gid=") || option.starts_with("uid=");
  });
}

void share_name_servers(Spec& spec, const std::filesystem::path& resolv_conf, Log& log) {
  std::optional<std::vector<std::string>> options = locked_options(resolv_conf);
  if (!options) {
    log.warn("no name servers for the rootless container: the host has no such file",
             {{"file", resolv_conf.string()}});
    return;
  }
  if (options->empty() || options->front() != "ro") options->insert(options->begin(), "ro");
  options->emplace_back("rbind");
  spec.mounts.push_back({.destination = "/etc/resolv.conf",
                         .type = "bind",
                         .source = resolv_conf.string(),
                         .options = std::move(*options)});
}

}  // namespace

void make_rootless(Spec& spec, const std::filesystem::path& resolv_conf, Log& log) {
  spec.user.additional_gids.clear();
  std::erase_if(spec.namespaces,
                [](const std::string& type) { return type == "network" || type == "user"; });
  spec.namespaces.emplace_back("user");
  spec.denies_devices = false;

  std::erase_if(spec.mounts, is_in_sys);
  for (Mount& mount : spec.mounts) drop_owner_options(mount);
  // Without a network namespace of its own a container cannot mount sysfs.
  spec.mounts.push_back({.destination = "/sys",
                         .type = "bind",
                         .source = "/sys",
                         .options = {"rbind", "nosuid", "noexec", "nodev", "ro"}});
  share_name_servers(spec, resolv_conf, log);
}

}  // namespace umoci::runtime
