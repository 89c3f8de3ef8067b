// SPDX-License-Identifier: Apache-2.0
#include <umoci/runtime/rootless.hpp>

#include <umoci/runtime/locked_mount.hpp>
#include <umoci/tree/path.hpp>

#include <string_view>
#include <utility>

namespace umoci::runtime {
namespace {

using oci::Json;

bool is_in_sys(const Json& mount) {
  const std::string& destination = *mount.find("destination")->if_string();
  return tree::TreePath::clean(destination).is_within(tree::TreePath::clean("/sys"));
}

/// Other ids than one's own are not mapped into the container.
void drop_owner_options(Json& mount) {
  Json* options = mount.find("options");
  if (options == nullptr || options->if_array() == nullptr) return;
  std::erase_if(*options->if_array(), [](const Json& option) {
    const std::string_view text = *option.if_string();
    return text.starts_with("gid=") || text.starts_with("uid=");
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
  spec.put_mounts({{.destination = "/etc/resolv.conf",
                    .type = "bind",
                    .source = resolv_conf.string(),
                    .options = std::move(*options)}});
}

}  // namespace

void make_rootless(Spec& spec, const std::filesystem::path& resolv_conf, Log& log) {
  spec.process().find("user")->erase("additionalGids");
  for (const std::string_view type : {"network", "user"}) spec.remove_namespace(type);
  spec.add_namespace("user");
  spec.linux_section().erase("resources");

  std::erase_if(spec.mounts(), is_in_sys);
  for (Json& mount : spec.mounts()) drop_owner_options(mount);
  // Without a network namespace of its own a container cannot mount sysfs.
  spec.put_mounts({{.destination = "/sys",
                    .type = "bind",
                    .source = "/sys",
                    .options = {"rbind", "nosuid", "noexec", "nodev", "ro"}}});
  share_name_servers(spec, resolv_conf, log);
}

}  // namespace umoci::runtime
