// SPDX-License-Identifier: Apache-2.0
#include <umoci/image/present_path.hpp>

#include <umoci/base/error.hpp>
#include <umoci/store/ref_name.hpp>

#include <algorithm>
#include <string>
#include <vector>

namespace umoci::image {
namespace {

using Targets = std::vector<DescriptorPath>;

Targets present_targets(const store::Layout& layout, std::string_view ref_name) {
  try {
    return find_targets(layout, Reference{.ref_name = std::string(ref_name)});
  } catch (const Error& error) {
    // What nobody can read can be replaced.
    if (error.kind() != ErrorKind::not_found && error.kind() != ErrorKind::corrupt &&
        error.kind() != ErrorKind::invalid_data) {
      throw;
    }
    return {};
  }
}

bool is_in_index(const DescriptorPath& path) { return path.walk.size() > 1; }

/// Of several images the one with these bytes, of one alone that one, unless it is for another
/// platform.
std::optional<DescriptorPath> successor_among(const Targets& targets, const oci::Descriptor& old) {
  const auto may_be_it = [&](const DescriptorPath& other) {
    const auto& platform = other.target().platform;
    return !platform || !old.platform || platform == old.platform;
  };
  const auto same = std::ranges::find_if(targets, [&](const DescriptorPath& other) {
    return other.target().digest == old.digest && may_be_it(other);
  });
  if (same != targets.end()) return *same;
  const bool is_alone = targets.size() == 1 && may_be_it(targets.front());
  return is_alone ? std::optional(targets.front()) : std::nullopt;
}

PresentPath find_in_index(const Targets& targets, const DescriptorPath& path) {
  const oci::Descriptor& target = path.target();
  const auto same = std::ranges::find_if(targets, [&](const DescriptorPath& other) {
    return other.target().digest == target.digest && other.target().platform == target.platform;
  });
  if (same != targets.end()) return {.standing = Standing::same, .path = *same};
  const auto is_for_same = [&](const DescriptorPath& other) {
    return is_in_index(other) && target.platform && other.target().platform == target.platform;
  };
  if (std::ranges::count_if(targets, is_for_same) == 1) {
    const auto changed = std::ranges::find_if(targets, is_for_same);
    return {.standing = Standing::image_replaced, .path = *changed, .successor = *changed};
  }
  const bool is_removed = target.platform && std::ranges::any_of(targets, is_in_index) &&
                          std::ranges::none_of(targets, is_for_same);
  return {.standing = is_removed ? Standing::image_removed : Standing::tag_replaced,
          .path = path,
          .successor = successor_among(targets, target)};
}

}  // namespace

PresentPath find_present_path(const store::Layout& layout, const oci::Index& index,
                              const DescriptorPath& path, std::string_view ref_name) {
  if (path.root().ref_name() != ref_name) return {.standing = Standing::same, .path = path};
  const auto entries = store::find_ref(index, ref_name);
  if (entries.empty()) return {.standing = Standing::tag_removed, .path = path};
  const bool is_there = std::ranges::any_of(
      entries, [&](const oci::Descriptor& entry) { return entry.digest == path.root().digest; });
  if (is_there) return {.standing = Standing::same, .path = path};
  const Targets targets = present_targets(layout, ref_name);
  if (is_in_index(path)) return find_in_index(targets, path);
  return {.standing = Standing::tag_replaced,
          .path = path,
          .successor = successor_among(targets, path.target())};
}

}  // namespace umoci::image
