// SPDX-License-Identifier: Apache-2.0
#include <umoci/check/bundle_namespaces.hpp>

#include <umoci/base/error.hpp>
#include <umoci/check/bundle_view.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <unordered_set>

namespace umoci::check {
namespace {

constexpr std::string_view types[] = {"pid", "network", "mount",  "ipc",
                                      "uts", "user",    "cgroup", "time"};

void check_references(const BundleView& view) {
  std::unordered_set<std::string_view> seen;
  view.config["linux"]["namespaces"].for_each_element([&](const Value& reference) {
    const Value type = reference["type"];
    if (const std::string* text = type.text()) {
      if (std::find(std::begin(types), std::end(types), *text) == std::end(types)) {
        view.report.error("B14", type, quoted(*text) + " is no type of namespaces");
      }
      if (!seen.insert(*text).second) {
        view.report.error("B14", type, quoted(*text) + " is there twice");
      }
    }
    const Value path = reference["path"];
    const std::string* text = path.text();
    if (text != nullptr && !text->empty() && !text->starts_with('/')) {
      view.report.error("B14", path, quoted(*text) + " is not absolute");
    }
  });
}

/// What demands that some namespaces are new.
class NewNamespaces {
 public:
  explicit NewNamespaces(const BundleView& view)
      : types_(new_namespaces(view.config)), report_(view.report) {}

  void require(std::string_view type, std::string_view rule, const Value& what) const {
    if (types_.contains(type)) return;
    report_.error(rule, what, fmt::format("needs a new {} namespace", type));
  }

 private:
  std::set<std::string, std::less<>> types_;
  Report& report_;
};

void check_names(const BundleView& view, const NewNamespaces& created) {
  // Those of Windows and of virtual machines have no namespaces.
  if (!view.config["linux"].exists() && (view.is_for_windows() || view.config["vm"].exists())) {
    return;
  }
  for (const char* name : {"hostname", "domainname"}) {
    const Value value = view.config[name];
    if (value.text() != nullptr && !value.text()->empty()) created.require("uts", "B16", value);
  }
}

/// Which namespaces keep a setting of the kernel apart from that of the machine.
void check_sysctls(const BundleView& view, const NewNamespaces& created) {
  view.config["linux"]["sysctl"].for_each_member([&](std::string name, const Value& value) {
    // As sysctl(8) has it, both are separators.
    std::replace(name.begin(), name.end(), '/', '.');
    if (name.starts_with("net.")) created.require("network", "B17", value);
    if (name.starts_with("fs.mqueue.")) {
      created.require("ipc", "B17", value);
      created.require("mount", "B17", value);
    }
    if (name == "kernel.hostname" || name == "kernel.domainname") {
      created.require("uts", "B17", value);
    }
  });
}

}  // namespace

std::set<std::string, std::less<>> new_namespaces(const Value& config) {
  std::set<std::string, std::less<>> types_found;
  config["linux"]["namespaces"].for_each_element([&](const Value& reference) {
    const Value type = reference["type"];
    const Value path = reference["path"];
    const bool has_path = path.text() != nullptr && !path.text()->empty();
    if (type.text() != nullptr && !has_path) types_found.insert(*type.text());
  });
  return types_found;
}

void check_namespaces(const BundleView& view) {
  const NewNamespaces created(view);
  check_references(view);
  check_names(view, created);
  check_sysctls(view, created);
  const Value offsets = view.config["linux"]["timeOffsets"];
  if (offsets.count() > 0) created.require("time", "B18", offsets);
}

}  // namespace umoci::check
