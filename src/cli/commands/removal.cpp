// SPDX-License-Identifier: Apache-2.0
#include <cli/commands/removal.hpp>

#include <umoci/base/error.hpp>

#include <fmt/format.h>

namespace umoci::cli {
namespace {

/// Names that nothing in an image can have.
enum class Refused {
  none,
  empty,
  empty_or_assignment,  ///< an equals sign ends the name of a variable
};

struct RemovalFlag {
  std::string_view name;
  std::string_view value_name;
  std::string_view description;
  Refused refused;
  bool (*remove)(image::Edit&, const std::string& name);
};

using Name = const std::string&;

constexpr RemovalFlag removal_table[] = {
    {"config.exposedports.rm", "port", "remove a port", Refused::none,
     [](image::Edit& edit, Name port) { return edit.config().remove_exposed_port(port); }},
    {"config.volume.rm", "path", "remove a volume", Refused::none,
     [](image::Edit& edit, Name path) { return edit.config().remove_volume(path); }},
    {"config.env.rm", "name", "remove an environment variable", Refused::empty_or_assignment,
     [](image::Edit& edit, Name name) { return edit.config().remove_env(name); }},
    {"config.label.rm", "name", "remove a label", Refused::empty,
     [](image::Edit& edit, Name name) { return edit.config().remove_label(name); }},
    {"manifest.annotation.rm", "name", "remove an annotation of the manifest", Refused::none,
     [](image::Edit& edit, Name name) { return edit.annotations().erase(name) > 0; }},
};

void require_name(const RemovalFlag& flag, const std::string& name) {
  const bool is_empty = name.empty() && flag.refused != Refused::none;
  const bool is_assignment =
      name.find('=') != std::string::npos && flag.refused == Refused::empty_or_assignment;
  if (!is_empty && !is_assignment) return;
  throw Error(ErrorKind::invalid_argument,
              fmt::format("invalid --{}: {} is not a name", flag.name, quoted(name)));
}

}  // namespace

std::vector<Flag> removal_flags() {
  std::vector<Flag> flags;
  for (const RemovalFlag& flag : removal_table) {
    flags.push_back({.name = flag.name,
                     .kind = FlagKind::list,
                     .value_name = flag.value_name,
                     .description = flag.description,
                     .hint = ValueHint::text});
  }
  return flags;
}

std::vector<Removal> parse_removals(const ParsedFlags& flags) {
  std::vector<Removal> removals;
  for (const RemovalFlag& flag : removal_table) {
    for (const std::string& name : flags.values(flag.name)) {
      require_name(flag, name);
      removals.push_back({.flag = flag.name, .name = name, .remove = flag.remove});
    }
  }
  return removals;
}

void apply(const std::vector<Removal>& removals, image::Edit& edit, Log& log) {
  for (const auto& [flag, name, remove] : removals) {
    if (remove(edit, name)) continue;
    log.info("nothing to remove", {{"flag", fmt::format("--{}", flag)}, {"name", name}});
  }
}

}  // namespace umoci::cli
