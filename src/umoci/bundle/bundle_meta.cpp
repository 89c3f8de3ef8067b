// SPDX-License-Identifier: Apache-2.0
#include <umoci/bundle/bundle_meta.hpp>

#include <umoci/base/error.hpp>
#include <umoci/oci/json.hpp>

#include <fmt/format.h>

#include <limits>

namespace umoci::bundle {
namespace {

using oci::Json;

constexpr std::string_view format_version = "2";
/// Ours alone.
constexpr std::string_view mtree_digest_member = "mtree_digest";

[[noreturn]] void fail(const std::string& why) {
  throw Error(ErrorKind::invalid_data, "umoci.json: " + why);
}

const Json& require(const Json& object, std::string_view name) {
  const Json* member = object.find(name);
  if (member == nullptr) fail(fmt::format("member {} is missing", quoted(name)));
  return *member;
}

std::uint32_t parse_id(const Json& mapping, std::string_view name) {
  const auto value = require(mapping, name).if_int64();
  if (!value || *value < 0 || *value > std::numeric_limits<std::uint32_t>::max()) {
    fail(fmt::format("{} is no id", quoted(name)));
  }
  return static_cast<std::uint32_t>(*value);
}

/// A missing or null list means that every id is itself.
layer::IdMap parse_mappings(const Json& options, std::string_view name) {
  const Json* member = options.find(name);
  if (member == nullptr || member->is_null()) return {};
  const Json::Array* items = member->if_array();
  if (items == nullptr) fail(fmt::format("{} is no list", quoted(name)));
  std::vector<tree::IdMapping> mappings;
  for (const Json& item : *items) {
    mappings.push_back({.container_id = parse_id(item, "containerID"),
                        .host_id = parse_id(item, "hostID"),
                        .size = parse_id(item, "size")});
  }
  return layer::IdMap(std::move(mappings));
}

layer::Ownership parse_ownership(const Json& document) {
  const Json* options = document.find("map_options");
  if (options == nullptr || options->is_null()) return {};
  layer::Ownership ownership;
  ownership.uids = parse_mappings(*options, "uid_mappings");
  ownership.gids = parse_mappings(*options, "gid_mappings");
  if (const Json* rootless = options->find("rootless"); rootless != nullptr) {
    const bool* value = rootless->if_bool();
    if (value == nullptr) fail("\"rootless\" is neither true nor false");
    ownership.rootless = *value;
  }
  return ownership;
}

image::DescriptorPath parse_path(const Json& document) {
  const Json* walk = require(document, "from_descriptor_path").find("descriptor_walk");
  const Json::Array* items = walk == nullptr ? nullptr : walk->if_array();
  if (items == nullptr || items->empty()) fail("the descriptor walk is empty");
  image::DescriptorPath path;
  for (const Json& item : *items) path.walk.push_back(oci::Descriptor::from_json(item));
  return path;
}

std::optional<digest::Digest> parse_mtree_digest(const Json& document) {
  const Json* member = document.find(mtree_digest_member);
  if (member == nullptr || member->is_null()) return std::nullopt;
  const std::string* text = member->if_string();
  if (text == nullptr) fail(fmt::format("{} is no text", quoted(mtree_digest_member)));
  auto digest = digest::Digest::parse(*text);
  (void)digest.require_algorithm();
  return digest;
}

Json dump_mappings(const layer::IdMap& map) {
  if (map.is_identity()) return {};
  Json::Array items;
  for (const tree::IdMapping& mapping : map.mappings()) {
    Json item;
    item.set("containerID", std::int64_t{mapping.container_id});
    item.set("hostID", std::int64_t{mapping.host_id});
    item.set("size", std::int64_t{mapping.size});
    items.push_back(std::move(item));
  }
  return items;
}

}  // namespace

BundleMeta BundleMeta::parse(std::string_view text) {
  const Json document = Json::parse(text);
  const std::string* version = require(document, "umoci_version").if_string();
  if (version == nullptr || *version != format_version) {
    fail("the bundle has another format than version 2");
  }
  // Only umoci 0.4.7 writes this member; its other modes are for file systems that merge layers.
  if (const Json* mode = document.find("whiteout_mode"); mode != nullptr && !mode->is_null()) {
    if (mode->if_int64() != 0) fail("whiteout_mode is not 0: its rootfs cannot be repacked");
  }
  return {.from = parse_path(document),
          .ownership = parse_ownership(document),
          .mtree_digest = parse_mtree_digest(document)};
}

std::string BundleMeta::dump() const {
  Json::Array walk;
  for (const oci::Descriptor& descriptor : from.walk) walk.push_back(descriptor.to_json());
  Json path;
  path.set("descriptor_walk", std::move(walk));
  Json options;
  options.set("uid_mappings", dump_mappings(ownership.uids));
  options.set("gid_mappings", dump_mappings(ownership.gids));
  options.set("rootless", ownership.rootless);

  Json document;
  document.set("umoci_version", format_version);
  document.set("from_descriptor_path", std::move(path));
  document.set("map_options", std::move(options));
  if (mtree_digest) document.set(mtree_digest_member, mtree_digest->text());
  return document.dump() + "\n";
}

}  // namespace umoci::bundle
