// SPDX-License-Identifier: Apache-2.0
#include <umoci/oci/image_config.hpp>

#include <umoci/oci/image_config_members.hpp>
#include <umoci/oci/member_writer.hpp>

#include <utility>

namespace umoci::oci {
namespace {

/// The member `name`, after replacing an absent or null one by `initial`.
Json& member_or(Json& object, std::string_view name, Json initial) {
  const Json* found = object.find(name);
  if (found == nullptr || found->is_null()) object.set(name, std::move(initial));
  return *object.find(name);
}

void assign(Json& object, std::string_view name, std::string_view value) {
  if (value.empty()) {
    object.erase(name);
  } else {
    object.set(name, value);
  }
}

Json& config_of(Json& document) { return member_or(document, "config", Json::Object()); }

template <class List>
void assign_list(Json& document, std::string_view name, const List& value) {
  if (value.empty()) {
    config_of(document).erase(name);
  } else {
    config_of(document).set(name, to_json(value));
  }
}

void add_to_set(Json& document, std::string_view name, std::string_view key) {
  Json& set = member_or(config_of(document), name, Json::Object());
  if (set.find(key) == nullptr) set.set(key, Json::Object());
}

/// The member `name` of `config`; nullptr if it is absent.
Json* find_in_config(Json& document, std::string_view name) {
  Json* config = document.find("config");
  return config == nullptr ? nullptr : config->find(name);
}

bool remove_key(Json& document, std::string_view name, std::string_view key) {
  Json* entries = find_in_config(document, name);
  if (entries == nullptr || entries->find(key) == nullptr) return false;
  entries->erase(key);
  if (entries->if_object()->empty()) config_of(document).erase(name);
  return true;
}

}  // namespace

void ImageConfig::set_created(std::string_view rfc3339) { assign(document_, "created", rfc3339); }

void ImageConfig::set_author(std::string_view value) { assign(document_, "author", value); }

void ImageConfig::set_architecture(std::string_view value) { document_.set("architecture", value); }

void ImageConfig::set_os(std::string_view value) { document_.set("os", value); }

void ImageConfig::set_variant(std::string_view value) { assign(document_, "variant", value); }

void ImageConfig::set_user(std::string_view value) { assign(config_of(document_), "User", value); }

void ImageConfig::set_working_dir(std::string_view value) {
  assign(config_of(document_), "WorkingDir", value);
}

void ImageConfig::set_stop_signal(std::string_view value) {
  assign(config_of(document_), "StopSignal", value);
}

void ImageConfig::set_env(const std::vector<std::string>& value) {
  assign_list(document_, "Env", value);
}

void ImageConfig::set_entrypoint(const std::vector<std::string>& value) {
  assign_list(document_, "Entrypoint", value);
}

void ImageConfig::set_cmd(const std::vector<std::string>& value) {
  assign_list(document_, "Cmd", value);
}

void ImageConfig::add_exposed_port(std::string_view port) {
  add_to_set(document_, "ExposedPorts", port);
}

void ImageConfig::clear_exposed_ports() { config_of(document_).erase("ExposedPorts"); }

void ImageConfig::add_volume(std::string_view path) { add_to_set(document_, "Volumes", path); }

void ImageConfig::clear_volumes() { config_of(document_).erase("Volumes"); }

void ImageConfig::set_labels(const std::map<std::string, std::string>& value) {
  assign_list(document_, "Labels", value);
}

void ImageConfig::set_label(std::string_view name, std::string_view value) {
  member_or(config_of(document_), "Labels", Json::Object()).set(name, value);
}

bool ImageConfig::remove_env(std::string_view name) {
  Json* env = find_in_config(document_, "Env");
  Json::Array* variables = env == nullptr ? nullptr : env->if_array();
  if (variables == nullptr) return false;
  const auto removed = std::erase_if(*variables, [&](const Json& variable) {
    const std::string_view text = *variable.if_string();
    return text.substr(0, text.find('=')) == name;
  });
  if (removed == 0) return false;
  if (variables->empty()) config_of(document_).erase("Env");
  return true;
}

bool ImageConfig::remove_exposed_port(std::string_view port) {
  return remove_key(document_, "ExposedPorts", port);
}

bool ImageConfig::remove_volume(std::string_view path) {
  return remove_key(document_, "Volumes", path);
}

bool ImageConfig::remove_label(std::string_view name) {
  return remove_key(document_, "Labels", name);
}

void ImageConfig::append_diff_id(const digest::Digest& diff_id) {
  Json& rootfs = member_or(document_, "rootfs", Json::Object());
  member_or(rootfs, "type", image_config_members::layers_type);
  member_or(rootfs, "diff_ids", Json::Array()).if_array()->emplace_back(diff_id.text());
}

void ImageConfig::append_history(const History& history) {
  MemberWriter entry;
  if (history.created) entry.put("created", *history.created);
  entry.put_unless_empty("created_by", history.created_by);
  entry.put_unless_empty("author", history.author);
  entry.put_unless_empty("comment", history.comment);
  if (history.empty_layer) entry.put("empty_layer", true);
  member_or(document_, "history", Json::Array()).if_array()->push_back(entry.take());
}

}  // namespace umoci::oci
