// SPDX-License-Identifier: Apache-2.0
#include <umoci/image/rewrite.hpp>

#include <umoci/base/error.hpp>
#include <umoci/image/platform_choice.hpp>
#include <umoci/oci/platform_name.hpp>
#include <umoci/store/graph.hpp>

#include <fmt/format.h>

#include <map>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

namespace umoci::image {
namespace {

/// Equal for two platforms of which nobody could choose one.
using PlatformKey =
    std::tuple<std::string, std::string, std::string, std::string, std::vector<std::string>>;

PlatformKey key_of(const oci::Platform& platform) {
  return {platform.os, platform.architecture, std::string(usual_variant(platform)),
          platform.os_version, platform.os_features};
}

class Rewriter {
 public:
  Rewriter(store::Layout& layout, const DescriptorPath& path, const TargetChange& change)
      : layout_(layout), path_(path), change_(change) {
    for (const oci::Descriptor& step : path.walk) on_the_way_.insert(step.digest);
    done_.emplace(path.target().digest, change.replacement);
  }

  DescriptorPath run() {
    visit(path_.root(), 0);
    DescriptorPath result;
    for (const oci::Descriptor& step : path_.walk) {
      oci::Descriptor changed = step;
      if (!redirect(changed)) {
        throw Error(ErrorKind::invalid_data, quoted(step.digest.text()) + " does not lead to " +
                                                 quoted(path_.target().digest.text()));
      }
      result.walk.push_back(std::move(changed));
    }
    return result;
  }

 private:
  /// Replaces the document and those below it, as far as they lead to the target.
  void visit(const oci::Descriptor& descriptor, std::uint64_t depth) {
    const oci::DocumentKind kind = descriptor.kind();
    if (kind != oci::DocumentKind::index && kind != oci::DocumentKind::descriptor) return;
    if (done_.contains(descriptor.digest)) return;
    check_limits(depth);
    done_.emplace(descriptor.digest, std::nullopt);
    try {
      std::optional<std::string> text = kind == oci::DocumentKind::index
                                            ? rewrite_index(descriptor, depth)
                                            : rewrite_descriptor(descriptor, depth);
      if (!text) return;
      done_[descriptor.digest] = put_instead_of(descriptor, std::move(*text), layout_.blobs());
    } catch (const Error& error) {
      // Layouts need not hold the images for platforms that nobody asked for.
      if (error.kind() != ErrorKind::not_found || on_the_way_.contains(descriptor.digest)) throw;
    }
  }

  void check_limits(std::uint64_t depth) const {
    const Limits& limits = layout_.limits();
    check_limit(limits, &Limits::index_depth, depth + 1);
    check_limit(limits, &Limits::graph_nodes, done_.size() + 1);
  }

  /// nullopt: nothing in it changed.
  std::optional<std::string> rewrite_index(const oci::Descriptor& descriptor, std::uint64_t depth) {
    oci::Index index = store::read_index(layout_.blobs(), descriptor, layout_.limits());
    bool is_changed = false;
    std::set<PlatformKey> moved;
    for (oci::Descriptor& child : index.manifests) {
      visit(child, depth + 1);
      const auto platform = child.platform;
      if (!redirect(child)) continue;
      is_changed = true;
      const bool is_target = child.digest == change_.replacement.blob.digest;
      if (is_target && child.platform && child.platform != platform) {
        moved.insert(key_of(*child.platform));
      }
    }
    if (!is_changed) return std::nullopt;
    warn_of_same_platform(index, moved);
    // What was about the old image in this tree is about the new one now.
    if (index.subject) redirect(*index.subject);
    if (index.media_type.empty() && oci::is_docker(descriptor.media_type)) {
      index.media_type = descriptor.media_type;
    }
    return index.dump();
  }

  std::optional<std::string> rewrite_descriptor(const oci::Descriptor& descriptor,
                                                std::uint64_t depth) {
    oci::Descriptor inner = store::read_descriptor(layout_.blobs(), descriptor, layout_.limits());
    visit(inner, depth + 1);
    if (!redirect(inner)) return std::nullopt;
    return inner.to_json().dump() + '\n';
  }

  /// Tells of the first other image that is for one of these platforms, too.
  void warn_of_same_platform(const oci::Index& index, const std::set<PlatformKey>& moved) const {
    if (moved.empty()) return;
    for (const oci::Descriptor& child : index.manifests) {
      if (!child.platform || child.digest == change_.replacement.blob.digest) continue;
      if (!moved.contains(key_of(*child.platform))) continue;
      layout_.log().warn(
          "the index has two images for one platform now",
          {{"platform", oci::platform_name(*child.platform)}, {"other", child.digest.text()}});
      return;
    }
  }

  /// Lets a descriptor name what replaced its document; false if nothing did.
  bool redirect(oci::Descriptor& descriptor) const {
    const auto found = done_.find(descriptor.digest);
    if (found == done_.end() || !found->second) return false;
    descriptor = redirected(std::move(descriptor), *found->second);
    change_.platform.apply(descriptor);
    return true;
  }

  store::Layout& layout_;
  const DescriptorPath& path_;
  const TargetChange& change_;
  std::set<digest::Digest> on_the_way_;
  /// By old digest; nullopt: the document stays.
  std::map<digest::Digest, std::optional<Replacement>> done_;
};

}  // namespace

DescriptorPath rewrite_path(store::Layout& layout, const DescriptorPath& path,
                            const TargetChange& change) {
  return Rewriter(layout, path, change).run();
}

}  // namespace umoci::image
