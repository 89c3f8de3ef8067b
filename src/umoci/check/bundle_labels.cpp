// SPDX-License-Identifier: Apache-2.0
#include <umoci/base/error.hpp>
#include <umoci/check/bundle_view.hpp>

#include <algorithm>

namespace umoci::check {
namespace {

/// A context of SELinux: user:role:type, and often :level, which may have colons itself.
bool is_selinux_context(std::string_view text) {
  for (int part = 0; part < 3; ++part) {
    const std::size_t colon = text.find(':');
    const std::string_view name = text.substr(0, colon);
    if (name.empty()) return false;
    const bool is_odd = std::any_of(name.begin(), name.end(), [](char c) {
      return static_cast<unsigned char>(c) <= 0x20U || c == 0x7f || c == ',' || c == '"';
    });
    if (is_odd) return false;
    if (colon == std::string_view::npos) return part == 2;
    text.remove_prefix(colon + 1);
  }
  return !text.empty() &&
         text.find_first_of(std::string_view("\0 \t\n\"", 5)) == std::string_view::npos;
}

void check_apparmor(const BundleView& view) {
  const Value profile = view.config["process"]["apparmorProfile"];
  const std::string* text = profile.text();
  if (text == nullptr || text->empty() || *text == "unconfined") return;
  const auto& known = view.host->apparmor_profiles;
  if (known && known->contains(*text)) return;
  view.report.warn("B24", profile,
                   quoted(*text) + (known ? " is no profile that this machine has now"
                                          : " is a profile, but the profiles of AppArmor cannot "
                                            "be read on this machine"));
}

void check_selinux(const BundleView& view, const Value& label) {
  const std::string* text = label.text();
  if (text == nullptr || text->empty() || view.host->has_selinux) return;
  view.report.warn("B24", label,
                   quoted(*text) + " is a label, but this machine does not use SELinux");
}

}  // namespace

void check_labels(const BundleView& view) {
  const Value mount_label = view.config["linux"]["mountLabel"];
  const std::string* text = mount_label.text();
  if (text != nullptr && !text->empty() && !is_selinux_context(*text)) {
    view.report.error("B24", mount_label, quoted(*text) + " is no context of SELinux");
  }
  if (view.host == nullptr) return;
  check_apparmor(view);
  check_selinux(view, mount_label);
  check_selinux(view, view.config["process"]["selinuxLabel"]);
}

}  // namespace umoci::check
