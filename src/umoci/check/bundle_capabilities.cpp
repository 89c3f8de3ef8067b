// SPDX-License-Identifier: Apache-2.0
#include <umoci/base/error.hpp>
#include <umoci/check/bundle_view.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <unordered_set>

namespace umoci::check {
namespace {

/// Those of Linux 6.
constexpr std::string_view capabilities[] = {
    "CAP_AUDIT_CONTROL",   "CAP_AUDIT_READ",   "CAP_AUDIT_WRITE",
    "CAP_BLOCK_SUSPEND",   "CAP_BPF",          "CAP_CHECKPOINT_RESTORE",
    "CAP_CHOWN",           "CAP_DAC_OVERRIDE", "CAP_DAC_READ_SEARCH",
    "CAP_FOWNER",          "CAP_FSETID",       "CAP_IPC_LOCK",
    "CAP_IPC_OWNER",       "CAP_KILL",         "CAP_LEASE",
    "CAP_LINUX_IMMUTABLE", "CAP_MAC_ADMIN",    "CAP_MAC_OVERRIDE",
    "CAP_MKNOD",           "CAP_NET_ADMIN",    "CAP_NET_BIND_SERVICE",
    "CAP_NET_BROADCAST",   "CAP_NET_RAW",      "CAP_PERFMON",
    "CAP_SETFCAP",         "CAP_SETGID",       "CAP_SETPCAP",
    "CAP_SETUID",          "CAP_SYSLOG",       "CAP_SYS_ADMIN",
    "CAP_SYS_BOOT",        "CAP_SYS_CHROOT",   "CAP_SYS_MODULE",
    "CAP_SYS_NICE",        "CAP_SYS_PACCT",    "CAP_SYS_PTRACE",
    "CAP_SYS_RAWIO",       "CAP_SYS_RESOURCE", "CAP_SYS_TIME",
    "CAP_SYS_TTY_CONFIG",  "CAP_WAKE_ALARM",
};

using Names = std::unordered_set<std::string_view>;

Names names_in(const Value& set) {
  Names names;
  set.for_each_element([&](const Value& name) {
    if (name.text() != nullptr) names.insert(*name.text());
  });
  return names;
}

void check_names(const Value& set, Report& report) {
  set.for_each_element([&](const Value& name) {
    const std::string* text = name.text();
    if (text == nullptr || std::binary_search(std::begin(capabilities), std::end(capabilities),
                                              std::string_view(*text))) {
      return;
    }
    report.error("B09", name, quoted(*text) + " is no capability");
  });
}

/// The kernel gives a process nothing that is not in the other set. `of`: its name.
void check_subset(const Value& sets, std::string_view of, std::string_view others, Report& report) {
  const Names allowed = names_in(sets[others]);
  sets[of].for_each_element([&](const Value& name) {
    const std::string* text = name.text();
    if (text == nullptr || allowed.contains(*text)) return;
    report.error("B09", name, fmt::format("{} is not among the {} ones", quoted(*text), others));
  });
}

}  // namespace

void check_capabilities(const BundleView& view) {
  const Value sets = view.config["process"]["capabilities"];
  for (const char* set : {"bounding", "effective", "inheritable", "permitted", "ambient"}) {
    check_names(sets[set], view.report);
  }
  check_subset(sets, "effective", "permitted", view.report);
  check_subset(sets, "ambient", "permitted", view.report);
  check_subset(sets, "ambient", "inheritable", view.report);
}

}  // namespace umoci::check
