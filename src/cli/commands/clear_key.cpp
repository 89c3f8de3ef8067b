// SPDX-License-Identifier: Apache-2.0
#include <cli/commands/clear_key.hpp>

#include <umoci/base/error.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

namespace umoci::cli {
namespace {

void clear_all(image::Edit& edit);

constexpr ClearKey clear_keys[] = {
    {"config.labels", "config.label", [](image::Edit& edit) { edit.config().set_labels({}); }},
    {"manifest.annotations", "manifest.annotation",
     [](image::Edit& edit) { edit.annotations().clear(); }},
    {"config.exposedports", "config.exposedport",
     [](image::Edit& edit) { edit.config().clear_exposed_ports(); }},
    {"config.env", "", [](image::Edit& edit) { edit.config().set_env({}); }},
    {"config.volume", "config.volumes", [](image::Edit& edit) { edit.config().clear_volumes(); }},
    {"config.cmd", "", [](image::Edit& edit) { edit.config().set_cmd({}); }},
    {"config.entrypoint", "", [](image::Edit& edit) { edit.config().set_entrypoint({}); }},
    {"config.user", "", [](image::Edit& edit) { edit.config().set_user({}); }},
    {"config.workingdir", "", [](image::Edit& edit) { edit.config().set_working_dir({}); }},
    {"config.stopsignal", "", [](image::Edit& edit) { edit.config().set_stop_signal({}); }},
    {"author", "", [](image::Edit& edit) { edit.config().set_author({}); }},
    {"all", "", clear_all},
};

void clear_all(image::Edit& edit) {
  for (const ClearKey& key : clear_keys) {
    if (key.clear != clear_all) key.clear(edit);
  }
}

[[noreturn]] void fail_unknown(const std::string& name) {
  std::string known;
  for (const ClearKey& key : clear_keys) {
    known += fmt::format("{}{}", known.empty() ? "" : ", ", key.name);
  }
  throw Error(ErrorKind::invalid_argument,
              fmt::format("invalid --clear: unknown key {} (there are {})", quoted(name), known));
}

}  // namespace

const ClearKey& find_clear_key(const std::string& name) {
  if (name == "rootfs.diffids") {
    throw Error(
        ErrorKind::invalid_argument,
        "invalid --clear: rootfs.diffids cannot be cleared: layers would lose their digests");
  }
  const auto* found =
      std::find_if(std::begin(clear_keys), std::end(clear_keys), [&](const ClearKey& key) {
        return key.name == name || (!key.alias.empty() && key.alias == name);
      });
  if (found == std::end(clear_keys)) fail_unknown(name);
  return *found;
}

std::vector<std::string> clear_key_names() {
  std::vector<std::string> names;
  for (const ClearKey& key : clear_keys) names.emplace_back(key.name);
  return names;
}

}  // namespace umoci::cli
