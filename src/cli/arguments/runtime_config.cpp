// SPDX-License-Identifier: Apache-2.0
#include <cli/arguments/runtime_config.hpp>

#include <cli/arguments/input_file.hpp>
#include <cli/arguments/limits.hpp>

#include <umoci/base/error.hpp>
#include <umoci/base/utf8.hpp>
#include <umoci/runtime/spec_version.hpp>

#include <fmt/format.h>

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace umoci::cli {
namespace {

using runtime::VolumeMounts;

[[noreturn]] void fail(std::string message) {
  throw Error(ErrorKind::invalid_argument, std::move(message));
}

/// JSON holds nothing else.
void require_utf8(std::string_view flag, const std::string& value) {
  if (!is_utf8(value)) fail(fmt::format("invalid --{}: no UTF-8: {}", flag, quoted(value)));
}

std::string absolute_directory(const std::string& path) {
  if (path.empty()) fail("invalid --volumes: bind: needs a directory");
  // Not normalised: what `..` means behind a link only the system knows.
  std::string result = std::filesystem::absolute(path);
  require_utf8("volumes", result);
  if (result.size() > 1 && result.ends_with('/')) result.pop_back();
  return result;
}

void set_kind(VolumeMounts& mounts, const std::string& value) {
  constexpr std::string_view bind = "bind:";
  if (value == "tmpfs") {
    mounts.kind = VolumeMounts::Kind::tmpfs;
  } else if (value == "tmpfs-copyup") {
    mounts.kind = VolumeMounts::Kind::tmpfs_with_copy;
  } else if (value == "ignore") {
    mounts.kind = VolumeMounts::Kind::none;
  } else if (value.starts_with(bind)) {
    mounts.kind = VolumeMounts::Kind::bind;
    mounts.directory = absolute_directory(value.substr(bind.size()));
  } else {
    fail(fmt::format("invalid --volumes: expected tmpfs, tmpfs-copyup, bind:DIR or ignore, got {}",
                     quoted(value)));
  }
}

std::vector<std::string> split_options(const std::string& value) {
  require_utf8("volume-options", value);
  std::vector<std::string> options;
  std::string_view rest = value;
  while (!value.empty()) {
    const std::size_t comma = rest.find(',');
    options.emplace_back(rest.substr(0, comma));
    if (options.back().empty()) {
      fail(fmt::format("invalid --volume-options: empty option in {}", quoted(value)));
    }
    if (comma == std::string_view::npos) break;
    rest.remove_prefix(comma + 1);
  }
  return options;
}

/// Ids in options are those of the host, of which a rootless container has its caller's own only.
void require_no_owner(const std::vector<std::string>& options) {
  for (const std::string& option : options) {
    if (option.starts_with("uid=") || option.starts_with("gid=")) {
      fail(fmt::format("--volume-options {} and --rootless may not be specified together",
                       quoted(option)));
    }
  }
}

VolumeMounts volume_mounts(const ParsedFlags& flags) {
  VolumeMounts mounts;
  if (const auto value = flags.value("volumes")) set_kind(mounts, *value);
  const auto options = flags.value("volume-options");
  if (!options) return mounts;
  mounts.options = split_options(*options);
  if (mounts.kind == VolumeMounts::Kind::none) {
    fail("--volume-options and --volumes=ignore may not be specified together");
  }
  if (flags.is_set("rootless")) require_no_owner(*mounts.options);
  return mounts;
}

runtime::Profile parse_profile(const std::string& name) {
  if (name == "umoci") return runtime::Profile::umoci;
  if (name == "docker") return runtime::Profile::docker;
  if (name == "minimal") return runtime::Profile::minimal;
  fail(fmt::format("invalid --profile: expected umoci, docker or minimal, got {}", quoted(name)));
}

void check_version(const std::string& version) {
  with_verdict(
      [] { return std::string("invalid --oci-version"); },
      [&] {
        runtime::check_spec_version(version, "runtime-spec version");
        if (!runtime::is_older(version, runtime::oldest_spec_version)) return;
        fail(fmt::format("runtime-spec version {} is too old: every configuration needs {}",
                         quoted(version), runtime::oldest_spec_version));
      });
}

runtime::Spec read_template(const std::string& path, const Limits& limits,
                            const std::stop_token& stop) {
  const std::string text = read_input(path, "template", limits.document_bytes, stop);
  return in_context([&] { return fmt::format("template {}", quoted(path)); },
                    [&] { return runtime::Spec::parse(text, limits); });
}

}  // namespace

std::vector<Flag> runtime_config_flags() {
  return {
      {.name = "template",
       .kind = FlagKind::single,
       .value_name = "file",
       .description = "the runtime configuration to start from",
       .hint = ValueHint::file},
      {.name = "profile",
       .kind = FlagKind::single,
       .value_name = "name",
       .description = "what to start from without a template: umoci, docker or minimal",
       .default_text = "umoci",
       .hint = ValueHint::choice,
       .choices = {"umoci", "docker", "minimal"},
       .detail = "See PROFILES in umoci-raw-runtime-config(1). Images for FreeBSD have none."},
      {.name = "oci-version",
       .kind = FlagKind::single,
       .value_name = "version",
       .description = "the version of the runtime-spec to declare, up to 1.3.0",
       .default_text = "the oldest that has what is used, or the template's",
       .hint = ValueHint::text,
       .detail = "It is an error if that version lacks something that is used."},
      {.name = "terminal",
       .description = "give the process a terminal",
       .default_text = "true, or the template's"},
      {.name = "volumes",
       .kind = FlagKind::single,
       .value_name = "kind",
       .description = "tmpfs, tmpfs-copyup, bind:DIR or ignore",
       .default_text = "tmpfs",
       .hint = ValueHint::choice,
       .choices = {"tmpfs", "tmpfs-copyup", "bind:", "ignore"}},
      {.name = "volume-options",
       .kind = FlagKind::single,
       .value_name = "options",
       .description = "mount options of volumes, joined by commas",
       .hint = ValueHint::text},
      {.name = "user-strict", .description = "a user that is a number is in no further groups"},
      {.name = "lenient-env", .description = "leave out malformed environment variables"},
      {.name = "allow-unresolved-user",
       .description = "take root for a user or group that is not known"},
  };
}

runtime::Preferences runtime_preferences(const Invocation& line) {
  const ParsedFlags& flags = line.flags;
  runtime::Preferences preferences;
  if (flags.given("terminal")) {
    preferences.terminal =
        flags.is_set("terminal") ? runtime::Terminal::allocated : runtime::Terminal::none;
  }
  preferences.volumes = volume_mounts(flags);
  if (flags.is_set("user-strict")) {
    preferences.groups_of_numbers = runtime::GroupsOfNumbers::none;
  }
  if (flags.is_set("lenient-env")) {
    preferences.malformed_variables = runtime::MalformedVariables::are_dropped;
  }
  if (flags.is_set("allow-unresolved-user")) {
    preferences.unknown_user = runtime::UnknownUser::becomes_root;
  }
  if (const auto name = flags.value("profile")) preferences.profile = parse_profile(*name);
  preferences.spec_version = flags.value("oci-version");
  if (preferences.spec_version) check_version(*preferences.spec_version);
  if (flags.given("template") && flags.given("profile")) {
    fail("--template and --profile may not be specified together");
  }
  if (const auto path = flags.value("template")) {
    preferences.base = read_template(*path, limits(flags), line.io.stop);
  }
  return preferences;
}

}  // namespace umoci::cli
