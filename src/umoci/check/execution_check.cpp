// SPDX-License-Identifier: Apache-2.0
#include <umoci/check/execution_check.hpp>

#include <umoci/base/error.hpp>
#include <umoci/check/annotations_check.hpp>
#include <umoci/check/execution_forms.hpp>
#include <umoci/check/members.hpp>

#include <algorithm>
#include <array>
#include <set>
#include <string_view>

namespace umoci::check {
namespace {

using oci::Json;

constexpr std::array<std::string_view, 14> execution_members{
    "User",    "ExposedPorts", "Env",       "Entrypoint", "Cmd",
    "Volumes", "WorkingDir",   "Labels",    "StopSignal", "ArgsEscaped",
    "Memory",  "MemorySwap",   "CpuShares", "Healthcheck"};
constexpr std::array<std::string_view, 4> reserved_members{"Memory", "MemorySwap", "CpuShares",
                                                           "Healthcheck"};

void check_env(const Members& members) {
  const Json::Array* env = members.array("Env");
  if (env == nullptr) return;
  const oci::Place list = members.place_of("Env");
  std::set<std::string_view> names;
  for (std::size_t i = 0; i < env->size(); ++i) {
    const std::string* entry = (*env)[i].if_string();
    if (entry == nullptr) {
      members.report().add("C15", list.element(i),
                           "is " + std::string(type_name((*env)[i])) + ", not a string");
      continue;
    }
    const std::string_view text(*entry);
    const std::string_view name = text.substr(0, text.find('='));
    if (name.empty() || name.size() == text.size()) {
      members.report().add("C05", list.element(i), quoted(text) + " is not NAME=VALUE");
    } else if (!is_variable_name(name)) {
      members.report().add("C05", Severity::warning, list.element(i),
                           "name " + quoted(name) + " has unusual characters");
    } else if (!names.insert(name).second) {
      members.report().add("C05", Severity::warning, list.element(i),
                           quoted(name) + " is set twice");
    }
  }
}

/// Reports values that are no objects; Go has sets in this form.
const Json::Object* check_set(const Members& members, std::string_view name,
                              std::string_view rule) {
  const Json::Object* object = members.object(name);
  if (object == nullptr) return nullptr;
  const oci::Place place = members.place_of(name);
  for (const auto& [key, value] : *object) {
    if (value.if_object() != nullptr) continue;
    members.report().add(rule, place.member(key),
                         "is " + std::string(type_name(value)) + ", not an object");
  }
  return object;
}

void check_ports(const Members& members) {
  const Json::Object* ports = check_set(members, "ExposedPorts", "C06");
  if (ports == nullptr) return;
  const oci::Place place = members.place_of("ExposedPorts");
  for (const auto& [key, value] : *ports) {
    switch (port_form(key)) {
      case PortForm::right:
        break;
      case PortForm::unusual:
        members.report().add("C06", Severity::warning, place.member(key),
                             quoted(key) + " is no tcp or udp port from 1 to 65535");
        break;
      case PortForm::wrong:
        members.report().add("C06", place.member(key), quoted(key) + " is not PORT[/PROTOCOL]");
        break;
    }
  }
}

void check_volumes(const Members& members) {
  const Json::Object* volumes = check_set(members, "Volumes", "C07");
  if (volumes == nullptr) return;
  const oci::Place place = members.place_of("Volumes");
  for (const auto& [key, value] : *volumes) {
    if (key.starts_with('/') && !has_parent_component(key)) continue;
    members.report().add("C07", Severity::warning, place.member(key),
                         quoted(key) + " is relative or goes up");
  }
}

void check_words(const Members& members) {
  members.strings("Entrypoint");
  members.strings("Cmd");
  members.boolean("ArgsEscaped");
  const std::string* directory = members.string("WorkingDir");
  if (directory != nullptr && !directory->empty() && !directory->starts_with('/')) {
    members.report().add("C08", members.place_of("WorkingDir"),
                         quoted(*directory) + " is relative");
  }
  const std::string* signal = members.string("StopSignal");
  if (signal != nullptr && !signal->empty() && !is_signal(*signal)) {
    members.report().add("C10", members.place_of("StopSignal"), quoted(*signal) + " is no signal");
  }
}

void check_old_members(const Members& members) {
  for (const std::string_view name : reserved_members) {
    if (members.find(name) != nullptr) {
      members.report().add("C13", members.place_of(name), "is reserved");
    }
  }
  if (members.find("ArgsEscaped") != nullptr) {
    members.report().add("C13", members.place_of("ArgsEscaped"), "is deprecated");
  }
}

}  // namespace

std::string check_execution(const Json& config, const oci::Place& place, DocumentReport& report) {
  const Members members(config, place, report, "C15");
  check_env(members);
  check_ports(members);
  check_volumes(members);
  check_words(members);
  check_old_members(members);
  if (const Json* labels = members.find("Labels")) {
    check_labels(*labels, members.place_of("Labels"), report);
  }
  members.check_names(execution_members);
  const std::string* user = members.string("User");
  if (user == nullptr || is_user(*user)) return user != nullptr ? *user : std::string();
  report.add("C09", members.place_of("User"), quoted(*user) + " is not USER[:GROUP]");
  return {};
}

}  // namespace umoci::check
