// SPDX-License-Identifier: Apache-2.0
#pragma once

// What docs/formats/json.md says of writing, as tables: which members an object has, in which
// order, and what becomes of each.

#include <umoci/oci/json.hpp>

#include <algorithm>
#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace umoci::fuzz {

/// What is done to the value of a member.
enum class Value {
  verbatim,
  integer,       ///< written anew
  constant,      ///< Member::otherwise, whatever was there
  sorted,        ///< an object whose keys are sorted
  sorted_texts,  ///< the same, and null becomes ""
  object,        ///< of Member::members
  objects,       ///< a list of these
};

/// Which values a member does not keep.
enum class Loses { nothing, null, empty };

struct Member {
  std::string_view name;
  Value value = Value::verbatim;
  Loses loses = Loses::empty;
  std::string_view otherwise = {};  ///< JSON for a member that is missing or null
  std::span<const Member> members = {};
};

inline constexpr std::array<Member, 5> platform_members{{
    {"architecture", Value::verbatim, Loses::null, "\"\""},
    {"os", Value::verbatim, Loses::null, "\"\""},
    {"os.version"},
    {"os.features"},
    {"variant"},
}};

inline constexpr std::array<Member, 8> descriptor_members{{
    {"mediaType"},
    {"digest"},
    {"size", Value::integer, Loses::null},
    {"urls"},
    {"annotations", Value::sorted_texts},
    {"data", Value::verbatim, Loses::null},
    {"platform", Value::object, Loses::null, {}, platform_members},
    {"artifactType"},
}};

inline constexpr std::array<Member, 6> index_members{{
    {"schemaVersion", Value::constant, Loses::nothing, "2"},
    {"mediaType", Value::verbatim, Loses::null, "\"\""},
    {"artifactType"},
    {"manifests", Value::objects, Loses::null, "[]", descriptor_members},
    {"subject", Value::object, Loses::null, {}, descriptor_members},
    {"annotations", Value::sorted_texts},
}};

inline constexpr std::array<Member, 7> manifest_members{{
    {"schemaVersion", Value::constant, Loses::nothing, "2"},
    {"mediaType"},
    {"artifactType"},
    {"config", Value::object, Loses::null, {}, descriptor_members},
    {"layers", Value::objects, Loses::null, "[]", descriptor_members},
    {"subject", Value::object, Loses::null, {}, descriptor_members},
    {"annotations", Value::sorted_texts},
}};

inline constexpr std::array<Member, 10> execution_members{{
    {"User", Value::verbatim, Loses::nothing},
    {"ExposedPorts", Value::sorted, Loses::nothing},
    {"Env", Value::verbatim, Loses::nothing},
    {"Entrypoint", Value::verbatim, Loses::nothing},
    {"Cmd", Value::verbatim, Loses::nothing},
    {"Volumes", Value::sorted, Loses::nothing},
    {"WorkingDir", Value::verbatim, Loses::nothing},
    {"Labels", Value::sorted, Loses::nothing},
    {"StopSignal", Value::verbatim, Loses::nothing},
    {"ArgsEscaped", Value::verbatim, Loses::nothing},
}};

inline constexpr std::array<Member, 2> rootfs_members{{
    {"type", Value::verbatim, Loses::null, "\"layers\""},
    {"diff_ids", Value::verbatim, Loses::null, "[]"},
}};

inline constexpr std::array<Member, 5> history_members{{
    {"created", Value::verbatim, Loses::nothing},
    {"created_by", Value::verbatim, Loses::nothing},
    {"author", Value::verbatim, Loses::nothing},
    {"comment", Value::verbatim, Loses::nothing},
    {"empty_layer", Value::verbatim, Loses::nothing},
}};

inline constexpr std::array<Member, 10> image_config_members{{
    {"created", Value::verbatim, Loses::nothing},
    {"author", Value::verbatim, Loses::nothing},
    {"architecture", Value::verbatim, Loses::null, "\"\""},
    {"os", Value::verbatim, Loses::null, "\"\""},
    {"os.version", Value::verbatim, Loses::nothing},
    {"os.features", Value::verbatim, Loses::nothing},
    {"variant", Value::verbatim, Loses::nothing},
    {"config", Value::object, Loses::null, "{}", execution_members},
    {"rootfs", Value::object, Loses::null, "{}", rootfs_members},
    {"history", Value::objects, Loses::nothing, {}, history_members},
}};

/// What should be written of the object `read`: the members of the table in its order, then the
/// others as they were.
[[nodiscard]] oci::Json written(const oci::Json& read, std::span<const Member> members);

namespace document_model {

inline bool is_empty(const oci::Json& json) {
  const auto* text = json.if_string();
  const auto* array = json.if_array();
  const auto* object = json.if_object();
  return json.is_null() || (text != nullptr && text->empty()) ||
         (array != nullptr && array->empty()) || (object != nullptr && object->empty());
}

inline oci::Json sorted(oci::Json object, bool without_null) {
  if (object.if_object() == nullptr) return object;
  for (auto& [name, value] : *object.if_object()) {
    if (without_null && value.is_null()) value = oci::Json("");
  }
  std::ranges::sort(*object.if_object(), {}, &oci::Json::Member::first);
  return object;
}

inline oci::Json written_value(const oci::Json& read, const Member& member) {
  switch (member.value) {
    case Value::verbatim:
      return read;
    case Value::integer:
      return read.is_null() ? read : oci::Json(read.if_int64().value_or(0));
    case Value::constant:
      return oci::Json::parse(member.otherwise);
    case Value::sorted:
      return sorted(read, false);
    case Value::sorted_texts:
      return sorted(read, true);
    case Value::object:
      return read.is_null() ? read : written(read, member.members);
    case Value::objects:
      break;
  }
  if (read.if_array() == nullptr) return read;
  oci::Json::Array list;
  for (const oci::Json& element : *read.if_array()) {
    list.push_back(written(element, member.members));
  }
  return list;
}

}  // namespace document_model

inline oci::Json written(const oci::Json& read, std::span<const Member> members) {
  oci::Json::Object result;
  for (const Member& member : members) {
    const oci::Json* found = read.find(member.name);
    const bool is_missing =
        found == nullptr || (found->is_null() && member.loses != Loses::nothing);
    if (is_missing && member.otherwise.empty()) continue;
    oci::Json value = document_model::written_value(
        is_missing ? oci::Json::parse(member.otherwise) : *found, member);
    if (member.loses == Loses::empty && document_model::is_empty(value)) continue;
    result.emplace_back(member.name, std::move(value));
  }
  for (const oci::Json::Member& other : *read.if_object()) {
    if (std::ranges::find(members, other.first, &Member::name) == members.end()) {
      result.push_back(other);
    }
  }
  return result;
}

}  // namespace umoci::fuzz
