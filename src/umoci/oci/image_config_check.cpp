// SPDX-License-Identifier: Apache-2.0
#include <umoci/oci/image_config_check.hpp>

#include <umoci/oci/member_reader.hpp>

#include <initializer_list>
#include <string_view>

namespace umoci::oci {
namespace {

using Names = std::initializer_list<std::string_view>;

// Reading is checking: MemberReader throws for a wrong type.
void check_strings(const MemberReader& members, Names names) {
  for (const std::string_view name : names) static_cast<void>(members.string(name));
}

void check_string_lists(const MemberReader& members, Names names) {
  for (const std::string_view name : names) static_cast<void>(members.strings(name));
}

/// Objects whose keys are the set. Docker's own programs have written values, too.
void check_set(const MemberReader& members, std::string_view name) {
  const Json::Object* set = members.object(name);
  if (set == nullptr) return;
  const Place place = members.place_of(name);
  for (const auto& [key, value] : *set) {
    const bool fits = value.is_null() || value.if_object() != nullptr;
    if (!fits) throw_wrong_type(place.member(key), value, "an object");
  }
}

void check_config(const Json& config, const Place& place) {
  const MemberReader members(config, place);
  check_strings(members, {"User", "WorkingDir", "StopSignal"});
  check_string_lists(members, {"Env", "Entrypoint", "Cmd"});
  check_set(members, "ExposedPorts");
  check_set(members, "Volumes");
  static_cast<void>(members.string_map("Labels"));
  static_cast<void>(members.boolean("ArgsEscaped"));
}

void check_rootfs(const Json& rootfs, const Place& place) {
  const MemberReader members(rootfs, place);
  members.reject_null("type");
  check_strings(members, {"type"});
  check_string_lists(members, {"diff_ids"});
}

void check_history(const Json& entry, const Place& place) {
  const MemberReader members(entry, place);
  check_strings(members, {"created", "created_by", "author", "comment"});
  static_cast<void>(members.boolean("empty_layer"));
}

}  // namespace

void check_image_config(const Json& document) {
  const MemberReader members(document, Place());
  for (const std::string_view required : {"architecture", "os", "rootfs"}) {
    members.reject_null(required);
  }
  check_strings(members, {"created", "author", "architecture", "os", "os.version", "variant"});
  check_string_lists(members, {"os.features"});
  if (const Json* config = members.find("config"))
    check_config(*config, members.place_of("config"));
  if (const Json* rootfs = members.find("rootfs"))
    check_rootfs(*rootfs, members.place_of("rootfs"));
  const Json::Array* history = members.array("history");
  if (history == nullptr) return;
  const Place place = members.place_of("history");
  for (std::size_t i = 0; i < history->size(); ++i) check_history((*history)[i], place.element(i));
}

}  // namespace umoci::oci
