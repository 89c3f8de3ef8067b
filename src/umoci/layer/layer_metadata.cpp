// SPDX-License-Identifier: Apache-2.0
#include <umoci/layer/layer_metadata.hpp>

#include <umoci/layer/file_capability.hpp>
#include <umoci/layer/rootless_owner.hpp>
#include <umoci/layer/xattr_policy.hpp>

#include <algorithm>

namespace umoci::layer {
namespace {

void apply_rootless_owner(tree::Entry& entry, const tree::ImageFacts& facts) {
  const auto owner_in_image = facts.owner.value_or(tree::ImageFacts::Owner{});
  entry.uid = owner_in_image.uid;
  entry.gid = owner_in_image.gid;
  const auto recorded = entry.xattrs.find(std::string(rootless_owner_attribute));
  if (recorded == entry.xattrs.end()) return;
  const fs::Owner owner = decode_rootless_owner(recorded->second);
  entry.uid = owner.uid;
  entry.gid = owner.gid;
  entry.xattrs.erase(recorded);
}

bool map_owner(tree::Entry& entry, const Ownership& ownership, const tree::ImageFacts& facts) {
  if (ownership.rootless) {
    apply_rootless_owner(entry, facts);
    return true;
  }
  const auto uid = ownership.uids.find_container(entry.uid);
  const auto gid = ownership.gids.find_container(entry.gid);
  if (!uid || !gid) return false;
  entry.uid = *uid;
  entry.gid = *gid;
  return true;
}

/// True if the owner is one of them.
bool apply_overrides(tree::Entry& entry, const MetadataOverrides& overrides) {
  if (overrides.mode && entry.type != tree::EntryType::symlink) entry.mode = *overrides.mode;
  if (overrides.mtime) entry.mtime = {.seconds = *overrides.mtime, .nanoseconds = 0};
  if (!overrides.owner) return false;
  entry.uid = overrides.owner->uid;
  entry.gid = overrides.owner->gid;
  return true;
}

/// Says why the attribute cannot be part of a layer; empty if it can.
std::string_view obstacle(const std::string& name, const std::string& value) {
  if (name.find('=') != std::string::npos) return "attribute whose name has a \"=\" is left out";
  if (value.empty()) return "attribute without a value is left out";
  return {};
}

void filter_xattrs(tree::Entry& entry, const Ownership& ownership, Log& log) {
  for (auto next = entry.xattrs.begin(); next != entry.xattrs.end();) {
    const auto xattr = next++;
    const auto& [name, value] = *xattr;
    const std::vector<LogField> fields{{"path", entry.path.display()}, {"xattr", name}};
    if (is_kept_on_disk(name)) {
      entry.xattrs.erase(xattr);
    } else if (const std::string_view why = obstacle(name, value); !why.empty()) {
      log.warn(why, fields);
      entry.xattrs.erase(xattr);
    } else if (name == rootless_owner_attribute) {
      log.warn("suspicious attribute in a tree that is not rootless", fields);
    } else if (name == capability_attribute) {
      xattr->second = capability_for_layer(value, ownership.uids.find_host(0).value_or(0));
    }
  }
}

}  // namespace

bool prepare_for_layer(tree::Entry& entry, const ChangesetOptions& options, Log& log) {
  const tree::ImageFacts facts = options.facts ? options.facts(entry) : tree::ImageFacts{};
  if (facts.device) {
    entry.type = facts.device->type;
    entry.device = facts.device->number;
  }
  entry.atime.reset();
  // Cut off, not rounded: both programs of a pair must come to the same second.
  entry.mtime.nanoseconds = 0;
  if (options.newest_mtime) {
    entry.mtime.seconds = std::min(entry.mtime.seconds, *options.newest_mtime);
  }
  if (entry.type != tree::EntryType::file) entry.size_bytes = 0;
  if (entry.type == tree::EntryType::symlink) entry.mode = 0777;

  const bool mapped = map_owner(entry, options.ownership, facts);
  filter_xattrs(entry, options.ownership, log);
  return apply_overrides(entry, options.overrides) || mapped;
}

}  // namespace umoci::layer
