// SPDX-License-Identifier: Apache-2.0
#include <umoci/runtime/convert.hpp>

#include <umoci/base/error.hpp>
#include <umoci/base/utf8.hpp>
#include <umoci/runtime/annotations.hpp>
#include <umoci/runtime/container_path.hpp>
#include <umoci/runtime/environment.hpp>
#include <umoci/runtime/rootless.hpp>
#include <umoci/runtime/spec_version.hpp>
#include <umoci/runtime/system.hpp>
#include <umoci/runtime/user.hpp>
#include <umoci/runtime/user_database.hpp>
#include <umoci/runtime/volumes.hpp>
#include <umoci/tree/path.hpp>

#include <cstdint>
#include <map>
#include <string_view>
#include <utility>

namespace umoci::runtime {
namespace {

using oci::Json;

std::string hint_of(const Preferences& preferences) {
  const std::string& hint = preferences.hint_for_other_systems;
  return hint.empty() ? "" : " (" + hint + ")";
}

System require_system(const oci::ImageConfig& config, const Preferences& preferences) {
  if (const std::optional<System> system = parse_system(config.os())) return *system;
  throw Error(ErrorKind::unsupported,
              "unsupported OS: " + quoted(config.os()) + hint_of(preferences));
}

Spec base_of(const Preferences& preferences, System system) {
  if (preferences.base) return *preferences.base;
  if (system == System::freebsd) return Spec::freebsd();
  return Spec::of(preferences.profile.value_or(Profile::umoci));
}

/// What only configurations for Linux can have.
void refuse_linux_wishes(const ConvertOptions& options) {
  const Preferences& preferences = options.preferences;
  const auto refuse = [&](const std::string& what) {
    throw Error(ErrorKind::invalid_argument,
                "the image is for FreeBSD, but only containers of Linux can have " + what +
                    hint_of(preferences));
  };
  if (options.privilege == Privilege::rootless) refuse("a rootless runtime configuration");
  if (!options.uid_mappings.empty() || !options.gid_mappings.empty()) refuse("mappings of ids");
  if (preferences.profile) refuse("a profile");
  if (preferences.volumes.kind == VolumeMounts::Kind::tmpfs_with_copy) {
    refuse("volumes that the runtime fills");
  }
  if (!preferences.base) return;
  const std::string_view member = preferences.base->linux_member();
  if (!member.empty()) refuse(std::string(member) + ", which the template has");
}

void set_version(Spec& spec, const std::optional<std::string>& wish, System system) {
  const Feature feature = system == System::freebsd
                              ? Feature{.name = "FreeBSD", .version = newest_spec_version}
                              : spec.newest_feature();
  // What a template says of itself is its writer's business, as long as readers can make sense of
  // it: those of older versions know of no other system.
  const bool is_free = !wish && system == System::linux_kernel;
  if (wish) spec.set_version(*wish);
  if (!wish && !spec.states_version()) spec.set_version(feature.version);
  if (is_free || !is_older(spec.version(), feature.version)) return;
  throw Error(ErrorKind::invalid_argument, "runtime-spec version " + quoted(spec.version()) +
                                               " is too old: " + std::string(feature.name) +
                                               " needs " + std::string(feature.version));
}

void set_terminal(Spec& spec, std::optional<Terminal> terminal) {
  const Json* found = spec.process().find("terminal");
  const bool is_said = found != nullptr && !found->is_null();
  if (terminal) {
    spec.process().set("terminal", *terminal == Terminal::allocated);
  } else if (!is_said) {
    spec.process().set("terminal", true);
  }
}

void set_root(Spec& spec, const std::string& path) {
  if (!is_utf8(path)) {
    throw Error(ErrorKind::invalid_argument,
                "config.json cannot hold the path of the root file system, which is no UTF-8: " +
                    quoted(path));
  }
  spec.root().set("path", path);
}

void set_working_directory(Spec& spec, const std::string& path, Log& log) {
  const Json* found = spec.process().find("cwd");
  if (path.empty()) {
    if (found == nullptr || found->is_null()) spec.process().set("cwd", "/");
    return;
  }
  constexpr std::string_view what = "working directory";
  // An absolute one stays as it is: what ".." behind a link leads to is seen by the kernel alone.
  const std::string used = path.starts_with('/') ? path : clean_container_path(path, what);
  tell_if_relative(path, used, what, log);
  spec.process().set("cwd", used);
}

void set_arguments(Spec& spec, const oci::ImageConfig& config, System system) {
  std::vector<std::string> arguments = config.entrypoint();
  for (std::string& argument : config.cmd()) arguments.push_back(std::move(argument));
  const Json* found = spec.process().find("args");
  const Json::Array* given = found != nullptr ? found->if_array() : nullptr;
  if (arguments.empty() && given != nullptr && !given->empty()) return;
  if (arguments.empty()) arguments.emplace_back(system == System::freebsd ? "/bin/sh" : "sh");
  spec.process().set("args", to_json(arguments));
}

void add_annotations(Spec& spec, const oci::ImageConfig& config, Log& log) {
  std::map<std::string, std::string> annotations = annotations_of(config);
  // Spec: runtime-spec config.md, Annotations: keys must not be empty.
  if (annotations.erase("") != 0) log.warn("label without a name is ignored");
  spec.add_annotations(annotations);
}

User user_of(const oci::ImageConfig& config, const ConvertOptions& options, Log& log) {
  const std::string text = config.user();
  const UserDatabase database =
      options.rootfs != nullptr ? read_user_database(*options.rootfs, log) : UserDatabase{};
  try {
    return resolve_user(text, database, options.preferences.groups_of_numbers, log);
  } catch (const Error& error) {
    const bool is_unknown = error.kind() == ErrorKind::not_found;
    if (!is_unknown || options.preferences.unknown_user == UnknownUser::is_an_error) throw;
    log.warn(options.rootfs == nullptr
                 ? "user cannot be looked up without a root file system: taking root:root"
                 : "user is not known in the root file system: taking root:root",
             {{"user", quoted(text)}});
    return {};
  }
}

void set_user(Spec& spec, const User& user) {
  Json& json = *spec.process().find("user");
  json.set("uid", std::int64_t{user.uid});
  json.set("gid", std::int64_t{user.gid});
  Json::Array gids;
  for (const std::uint32_t gid : user.additional_gids) gids.emplace_back(std::int64_t{gid});
  if (gids.empty()) {
    json.erase("additionalGids");
  } else {
    json.set("additionalGids", std::move(gids));
  }
}

void add_home(std::vector<std::string>& environment, const std::string& home, Log& log) {
  if (home.empty() || has_variable(environment, "HOME")) return;
  if (!is_utf8(home)) {
    // JSON cannot hold it. Runtimes look into the container's own passwd file if there is no HOME.
    log.warn("home directory is no UTF-8: HOME stays unset", {{"home", quoted(home)}});
    return;
  }
  environment.push_back("HOME=" + home);
}

/// Rootless containers have the host's /sys, and nothing of their own there.
std::vector<std::string> volumes_of(const oci::ImageConfig& config, Privilege privilege) {
  std::vector<std::string> volumes = config.volumes();
  if (privilege == Privilege::rootless) {
    const tree::TreePath sys = tree::TreePath::clean("/sys");
    std::erase_if(volumes, [&](const std::string& volume) {
      // One with NUL is told where it is mounted.
      return volume.find('\0') == std::string::npos && tree::TreePath::clean(volume).is_within(sys);
    });
  }
  return volumes;
}

Json mappings_json(const std::vector<tree::IdMapping>& mappings) {
  Json::Array list;
  for (const tree::IdMapping& mapping : mappings) {
    list.emplace_back(Json::Object{{"containerID", std::int64_t{mapping.container_id}},
                                   {"hostID", std::int64_t{mapping.host_id}},
                                   {"size", std::int64_t{mapping.size}}});
  }
  return list;
}

void set_mappings(Spec& spec, const ConvertOptions& options) {
  if (options.uid_mappings.empty() && options.gid_mappings.empty()) return;
  if (options.uid_mappings.empty() || options.gid_mappings.empty()) {
    throw Error(ErrorKind::invalid_argument,
                "a container's user namespace needs both uid and gid mappings");
  }
  spec.linux_section().set("uidMappings", mappings_json(options.uid_mappings));
  spec.linux_section().set("gidMappings", mappings_json(options.gid_mappings));
  spec.remove_namespace("user");
  spec.add_namespace("user");
}

}  // namespace

std::string make_runtime_config(const oci::ImageConfig& config, const ConvertOptions& options,
                                Log& log) {
  const Preferences& preferences = options.preferences;
  const System system = require_system(config, preferences);
  if (system == System::freebsd) refuse_linux_wishes(options);
  Spec spec = base_of(preferences, system);
  set_terminal(spec, preferences.terminal);
  set_root(spec, options.root_path);
  set_working_directory(spec, config.working_dir(), log);
  std::vector<std::string> environment = spec.environment();
  set_variables(environment, config.env(), preferences.malformed_variables, log);
  set_arguments(spec, config, system);
  add_annotations(spec, config, log);
  const User user = user_of(config, options, log);
  set_user(spec, user);
  add_home(environment, user.home, log);
  spec.set_environment(environment);
  mount_volumes(spec, volumes_of(config, options.privilege),
                {.mounts = preferences.volumes, .system = system}, log);
  set_mappings(spec, options);
  if (options.privilege == Privilege::rootless) make_rootless(spec, options.resolv_conf, log);
  set_version(spec, preferences.spec_version, system);
  return spec.dump();
}

std::string root_path_of(std::string_view rootfs) {
  if (rootfs.empty()) return ".";
  const std::size_t end = rootfs.find_last_not_of('/');
  if (end == std::string_view::npos) return "/";
  rootfs = rootfs.substr(0, end + 1);
  return std::string(rootfs.substr(rootfs.rfind('/') + 1));
}

}  // namespace umoci::runtime
