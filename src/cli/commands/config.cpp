// SPDX-License-Identifier: Apache-2.0
#include <cli/arguments.hpp>
#include <cli/arguments/dates.hpp>
#include <cli/arguments/history.hpp>
#include <cli/arguments/image.hpp>
#include <cli/arguments/limits.hpp>
#include <cli/assignment.hpp>
#include <cli/commands/clear_key.hpp>
#include <cli/commands/commands.hpp>
#include <cli/commands/log_new_image.hpp>

#include <umoci/image/edit.hpp>

#include <algorithm>
#include <utility>

namespace umoci::cli {
namespace {

/// What a command line asks for, understood before anything is read or written.
struct Request {
  std::vector<const ClearKey*> clear;
  std::vector<Assignment> env;
  std::vector<Assignment> labels;
  std::vector<Assignment> annotations;
  std::optional<std::string> created;
};

Request parse_request(const ParsedFlags& flags) {
  Request request;
  for (const auto& key : flags.values("clear")) request.clear.push_back(&find_clear_key(key));
  request.env = parse_assignments(flags, "config.env");
  request.labels = parse_assignments(flags, "config.label");
  request.annotations = parse_assignments(flags, "manifest.annotation", EmptyName::allowed);
  if (const auto created = flags.value("created")) {
    request.created = parse_time_flag("--created", *created);
  }
  return request;
}

/// A variable that is there keeps its place.
void set_variables(oci::ImageConfig& config, const std::vector<Assignment>& assignments) {
  if (assignments.empty()) return;
  auto env = config.env();
  for (const auto& [name, value] : assignments) {
    const std::string prefix = name + "=";
    const auto found = std::find_if(env.begin(), env.end(), [&](const std::string& variable) {
      return variable.starts_with(prefix) || variable == name;
    });
    if (found == env.end()) {
      env.push_back(prefix + value);
    } else {
      *found = prefix + value;
    }
  }
  config.set_env(env);
}

void set_lists(oci::ImageConfig& config, const ParsedFlags& flags) {
  for (const auto& port : flags.values("config.exposedports")) config.add_exposed_port(port);
  for (const auto& path : flags.values("config.volume")) config.add_volume(path);
  if (flags.given("config.entrypoint")) config.set_entrypoint(flags.values("config.entrypoint"));
  if (flags.given("config.cmd")) config.set_cmd(flags.values("config.cmd"));
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

void apply(const Request& request, const ParsedFlags& flags, image::Edit& edit) {
  // All clearing comes first, wherever it stands on the command line.
  for (const ClearKey* key : request.clear) key->clear(edit);
  set_texts(edit.config(), flags);
  set_lists(edit.config(), flags);
  set_variables(edit.config(), request.env);
  if (!request.labels.empty()) {
    auto labels = edit.config().labels();
    for (const auto& [key, value] : request.labels) labels[key] = value;
    edit.config().set_labels(labels);
  }
  for (const auto& [key, value] : request.annotations) edit.annotations()[key] = value;
  if (request.created) edit.config().set_created(*request.created);
}

void config(const Invocation& line) {
  const auto image = require_image(line.flags);
  check_history_conflict(line.flags);
  const std::string tag = destination_tag(line.flags, image);
  require_positionals(line, {});
  const Request request = parse_request(line.flags);
  const auto history = history_request(line, "umoci config");

  store::Layout layout = open_layout(image.layout, line);
  image::Edit edit(image::Image::open(layout, image::resolve(layout, image.reference)));
  edit.declare_media_type();
  apply(request, line.flags, edit);
  if (history) edit.append_history(history->line(edit.config()));
  log_new_image(line.log, edit.commit(layout, tag), tag);
}

Flag text_flag(std::string_view name, std::string_view value_name, std::string_view description) {
  return {
      .name = name, .kind = FlagKind::single, .value_name = value_name, .description = description};
}

Flag list_flag(std::string_view name, std::string_view value_name, std::string_view description) {
  return {
      .name = name, .kind = FlagKind::list, .value_name = value_name, .description = description};
}

std::vector<Flag> config_flags() {
  Flag os = text_flag("platform.os", "os", "operating system, as Go names it");
  os.aliases = {"os"};
  Flag architecture = text_flag("platform.arch", "arch", "processor, as Go names it");
  architecture.aliases = {"architecture"};
  return {
      text_flag("config.user", "user", "user, and group after a colon, to run as"),
      text_flag("config.workingdir", "path", "directory to start in"),
      text_flag("config.stopsignal", "signal", "signal that asks the container to stop"),
      list_flag("config.exposedports", "port", "add a port that the container listens on"),
      list_flag("config.volume", "path", "add a path whose content is not part of the image"),
      list_flag("config.env", "name=value", "set an environment variable"),
      list_flag("config.label", "name=value", "set a label"),
      list_flag("config.entrypoint", "word", "replace the entrypoint, one word a flag"),
      list_flag("config.cmd", "word", "replace the command, one word a flag"),
      text_flag("created", "date", "date of the image (RFC 3339)"),
      text_flag("author", "text", "author of the image"),
      os,
      architecture,
      text_flag("platform.variant", "variant", "variant of the processor"),
      list_flag("manifest.annotation", "name=value", "set an annotation of the manifest"),
      list_flag("clear", "key",
                "empty a list before anything is set: config.labels, manifest.annotations, "
                "config.exposedports, config.env, config.volume, config.cmd, config.entrypoint"),
  };
}

}  // namespace

Command config_command() {
  Command command;
  command.name = "config";
  command.category = Category::image;
  command.summary = "change the configuration of an image";
  command.description =
      "Writes a new configuration with the given values and makes the tag mean the changed image. "
      "An empty text removes a value. What is not mentioned stays as it is, members that umoci "
      "does not know included.";
  command.flags = join_flags({image_flags(), platform_flags(), tag_flags(), config_flags(),
                              history_flags(), limit_flags()});
  command.run = config;
  return command;
}

}  // namespace umoci::cli
