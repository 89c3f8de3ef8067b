// SPDX-License-Identifier: Apache-2.0
#include <umoci/check/image_layers.hpp>

#include <umoci/base/error.hpp>
#include <umoci/base/log.hpp>
#include <umoci/runtime/user.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <string>

namespace umoci::check {
namespace {

using Layers = std::vector<const LayerFacts*>;

void check_diff_ids(const Layers& layers, const ConfigFacts& config, DocumentReport& report) {
  if (!config.diff_ids) return;
  const std::size_t count = std::min(layers.size(), config.diff_ids->size());
  for (std::size_t i = 0; i < count; ++i) {
    const std::string& wanted = (*config.diff_ids)[i];
    if (layers[i] == nullptr || layers[i]->diff_id.empty() || wanted.empty()) continue;
    if (layers[i]->diff_id.starts_with(wanted.substr(0, wanted.find(':') + 1)) &&
        layers[i]->diff_id != wanted) {
      report.add("C03", fmt::format("/layers/{}", i),
                 "has the diff_id " + layers[i]->diff_id + ", but the configuration says " +
                     quoted(wanted));
    }
  }
}

/// What a hard link of layer `top` finds at `target` below it.
enum class Found { file, directory, nothing, unknown };

Found look_up(const Layers& layers, std::size_t top, std::string_view target) {
  for (std::size_t i = top; i-- > 0;) {
    if (layers[i] == nullptr || !layers[i]->is_complete) return Found::unknown;
    if (const auto kind = layers[i]->find(target)) {
      return *kind == LayerFacts::Kind::directory ? Found::directory : Found::file;
    }
    if (layers[i]->is_behind_link(target)) return Found::unknown;
    if (layers[i]->hides(target)) return Found::nothing;
  }
  return Found::nothing;
}

void check_links(const Layers& layers, DocumentReport& report) {
  for (std::size_t i = 0; i < layers.size(); ++i) {
    if (layers[i] == nullptr) continue;
    for (const LayerFacts::Link& link : layers[i]->outer_links) {
      const Found found =
          layers[i]->hides(link.target) ? Found::nothing : look_up(layers, i, link.target);
      if (found == Found::file || found == Found::unknown) continue;
      report.add("Y06", fmt::format("/layers/{}", i),
                 "hard link " + quoted("/" + link.path) + " leads to " +
                     (found == Found::directory ? "a directory, " : "nothing, ") +
                     quoted("/" + link.target));
    }
  }
}

/// The text of a file of accounts as the image has it; nullopt if there is none.
struct Account {
  bool is_known = true;
  std::optional<std::string> text;
};

Account find_account(const Layers& layers, const char* path, AccountFile LayerFacts::* file) {
  for (auto layer = layers.rbegin(); layer != layers.rend(); ++layer) {
    if (*layer == nullptr || !(*layer)->is_complete) return {.is_known = false, .text = {}};
    const AccountFile& account = (*layer)->*file;
    const bool is_unknown = account.state == AccountFile::State::unknown;
    if (is_unknown || (*layer)->is_behind_link(path)) return {.is_known = false, .text = {}};
    if (account.state == AccountFile::State::there) return {.is_known = true, .text = account.text};
    if (account.state == AccountFile::State::gone || (*layer)->hides(path)) break;
  }
  return {};
}

void check_user(const Layers& layers, const ConfigFacts& config, DocumentReport& report) {
  if (config.user.empty()) return;
  Account passwd = find_account(layers, "etc/passwd", &LayerFacts::passwd);
  Account group = find_account(layers, "etc/group", &LayerFacts::group);
  if (!passwd.is_known || !group.is_known) return;
  try {
    (void)runtime::resolve_user(config.user,
                                {.passwd = std::move(passwd.text), .group = std::move(group.text)},
                                runtime::GroupsOfNumbers::none, silent_log());
  } catch (const Error& error) {
    report.add("C09", Severity::warning, "/config", error.what());
  }
}

}  // namespace

void check_image_layers(const Layers& layers, const ConfigFacts& config, DocumentReport& report) {
  check_diff_ids(layers, config, report);
  check_links(layers, report);
  check_user(layers, config, report);
}

}  // namespace umoci::check
