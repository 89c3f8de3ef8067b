// SPDX-License-Identifier: Apache-2.0
#include <cli/image_value.hpp>

#include <umoci/base/error.hpp>
#include <umoci/base/number.hpp>

#include <algorithm>
#include <iterator>
#include <string_view>
#include <utility>
#include <vector>

namespace umoci::cli {
namespace {

using oci::Json;

enum class Kind { member, variables, annotations };

/// A name that flags have; what follows it behind a dot leads into the value.
struct KnownName {
  std::string_view name;
  std::string_view pointer;  ///< into the image configuration
  Kind kind = Kind::member;
  ValueShape shape = ValueShape::plain;
};

// Other flags are called as the members of the document are.
constexpr KnownName known_names[] = {
    {"config.user", "/config/User"},
    {"config.workingdir", "/config/WorkingDir"},
    {"config.stopsignal", "/config/StopSignal"},
    {"config.exposedports", "/config/ExposedPorts", Kind::member, ValueShape::names},
    {"config.exposedport", "/config/ExposedPorts", Kind::member, ValueShape::names},
    {"config.volume", "/config/Volumes", Kind::member, ValueShape::names},
    {"config.volumes", "/config/Volumes", Kind::member, ValueShape::names},
    {"config.env", "/config/Env", Kind::variables},
    {"config.label", "/config/Labels"},
    {"config.labels", "/config/Labels"},
    {"config.entrypoint", "/config/Entrypoint"},
    {"config.cmd", "/config/Cmd"},
    {"platform.os", "/os"},
    {"platform.arch", "/architecture"},
    {"platform.variant", "/variant"},
    {"manifest.annotation", "", Kind::annotations},
    {"manifest.annotations", "", Kind::annotations},
};

/// The name at the start of `text`, if a dot or nothing follows it.
const KnownName* find_known(std::string_view text) {
  const auto* found = std::ranges::find_if(known_names, [&](const KnownName& known) {
    return text.starts_with(known.name) &&
           (text.size() == known.name.size() || text[known.name.size()] == '.');
  });
  return found == std::end(known_names) ? nullptr : found;
}

/// Element `digits` of an array; nullptr if that is no index of it. Spec: RFC 6901 4.
const Json* element(const Json::Array& array, std::string_view digits) {
  if (digits.size() > 1 && digits.front() == '0') return nullptr;
  const auto index = parse_number<std::size_t>(digits);
  return index && *index < array.size() ? &array[*index] : nullptr;
}

const Json* child(const Json& value, std::string_view name) {
  if (const Json::Array* array = value.if_array()) return element(*array, name);
  return value.find(name);
}

/// `token` with ~1 and ~0 as what they stand for; nullopt for another ~. Spec: RFC 6901 3.
std::optional<std::string> unescaped(std::string_view token) {
  std::string name;
  for (std::size_t i = 0; i < token.size(); ++i) {
    if (token[i] != '~') {
      name += token[i];
      continue;
    }
    const char which = i + 1 < token.size() ? token[++i] : '\0';
    if (which != '0' && which != '1') return std::nullopt;
    name += which == '0' ? '~' : '/';
  }
  return name;
}

/// The names in a JSON pointer; nullopt if it is malformed.
std::optional<std::vector<std::string>> parse_pointer(std::string_view pointer) {
  std::vector<std::string> names;
  while (!pointer.empty()) {
    pointer.remove_prefix(1);
    const std::string_view token = pointer.substr(0, pointer.find('/'));
    pointer.remove_prefix(token.size());
    auto name = unescaped(token);
    if (!name) return std::nullopt;
    names.push_back(std::move(*name));
  }
  return names;
}

const Json* follow_pointer(const Json& document, std::string_view pointer) {
  const Json* at = &document;
  for (const std::string& name : parse_pointer(pointer).value_or(std::vector<std::string>())) {
    at = child(*at, name);
    if (at == nullptr) return nullptr;
  }
  return at;
}

/// What `path` leads to, which is empty or names of members with dots between them. A name can
/// itself contain dots: the longest that is there is tried first. Each value is met once at most,
/// and no deeper than documents are nested.
const Json* walk(const Json& value, std::string_view path) {
  if (const Json::Array* array = value.if_array()) {
    const std::string_view index = path.substr(0, path.find('.'));
    const Json* found = element(*array, index);
    if (found == nullptr || index.size() == path.size()) return found;
    return walk(*found, path.substr(index.size() + 1));
  }
  const Json::Object* members = value.if_object();
  if (members == nullptr) return nullptr;
  std::vector<const Json::Member*> ways;
  for (const Json::Member& member : *members) {
    const std::string& name = member.first;
    if (name == path) return &member.second;
    if (path.starts_with(name) && path[name.size()] == '.') ways.push_back(&member);
  }
  std::ranges::sort(ways, std::greater(), [](const auto* member) { return member->first.size(); });
  for (const Json::Member* way : ways) {
    const Json* found = walk(way->second, path.substr(way->first.size() + 1));
    if (found != nullptr) return found;
  }
  return nullptr;
}

std::optional<Json> copy_of(const Json* value) {
  // As everywhere, a member that is null is none.
  if (value == nullptr || value->is_null()) return std::nullopt;
  return *value;
}

/// Of several of one name the last one counts, as in the runtime configuration.
std::optional<Json> find_variable(const Json& list, std::string_view name) {
  const Json::Array* variables = list.if_array();
  if (variables == nullptr) return std::nullopt;
  std::optional<Json> found;
  for (const Json& variable : *variables) {
    const std::string* text = variable.if_string();
    if (text == nullptr) continue;
    const std::size_t equals = text->find('=');
    if (std::string_view(*text).substr(0, equals) != name) continue;
    found = Json(equals == std::string::npos ? std::string() : text->substr(equals + 1));
  }
  return found;
}

Json annotations_of(const image::StoredManifest& image) {
  Json::Object members;
  for (const auto& [name, value] : image.manifest.annotations) members.emplace_back(name, value);
  return members.empty() ? Json() : Json(std::move(members));
}

std::optional<Json> find_known_value(const image::StoredManifest& image, const KnownName& known,
                                     std::string_view text) {
  const Json annotations = known.kind == Kind::annotations ? annotations_of(image) : Json();
  const Json* value = known.kind == Kind::annotations
                          ? &annotations
                          : follow_pointer(image.require_config().json(), known.pointer);
  if (value == nullptr || text.size() == known.name.size()) return copy_of(value);
  const std::string_view rest = text.substr(known.name.size() + 1);
  return known.kind == Kind::variables ? find_variable(*value, rest) : copy_of(walk(*value, rest));
}

std::string line_of(const Json& value) {
  const std::string* text = value.if_string();
  return text == nullptr ? value.dump() : *text;
}

}  // namespace

ValueName::ValueName(std::string text) : text_(std::move(text)) {
  if (text_.empty()) throw Error(ErrorKind::invalid_argument, "invalid --get: the name is empty");
  if (text_.starts_with('/') && !parse_pointer(text_)) {
    throw Error(ErrorKind::invalid_argument,
                "invalid --get: in a JSON pointer ~ stands before 0 or 1: " + quoted(text_));
  }
  const KnownName* known = find_known(text_);
  if (known != nullptr && known->name == text_) shape_ = known->shape;
}

std::optional<oci::Json> ValueName::find(const image::StoredManifest& image) const {
  if (const KnownName* known = find_known(text_)) return find_known_value(image, *known, text_);
  const Json& document = image.require_config().json();
  if (!text_.starts_with('/')) return copy_of(walk(document, text_));
  const Json* found = follow_pointer(document, text_);
  return found == nullptr ? std::nullopt : std::optional(*found);
}

std::vector<std::string> value_lines(const oci::Json& value, ValueShape shape) {
  std::vector<std::string> lines;
  if (const Json::Array* items = value.if_array()) {
    for (const Json& item : *items) lines.push_back(line_of(item));
  } else if (const Json::Object* members = value.if_object()) {
    for (const auto& [name, member] : *members) {
      lines.push_back(shape == ValueShape::names ? name : name + '=' + line_of(member));
    }
  } else {
    lines.push_back(line_of(value));
  }
  return lines;
}

}  // namespace umoci::cli
