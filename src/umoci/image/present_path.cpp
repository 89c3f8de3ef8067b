// SPDX-License-Identifier: Apache-2.0
#include <umoci/image/present_path.hpp>

#include <umoci/base/error.hpp>
#include <umoci/store/ref_name.hpp>

#include <algorithm>
#include <string>
#include <vector>

namespace umoci::image {
namespace {

/// Did the name change since `path` was found?
bool has_moved(const oci::Index& index, const DescriptorPath& path, std::string_view ref_name) {
  return std::ranges::none_of(store::find_ref(index, ref_name), [&](const oci::Descriptor& entry) {
    return entry.digest == path.root().digest;
  });
}

std::vector<DescriptorPath> present_targets(const store::Layout& layout,
                                            std::string_view ref_name) {
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

}  // namespace

DescriptorPath present_path(const store::Layout& layout, const oci::Index& index,
                            const DescriptorPath& path, std::string_view ref_name) {
  const oci::Descriptor& target = path.target();
  const bool is_alone = path.walk.size() < 2;
  if (is_alone || path.root().ref_name() != ref_name || !has_moved(index, path, ref_name)) {
    return path;
  }
  const auto targets = present_targets(layout, ref_name);
  const auto same = std::ranges::find_if(targets, [&](const DescriptorPath& other) {
    return other.target().digest == target.digest && other.target().platform == target.platform;
  });
  if (same != targets.end()) return *same;
  const auto is_for_same = [&](const DescriptorPath& other) {
    return other.walk.size() > 1 && target.platform && other.target().platform == target.platform;
  };
  if (std::ranges::count_if(targets, is_for_same) != 1) return path;
  const auto changed = std::ranges::find_if(targets, is_for_same);
  layout.log().warn("image was changed by somebody else and is replaced",
                    {{"tag", std::string(ref_name)},
                     {"expected", target.digest.text()},
                     {"found", changed->target().digest.text()}});
  return *changed;
}

}  // namespace umoci::image
