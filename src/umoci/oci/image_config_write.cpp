// SPDX-License-Identifier: Apache-2.0
#include <umoci/oci/image_config.hpp>

#include <umoci/oci/image_config_members.hpp>

#include <algorithm>
#include <span>

namespace umoci::oci {
namespace {

namespace members = image_config_members;

/// Moves the members that `known` names to the front, in its order; the others keep theirs.
void order_members(Json* json, std::span<const std::string_view> known) {
  Json::Object* object = json == nullptr ? nullptr : json->if_object();
  if (object == nullptr) return;
  const auto rank = [&](const Json::Member& member) {
    return std::find(known.begin(), known.end(), member.first) - known.begin();
  };
  const auto unknown =
      std::stable_partition(object->begin(), object->end(),
                            [&](const auto& member) { return rank(member) < std::ssize(known); });
  std::sort(object->begin(), unknown,
            [&](const auto& left, const auto& right) { return rank(left) < rank(right); });
}

void sort_by_name(Json* json) {
  Json::Object* object = json == nullptr ? nullptr : json->if_object();
  if (object == nullptr) return;
  std::sort(object->begin(), object->end(),
            [](const auto& left, const auto& right) { return left.first < right.first; });
}

void complete(Json& object, std::string_view name, Json value) {
  const Json* found = object.find(name);
  if (found == nullptr || found->is_null()) object.set(name, std::move(value));
}

}  // namespace

std::string ImageConfig::dump() const {
  Json document = document_;
  complete(document, "architecture", "");
  complete(document, "os", "");
  complete(document, "config", Json::Object());
  complete(document, "rootfs", Json::Object());
  Json* rootfs = document.find("rootfs");
  complete(*rootfs, "type", members::layers_type);
  complete(*rootfs, "diff_ids", Json::Array());
  order_members(rootfs, members::rootfs);

  Json* config = document.find("config");
  for (const std::string_view map : members::config_maps) sort_by_name(config->find(map));
  order_members(config, members::config);

  Json* history = document.find("history");
  if (Json::Array* entries = history == nullptr ? nullptr : history->if_array()) {
    for (Json& entry : *entries) order_members(&entry, members::history);
  }
  order_members(&document, members::document);
  return document.dump() + '\n';
}

}  // namespace umoci::oci
