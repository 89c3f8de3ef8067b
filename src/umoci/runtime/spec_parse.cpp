// SPDX-License-Identifier: Apache-2.0
#include <umoci/base/error.hpp>
#include <umoci/oci/member_reader.hpp>
#include <umoci/runtime/spec.hpp>
#include <umoci/runtime/spec_version.hpp>

#include <utility>

namespace umoci::runtime {
namespace {

using oci::Json;
using oci::MemberReader;
using oci::Place;

/// Replaces what is absent or null.
void make_member(Json& parent, std::string_view name, Json value) {
  const Json* found = parent.find(name);
  if (found == nullptr || found->is_null()) parent.set(name, std::move(value));
}

[[noreturn]] void throw_missing(const Place& place) {
  throw Error(ErrorKind::invalid_data, place.text() + " is missing");
}

/// Each element is an object with a string of that name.
void check_entries(const MemberReader& reader, std::string_view list, std::string_view name) {
  const Json::Array* entries = reader.array(list);
  const Place place = reader.place_of(list);
  for (std::size_t i = 0; entries != nullptr && i < entries->size(); ++i) {
    const Place entry_place = place.element(i);
    const MemberReader entry((*entries)[i], entry_place);
    if (entry.find(name) == nullptr) throw_missing(entry_place.member(name));
    (void)entry.string(name);
    if (name == "destination") (void)entry.strings("options");
  }
}

/// Members that conversions read, or put something into.
void check_members(const Json& document) {
  const Place top;
  const MemberReader reader(document, top);
  (void)reader.string("ociVersion");
  (void)reader.string_map("annotations");
  check_entries(reader, "mounts", "destination");
  for (const std::string_view name : {"process", "root", "linux"}) (void)reader.object(name);
  if (const Json* process = reader.find("process")) {
    const Place place = reader.place_of("process");
    const MemberReader members(*process, place);
    (void)members.boolean("terminal");
    (void)members.string("cwd");
    (void)members.strings("args");
    (void)members.strings("env");
    (void)members.object("user");
  }
  if (const Json* section = reader.find("linux")) {
    const Place place = reader.place_of("linux");
    check_entries(MemberReader(*section, place), "namespaces", "type");
  }
}

/// True if the document says one.
bool make_version(Json& document) {
  Json* version = document.find("ociVersion");
  if (version != nullptr && !version->is_null()) {
    check_spec_version(*version->if_string());
    return true;
  }
  document.erase("ociVersion");
  Json::Object& members = *document.if_object();
  members.emplace(members.begin(), "ociVersion", oldest_spec_version);
  return false;
}

}  // namespace

Spec Spec::parse(std::string_view text, const Limits& limits) {
  Json document = Json::parse(text, limits);
  check_members(document);
  const bool states_version = make_version(document);
  for (const std::string_view name : {"process", "root"}) {
    make_member(document, name, Json::Object{});
  }
  make_member(document, "mounts", Json::Array{});
  for (const std::string_view name : {"annotations", "linux"}) {
    make_member(document, name, Json::Object{});
  }
  make_member(*document.find("process"), "user", Json::Object{});
  make_member(*document.find("linux"), "namespaces", Json::Array{});
  return Spec(std::move(document), states_version);
}

}  // namespace umoci::runtime
