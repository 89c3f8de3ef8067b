// SPDX-License-Identifier: Apache-2.0
#include <umoci/runtime/spec.hpp>

#include <algorithm>
#include <iterator>
#include <map>
#include <utility>

namespace umoci::runtime {
namespace {

using oci::Json;

void erase_if_empty(Json& parent, std::string_view name) {
  const Json* member = parent.find(name);
  if (member == nullptr) return;
  const Json::Array* array = member->if_array();
  const Json::Object* object = member->if_object();
  if ((array != nullptr && array->empty()) || (object != nullptr && object->empty())) {
    parent.erase(name);
  }
}

}  // namespace

Json to_json(const std::vector<std::string>& texts) {
  return Json::Array(texts.begin(), texts.end());
}

std::vector<std::string> Spec::environment() const {
  std::vector<std::string> variables;
  const Json* member = document_.find("process")->find("env");
  if (member == nullptr || member->is_null()) return variables;
  for (const Json& variable : *member->if_array()) variables.push_back(*variable.if_string());
  return variables;
}

void Spec::set_environment(const std::vector<std::string>& variables) {
  process().set("env", to_json(variables));
}

void Spec::add_annotations(const std::map<std::string, std::string>& annotations) {
  // Not one by one into the document: there can be hundreds of thousands.
  Json::Object& members = *document_.find("annotations")->if_object();
  std::map<std::string, Json> all(std::make_move_iterator(members.begin()),
                                  std::make_move_iterator(members.end()));
  for (const auto& [key, value] : annotations) all.insert_or_assign(key, Json(value));
  members.clear();
  for (auto& [key, value] : all) members.emplace_back(key, std::move(value));
}

void Spec::add_namespace(std::string_view type) {
  linux_section().find("namespaces")->if_array()->emplace_back(Json::Object{{"type", type}});
}

void Spec::remove_namespace(std::string_view type) {
  std::erase_if(*linux_section().find("namespaces")->if_array(),
                [&](const Json& entry) { return *entry.find("type")->if_string() == type; });
}

std::string_view Spec::linux_member() const {
  // One that is empty says nothing: every document that is parsed gets one.
  const Json::Object& section = *document_.find("linux")->if_object();
  const bool is_said = std::any_of(section.begin(), section.end(), [](const auto& member) {
    return !member.second.is_null() &&
           (member.first != "namespaces" || !member.second.if_array()->empty());
  });
  if (is_said) return "linux";
  const Json& process = *document_.find("process");
  for (const std::string_view path :
       {"process.capabilities", "process.noNewPrivileges", "process.apparmorProfile",
        "process.selinuxLabel", "process.oomScoreAdj", "process.scheduler", "process.ioPriority",
        "process.execCPUAffinity"}) {
    const Json* member = process.find(path.substr(path.find('.') + 1));
    if (member != nullptr && !member->is_null()) return path;
  }
  return "";
}

std::string Spec::dump() const {
  Json copy = document_;
  erase_if_empty(*copy.find("process"), "env");
  for (Json& mount : *copy.find("mounts")->if_array()) erase_if_empty(mount, "options");
  for (const std::string_view name : {"uidMappings", "gidMappings", "namespaces"}) {
    erase_if_empty(*copy.find("linux"), name);
  }
  // "mounts" stays: crun 1.8.1 takes no document without it.
  for (const std::string_view name : {"annotations", "linux"}) erase_if_empty(copy, name);
  return copy.dump_indented() + '\n';
}

}  // namespace umoci::runtime
