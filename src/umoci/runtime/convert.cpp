// SPDX-License-Identifier: Apache-2.0
#include <umoci/runtime/convert.hpp>

#include <umoci/base/error.hpp>
#include <umoci/base/utf8.hpp>
#include <umoci/runtime/annotations.hpp>
#include <umoci/runtime/environment.hpp>
#include <umoci/runtime/rootless.hpp>
#include <umoci/runtime/spec.hpp>
#include <umoci/runtime/user.hpp>
#include <umoci/runtime/user_database.hpp>

#include <algorithm>
#include <string_view>

namespace umoci::runtime {
namespace {

void require_linux(const oci::ImageConfig& config) {
  if (config.os() == "linux") return;
  throw Error(ErrorKind::unsupported, "unsupported OS: " + quoted(config.os()));
}

/// A runtime takes absolute paths only; `what` says for the log where this one comes from.
std::string absolute(std::string_view path, std::string_view what, Log& log) {
  if (path.starts_with('/')) return std::string(path);
  std::string result = "/" + std::string(path);
  log.warn(std::string(what).append(" is not absolute"),
           {{"path", quoted(path)}, {"used", quoted(result)}});
  return result;
}

std::vector<std::string> arguments_of(const oci::ImageConfig& config) {
  std::vector<std::string> arguments = config.entrypoint();
  for (std::string& argument : config.cmd()) arguments.push_back(std::move(argument));
  return arguments;
}

User user_of(const oci::ImageConfig& config, const ConvertOptions& options, Log& log) {
  const std::string spec = config.user();
  if (options.rootfs != nullptr) {
    return resolve_user(spec, read_user_database(*options.rootfs, log), log);
  }
  try {
    return resolve_user(spec, {}, log);
  } catch (const Error& error) {
    if (error.kind() != ErrorKind::not_found) throw;
    log.warn("user cannot be looked up without a root file system: taking root:root",
             {{"user", quoted(spec)}});
    return {};
  }
}

void set_home(Spec& spec, Log& log) {
  const std::string& home = spec.user.home;
  if (home.empty() || has_variable(spec.env, "HOME")) return;
  if (!is_utf8(home)) {
    // JSON cannot hold it. Runtimes look into the container's own passwd file if there is no HOME.
    log.warn("home directory is no UTF-8: HOME stays unset", {{"home", quoted(home)}});
    return;
  }
  spec.env.push_back("HOME=" + home);
}

void add_volumes(Spec& spec, const std::vector<std::string>& volumes, Log& log) {
  for (const std::string& volume : volumes) {
    if (volume.empty()) {
      log.warn("volume without a path is ignored");
      continue;
    }
    spec.mounts.push_back({.destination = absolute(volume, "volume", log),
                           .type = "tmpfs",
                           .source = "none",
                           .options = {"rw", "nosuid", "nodev", "noexec", "relatime"}});
  }
}

void set_mappings(Spec& spec, const ConvertOptions& options) {
  if (options.uid_mappings.empty() && options.gid_mappings.empty()) return;
  if (options.uid_mappings.empty() || options.gid_mappings.empty()) {
    throw Error(ErrorKind::invalid_argument,
                "a container's user namespace needs both uid and gid mappings");
  }
  spec.uid_mappings = options.uid_mappings;
  spec.gid_mappings = options.gid_mappings;
  spec.namespaces.emplace_back("user");
}

}  // namespace

std::string make_runtime_config(const oci::ImageConfig& config, const ConvertOptions& options,
                                Log& log) {
  require_linux(config);
  Spec spec = default_spec();
  spec.root_path = options.root_path;
  if (const std::string directory = config.working_dir(); !directory.empty()) {
    spec.cwd = absolute(directory, "working directory", log);
  }
  set_variables(spec.env, config.env(), log);
  if (std::vector<std::string> arguments = arguments_of(config); !arguments.empty()) {
    spec.args = std::move(arguments);
  }
  spec.annotations = annotations_of(config);
  spec.user = user_of(config, options, log);
  set_home(spec, log);
  add_volumes(spec, config.volumes(), log);
  set_mappings(spec, options);
  if (options.privilege == Privilege::rootless) make_rootless(spec, options.resolv_conf, log);
  return to_json(spec).dump_indented() + '\n';
}

std::string root_path_of(std::string_view rootfs) {
  if (rootfs.empty()) return ".";
  const std::size_t end = rootfs.find_last_not_of('/');
  if (end == std::string_view::npos) return "/";
  rootfs = rootfs.substr(0, end + 1);
  return std::string(rootfs.substr(rootfs.rfind('/') + 1));
}

}  // namespace umoci::runtime
