// SPDX-License-Identifier: Apache-2.0
#include <umoci/oci/image_config.hpp>

#include <umoci/oci/image_config_check.hpp>
#include <umoci/oci/image_config_members.hpp>
#include <umoci/oci/member_reader.hpp>

#include <algorithm>

namespace umoci::oci {
namespace {

std::optional<std::string> optional_string(const MemberReader& members, std::string_view name) {
  if (members.find(name) == nullptr) return std::nullopt;
  return members.string(name);
}

/// The members of the object `name`; of an empty one if the document has none.
MemberReader section(const Json& document, std::string_view name) {
  static const Json empty{Json::Object()};
  const Json* found = document.find(name);
  const bool absent = found == nullptr || found->is_null();
  return {absent ? empty : *found, Place()};
}

MemberReader top(const Json& document) { return {document, Place()}; }
MemberReader execution(const Json& document) { return section(document, "config"); }

std::vector<std::string> sorted_names(const Json::Object* members) {
  std::vector<std::string> names;
  if (members == nullptr) return names;
  names.reserve(members->size());
  for (const Json::Member& member : *members) names.push_back(member.first);
  std::sort(names.begin(), names.end());
  return names;
}

History read_history(const Json& json) {
  const MemberReader members(json, Place());
  return History{
      .created = optional_string(members, "created"),
      .created_by = members.string("created_by"),
      .author = members.string("author"),
      .comment = members.string("comment"),
      .empty_layer = members.boolean("empty_layer"),
  };
}

}  // namespace

ImageConfig::ImageConfig(std::string_view architecture, std::string_view os) {
  document_.set("architecture", architecture);
  document_.set("os", os);
  document_.set("config", Json::Object());
  document_.set("rootfs", Json::Object{{"type", image_config_members::layers_type},
                                       {"diff_ids", Json::Array()}});
}

ImageConfig::ImageConfig(Json document) : document_(std::move(document)) {}

ImageConfig ImageConfig::parse(std::string_view text, const Limits& limits) {
  Json document = Json::parse(text, limits);
  check_image_config(document);
  return ImageConfig(std::move(document));
}

std::optional<std::string> ImageConfig::created() const {
  return optional_string(top(document_), "created");
}

std::string ImageConfig::author() const { return top(document_).string("author"); }

std::string ImageConfig::architecture() const { return top(document_).string("architecture"); }

std::string ImageConfig::os() const { return top(document_).string("os"); }

std::string ImageConfig::os_version() const { return top(document_).string("os.version"); }

std::vector<std::string> ImageConfig::os_features() const {
  return top(document_).strings("os.features");
}

std::string ImageConfig::variant() const { return top(document_).string("variant"); }

Platform ImageConfig::platform() const {
  return Platform{
      .architecture = architecture(),
      .os = os(),
      .os_version = os_version(),
      .os_features = os_features(),
      .variant = variant(),
      .extra = {},
  };
}

std::string ImageConfig::user() const { return execution(document_).string("User"); }

std::string ImageConfig::working_dir() const { return execution(document_).string("WorkingDir"); }

std::string ImageConfig::stop_signal() const { return execution(document_).string("StopSignal"); }

std::vector<std::string> ImageConfig::env() const { return execution(document_).strings("Env"); }

std::vector<std::string> ImageConfig::entrypoint() const {
  return execution(document_).strings("Entrypoint");
}

std::vector<std::string> ImageConfig::cmd() const { return execution(document_).strings("Cmd"); }

std::vector<std::string> ImageConfig::shell() const {
  const Place document;
  const Json* config = document_.find("config");
  if (config == nullptr || config->is_null()) return {};
  return MemberReader(*config, document.member("config")).strings("Shell");
}

std::vector<std::string> ImageConfig::exposed_ports() const {
  return sorted_names(execution(document_).object("ExposedPorts"));
}

std::vector<std::string> ImageConfig::volumes() const {
  return sorted_names(execution(document_).object("Volumes"));
}

std::map<std::string, std::string> ImageConfig::labels() const {
  return execution(document_).string_map("Labels");
}

bool ImageConfig::args_escaped() const { return execution(document_).boolean("ArgsEscaped"); }

std::string ImageConfig::rootfs_type() const { return section(document_, "rootfs").string("type"); }

std::vector<digest::Digest> ImageConfig::diff_ids() const {
  std::vector<digest::Digest> digests;
  for (std::string& text : section(document_, "rootfs").strings("diff_ids")) {
    digests.emplace_back(std::move(text));
  }
  return digests;
}

std::vector<History> ImageConfig::history() const {
  std::vector<History> entries;
  const Json::Array* list = top(document_).array("history");
  if (list == nullptr) return entries;
  entries.reserve(list->size());
  for (const Json& entry : *list) entries.push_back(read_history(entry));
  return entries;
}

}  // namespace umoci::oci
