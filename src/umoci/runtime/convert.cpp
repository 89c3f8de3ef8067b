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
#include <umoci/tree/path.hpp>

#include <set>
#include <string_view>
#include <utility>

namespace umoci::runtime {
namespace {

void require_linux(const oci::ImageConfig& config) {
  if (config.os() == "linux") return;
  throw Error(ErrorKind::unsupported, "unsupported OS: " + quoted(config.os()));
}

/// The path in the root file system that `path` means; `what` says for messages whose it is.
std::string cleaned(std::string_view path, std::string_view what) {
  return in_context([&] { return std::string(what).append(" ").append(quoted(path)); },
                    [&] { return tree::TreePath::clean(path).display(); });
}

void tell_if_relative(std::string_view path, std::string_view used, std::string_view what,
                      Log& log) {
  if (path.starts_with('/')) return;
  log.warn(std::string(what).append(" is not absolute"),
           {{"path", quoted(path)}, {"used", quoted(used)}});
}

void set_working_directory(Spec& spec, const std::string& path, Log& log) {
  if (path.empty()) return;
  constexpr std::string_view what = "working directory";
  // An absolute one stays as it is: what ".." behind a link leads to is seen by the kernel alone.
  spec.cwd = path.starts_with('/') ? path : cleaned(path, what);
  tell_if_relative(path, spec.cwd, what, log);
}

std::vector<std::string> arguments_of(const oci::ImageConfig& config) {
  std::vector<std::string> arguments = config.entrypoint();
  for (std::string& argument : config.cmd()) arguments.push_back(std::move(argument));
  return arguments;
}

User user_of(const oci::ImageConfig& config, const ConvertOptions& options, Log& log) {
  const std::string spec = config.user();
  const UserDatabase database =
      options.rootfs != nullptr ? read_user_database(*options.rootfs, log) : UserDatabase{};
  try {
    return resolve_user(spec, database, log);
  } catch (const Error& error) {
    const bool is_unknown = error.kind() == ErrorKind::not_found;
    if (!is_unknown || options.unknown_user == UnknownUser::is_an_error) throw;
    log.warn(options.rootfs == nullptr
                 ? "user cannot be looked up without a root file system: taking root:root"
                 : "user is not known in the root file system: taking root:root",
             {{"user", quoted(spec)}});
    return {};
  }
}

void set_annotations(Spec& spec, const oci::ImageConfig& config, Log& log) {
  spec.annotations = annotations_of(config);
  // Spec: runtime-spec config.md, Annotations: keys must not be empty.
  if (spec.annotations.erase("") != 0) log.warn("label without a name is ignored");
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
  std::set<std::string> mounted;
  for (const std::string& volume : volumes) {
    constexpr std::string_view what = "volume";
    const std::string destination = cleaned(volume, what);
    if (destination == "/") {
      log.warn("volume that would hide the whole root file system is ignored",
               {{"path", quoted(volume)}});
      continue;
    }
    tell_if_relative(volume, destination, what, log);
    if (!mounted.insert(destination).second) continue;
    spec.mounts.push_back({.destination = destination,
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
  if (!is_utf8(options.root_path)) {
    throw Error(ErrorKind::invalid_argument,
                "config.json cannot hold the path of the root file system, which is no UTF-8: " +
                    quoted(options.root_path));
  }
  Spec spec = default_spec();
  spec.root_path = options.root_path;
  set_working_directory(spec, config.working_dir(), log);
  set_variables(spec.env, config.env(), log);
  if (std::vector<std::string> arguments = arguments_of(config); !arguments.empty()) {
    spec.args = std::move(arguments);
  }
  set_annotations(spec, config, log);
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
