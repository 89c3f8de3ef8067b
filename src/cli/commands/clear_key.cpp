// SPDX-License-Identifier: Apache-2.0
#include <cli/commands/clear_key.hpp>

#include <umoci/base/error.hpp>

#include <algorithm>
#include <iterator>

namespace umoci::cli {
namespace {

constexpr ClearKey clear_keys[] = {
    {"config.labels", [](image::Edit& edit) { edit.config().set_labels({}); }},
    {"manifest.annotations", [](image::Edit& edit) { edit.annotations().clear(); }},
    {"config.exposedports", [](image::Edit& edit) { edit.config().clear_exposed_ports(); }},
    {"config.env", [](image::Edit& edit) { edit.config().set_env({}); }},
    {"config.volume", [](image::Edit& edit) { edit.config().clear_volumes(); }},
    {"config.cmd", [](image::Edit& edit) { edit.config().set_cmd({}); }},
    {"config.entrypoint", [](image::Edit& edit) { edit.config().set_entrypoint({}); }},
};

}  // namespace

const ClearKey& find_clear_key(const std::string& name) {
  if (name == "rootfs.diffids") {
    throw Error(
        ErrorKind::invalid_argument,
        "invalid --clear: rootfs.diffids cannot be cleared: layers would lose their digests");
  }
  const auto* found = std::find_if(std::begin(clear_keys), std::end(clear_keys),
                                   [&](const ClearKey& key) { return key.name == name; });
  if (found == std::end(clear_keys)) {
    throw Error(ErrorKind::invalid_argument, "invalid --clear: unknown key " + quoted(name));
  }
  return *found;
}

}  // namespace umoci::cli
