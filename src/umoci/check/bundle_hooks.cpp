// SPDX-License-Identifier: Apache-2.0
#include <umoci/base/error.hpp>
#include <umoci/check/bundle_view.hpp>

#include <fmt/format.h>

namespace umoci::check {
namespace {

/// Whose file system has the program of a hook.
enum class Where { host, container };

struct HookList {
  const char* name;
  Where where;
};

constexpr HookList lists[] = {
    {"prestart", Where::host},        {"createRuntime", Where::host},
    {"createContainer", Where::host}, {"startContainer", Where::container},
    {"poststart", Where::host},       {"poststop", Where::host},
};

bool is_executable_file(const struct stat& status) {
  return S_ISREG(status.st_mode) && (status.st_mode & 0111U) != 0;
}

void check_program(const BundleView& view, Where where, const Value& path) {
  const std::string& text = *path.text();
  if (where == Where::container) {
    const ContainerFile file = view.files.find(text);
    if (file.state == ContainerFile::State::missing) {
      view.report.warn("B22", path, quoted(text) + " is missing in the root file system");
    } else if (file.state == ContainerFile::State::unreadable) {
      view.report.warn("B22", path, quoted(text) + " cannot be looked at: " + file.why);
    } else if (file.state == ContainerFile::State::present && !is_executable_file(file.status)) {
      view.report.warn("B22", path, quoted(text) + " of the root file system is not executable");
    }
    return;
  }
  if (view.host == nullptr) return;
  const HostFile file = find_on_host(text);
  if (file == HostFile::executable) return;
  view.report.warn("B22", path,
                   quoted(text) + (file == HostFile::missing ? " is missing on this machine"
                                                             : " is not executable"));
}

void check_hook(const BundleView& view, Where where, const Value& hook) {
  const Value path = hook["path"];
  const std::string* text = path.text();
  if (text == nullptr) {
    view.report.error("B22", path, "the hook names no program");
  } else if (!text->starts_with('/') && !view.is_for_windows()) {
    view.report.error("B22", path, quoted(*text) + " is not absolute");
  } else {
    check_program(view, where, path);
  }
  hook["env"].for_each_element(
      [&](const Value& variable) { check_variable(variable, "B22", view.report); });
  const Value timeout = hook["timeout"];
  const auto seconds = timeout.integer();
  if (seconds && *seconds <= 0) {
    view.report.error("B22", timeout, fmt::format("\"{}\" is no time to wait", *seconds));
  }
}

}  // namespace

void check_hooks(const BundleView& view) {
  for (const HookList& list : lists) {
    view.config["hooks"][list.name].for_each_element(
        [&](const Value& hook) { check_hook(view, list.where, hook); });
  }
}

}  // namespace umoci::check
