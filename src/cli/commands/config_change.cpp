// SPDX-License-Identifier: Apache-2.0
#include <cli/commands/config_change.hpp>

#include <cli/arguments.hpp>
#include <cli/arguments/dates.hpp>
#include <cli/platform_warnings.hpp>

#include <umoci/base/error.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <span>
#include <utility>

namespace umoci::cli {
namespace {

/// A variable that is there keeps its place; if it is there several times, the first of them.
void set_variables(oci::ImageConfig& config, const std::vector<Assignment>& assignments) {
  if (assignments.empty()) return;
  auto env = config.env();
  for (const auto& [name, value] : assignments) {
    const std::string prefix = name + "=";
    const auto is_it = [&](const std::string& variable) {
      return variable.starts_with(prefix) || variable == name;
    };
    const auto found = std::find_if(env.begin(), env.end(), is_it);
    if (found == env.end()) {
      env.push_back(prefix + value);
    } else {
      *found = prefix + value;
      // The last one would count.
      env.erase(std::remove_if(std::next(found), env.end(), is_it), env.end());
    }
  }
  config.set_env(env);
}

void set_words(oci::ImageConfig& config, const ConfigChange& change) {
  if (change.entrypoint.words) config.set_entrypoint(*change.entrypoint.words);
  if (change.cmd.words) config.set_cmd(*change.cmd.words);
  if (change.cmd.shell_text) {
    config.set_cmd(with_verdict([] { return "--config.cmd-shell"; },
                                [&] { return through_shell(config, *change.cmd.shell_text); }));
  }
}

void set_texts(oci::ImageConfig& config, const ParsedFlags& flags) {
  using Setter = void (oci::ImageConfig::*)(std::string_view);
  constexpr std::pair<std::string_view, Setter> setters[] = {
      {"config.user", &oci::ImageConfig::set_user},
      {"config.workingdir", &oci::ImageConfig::set_working_dir},
      {"config.stopsignal", &oci::ImageConfig::set_stop_signal},
      {"author", &oci::ImageConfig::set_author},
      {"platform.os", &oci::ImageConfig::set_os},
      {"platform.arch", &oci::ImageConfig::set_architecture},
      {"platform.variant", &oci::ImageConfig::set_variant},
  };
  for (const auto& [flag, setter] : setters) {
    if (const auto value = flags.value(flag)) (config.*setter)(*value);
  }
}

Flag text_flag(std::string_view name, std::string_view value_name, std::string_view description) {
  return {.name = name,
          .kind = FlagKind::single,
          .value_name = value_name,
          .description = description,
          .hint = ValueHint::text};
}

Flag list_flag(std::string_view name, std::string_view value_name, std::string_view description) {
  return {.name = name,
          .kind = FlagKind::list,
          .value_name = value_name,
          .description = description,
          .hint = ValueHint::text};
}

std::vector<Flag> setting_flags() {
  Flag os = text_flag("platform.os", "os", "operating system, as Go names it");
  os.aliases = {"os"};
  Flag architecture = text_flag("platform.arch", "arch", "processor, as Go names it");
  architecture.aliases = {"architecture"};
  Flag clear = list_flag("clear", "key", "empty this first, see above");
  clear.hint = ValueHint::choice;
  clear.choices = clear_key_names();
  return {
      text_flag("config.user", "user", "user, and group after a colon, to run as"),
      text_flag("config.workingdir", "path", "directory to start in"),
      text_flag("config.stopsignal", "signal", "signal that asks the container to stop"),
      list_flag("config.exposedports", "port", "add a port that the container listens on"),
      list_flag("config.volume", "path", "add a path not kept in the image"),
      list_flag("config.env", "name=value", "set an environment variable"),
      list_flag("config.label", "name=value", "set a label"),
      list_flag("config.entrypoint", "word", "replace the entrypoint, one word a flag"),
      text_flag("config.entrypoint-json", "array", "replace it by a JSON array of strings"),
      list_flag("config.cmd", "word", "replace the command, one word a flag"),
      text_flag("config.cmd-json", "array", "replace it by a JSON array of strings"),
      text_flag("config.cmd-shell", "text", "replace it by a shell that reads this text"),
      text_flag("created", "date", "date of the image: RFC 3339, or now"),
      text_flag("author", "text", "author of the image"),
      os,
      architecture,
      text_flag("platform.variant", "variant", "variant of the processor"),
      list_flag("manifest.annotation", "name=value", "set an annotation of the manifest"),
      clear,
  };
}

/// True if a flag sets something in the image configuration.
bool sets_config(const ParsedFlags& flags) {
  return std::ranges::any_of(setting_flags(), [&](const Flag& flag) {
    return flag.name != "clear" && flag.name != "manifest.annotation" && flags.given(flag.name);
  });
}

}  // namespace

std::vector<Flag> config_change_flags() { return join_flags({setting_flags(), removal_flags()}); }

ConfigChange parse_config_change(const Invocation& line, const Limits& limits) {
  const ParsedFlags& flags = line.flags;
  ConfigChange change;
  for (const auto& key : flags.values("clear")) change.clear.push_back(&find_clear_key(key));
  change.removals = parse_removals(flags);
  change.env = parse_assignments(flags, "config.env");
  change.labels = parse_assignments(flags, "config.label");
  change.annotations = parse_assignments(flags, "manifest.annotation", EmptyName::allowed);
  change.entrypoint = parse_command_words(flags, "config.entrypoint", limits);
  change.cmd = parse_command_words(flags, "config.cmd", limits);
  if (const auto created = flags.value("created")) {
    change.created = parse_time_flag("--created", *created, line.io);
  }
  return change;
}

void apply(const ConfigChange& change, const Invocation& line, image::Edit& edit) {
  for (const ClearKey* key : change.clear) key->clear(edit);
  apply(change.removals, edit, line.log);
  for (const auto& [key, value] : change.annotations) edit.annotations()[key] = value;
  if (!sets_config(line.flags)) return;
  oci::ImageConfig& config = edit.config();
  set_texts(config, line.flags);
  for (const auto& port : line.flags.values("config.exposedports")) config.add_exposed_port(port);
  for (const auto& path : line.flags.values("config.volume")) config.add_volume(path);
  set_words(config, change);
  set_variables(config, change.env);
  for (const auto& [name, value] : change.labels) config.set_label(name, value);
  if (change.created) config.set_created(*change.created);
  if (const auto os = line.flags.value("platform.os")) {
    warn_of_unknown_os("platform.os", *os, line.log);
  }
  if (const auto architecture = line.flags.value("platform.arch")) {
    warn_of_unknown_architecture("platform.arch", *architecture, line.log);
  }
}

}  // namespace umoci::cli
