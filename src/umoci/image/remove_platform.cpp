// SPDX-License-Identifier: Apache-2.0
#include <umoci/image/remove_platform.hpp>

#include <umoci/base/error.hpp>
#include <umoci/image/image.hpp>
#include <umoci/image/platform_choice.hpp>
#include <umoci/image/replacement.hpp>
#include <umoci/image/resolve.hpp>
#include <umoci/oci/platform_name.hpp>
#include <umoci/store/graph.hpp>
#include <umoci/store/ref_name.hpp>

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace umoci::image {
namespace {

/// Without what was taken out; nullopt: nothing is left.
using Rest = std::optional<oci::Descriptor>;

bool is_inner(const oci::Descriptor& descriptor) {
  return descriptor.kind() == oci::DocumentKind::index ||
         descriptor.kind() == oci::DocumentKind::descriptor;
}

class Pruner {
 public:
  Pruner(store::Layout& layout, const std::vector<DescriptorPath>& unwanted) : layout_(layout) {
    for (const DescriptorPath& path : unwanted) unwanted_.insert(identity(path.target()));
  }

  Rest prune(const oci::Descriptor& descriptor, std::uint64_t depth) {
    if (!is_inner(descriptor)) {
      return unwanted_.contains(identity(descriptor)) ? std::nullopt : Rest(descriptor);
    }
    const auto known = done_.find(descriptor.digest);
    if (known != done_.end()) return applied(known->second, descriptor);
    check_limit(layout_.limits(), &Limits::index_depth, depth + 1);
    check_limit(layout_.limits(), &Limits::graph_nodes, done_.size() + 1);
    Outcome outcome = descriptor.kind() == oci::DocumentKind::index
                          ? prune_index(descriptor, depth)
                          : prune_descriptor(descriptor, depth);
    return applied(done_.emplace(descriptor.digest, std::move(outcome)).first->second, descriptor);
  }

 private:
  struct Outcome {
    bool is_empty = false;
    std::optional<Replacement> replacement;
  };
  /// One image may serve several platforms: by digest and platform.
  using Identity = std::pair<digest::Digest, std::string>;

  static Identity identity(const oci::Descriptor& target) {
    return {target.digest, target.platform ? oci::platform_name(*target.platform) : std::string()};
  }

  static Rest applied(const Outcome& outcome, const oci::Descriptor& descriptor) {
    if (outcome.is_empty) return std::nullopt;
    return outcome.replacement ? redirected(descriptor, *outcome.replacement) : descriptor;
  }

  Outcome prune_index(const oci::Descriptor& descriptor, std::uint64_t depth) {
    oci::Index index;
    try {
      index = store::read_index(layout_.blobs(), descriptor, layout_.limits());
    } catch (const Error& error) {
      // Layouts need not hold the images for platforms that nobody asked for.
      if (error.kind() != ErrorKind::not_found) throw;
      return {};
    }
    bool is_changed = false;
    std::vector<oci::Descriptor> left;
    for (oci::Descriptor& child : index.manifests) {
      Rest rest = prune(child, depth + 1);
      is_changed = is_changed || !rest || rest->digest != child.digest;
      if (rest) left.push_back(std::move(*rest));
    }
    if (!is_changed) return {};
    if (left.empty()) return {.is_empty = true, .replacement = std::nullopt};
    index.manifests = std::move(left);
    if (index.media_type.empty() && oci::is_docker(descriptor.media_type)) {
      index.media_type = descriptor.media_type;
    }
    return {.is_empty = false,
            .replacement = put_instead_of(descriptor, index.dump(), layout_.blobs())};
  }

  Outcome prune_descriptor(const oci::Descriptor& descriptor, std::uint64_t depth) {
    const oci::Descriptor inner =
        store::read_descriptor(layout_.blobs(), descriptor, layout_.limits());
    const Rest rest = prune(inner, depth + 1);
    if (!rest) return {.is_empty = true, .replacement = std::nullopt};
    if (rest->digest == inner.digest) return {};
    return {
        .is_empty = false,
        .replacement = put_instead_of(descriptor, rest->to_json().dump() + '\n', layout_.blobs())};
  }

  store::Layout& layout_;
  std::set<Identity> unwanted_;
  std::map<digest::Digest, Outcome> done_;
};

std::vector<DescriptorPath> targets_for(const store::Layout& layout, std::string_view ref_name,
                                        const oci::Platform& platform) {
  const auto targets = find_targets(layout, Reference{.ref_name = std::string(ref_name)});
  std::vector<DescriptorPath> nearest;
  for (const std::size_t i :
       nearest_targets(layout, targets, platform, PlatformSource::descriptor_or_config)) {
    const auto& said = targets[i].target().platform;
    const oci::Platform offered = said ? *said : Image::open(layout, targets[i]).config.platform();
    if (platform_distance(platform, offered) == 0U) nearest.push_back(targets[i]);
  }
  return nearest;
}

}  // namespace

std::size_t remove_platform(store::Layout& layout, std::string_view ref_name,
                            const oci::Platform& platform) {
  layout.hold_blobs();
  std::size_t removed = 0;
  layout.update_index([&](oci::Index& index) {
    const auto unwanted = targets_for(layout, ref_name, platform);
    removed = unwanted.size();
    if (unwanted.empty()) return;
    Pruner pruner(layout, unwanted);
    std::vector<oci::Descriptor> rests;
    for (const oci::Descriptor& entry : store::find_ref(index, ref_name)) {
      if (Rest rest = pruner.prune(entry, 0)) rests.push_back(std::move(*rest));
    }
    store::remove_ref(index, ref_name);
    for (oci::Descriptor& rest : rests) index.manifests.push_back(std::move(rest));
  });
  return removed;
}

}  // namespace umoci::image
