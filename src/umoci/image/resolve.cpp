// SPDX-License-Identifier: Apache-2.0
#include <umoci/image/resolve.hpp>

#include <umoci/base/error.hpp>
#include <umoci/image/find_document.hpp>
#include <umoci/image/platform_choice.hpp>
#include <umoci/oci/platform_name.hpp>
#include <umoci/store/graph.hpp>
#include <umoci/store/ref_name.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <string>
#include <unordered_set>
#include <utility>

namespace umoci::image {
namespace {

/// Walks from the entries of one name down to targets. Each index is read once however often it is
/// listed: its targets are known by then.
class Search {
 public:
  explicit Search(const store::Layout& layout) : layout_(layout) {}

  void visit(const oci::Descriptor& descriptor) {
    count();
    std::string identity = descriptor.digest.text() + ' ' + descriptor.media_type;
    const bool is_target = descriptor.kind() != oci::DocumentKind::index &&
                           descriptor.kind() != oci::DocumentKind::descriptor;
    // One image may serve several platforms.
    if (is_target && descriptor.platform)
      identity += ' ' + oci::platform_name(*descriptor.platform);
    if (!seen_.insert(std::move(identity)).second) return;
    way_.push_back(descriptor);
    switch (descriptor.kind()) {
      case oci::DocumentKind::index:
      case oci::DocumentKind::descriptor:
        descend(descriptor);
        break;
      case oci::DocumentKind::image_config:
      case oci::DocumentKind::empty:
        break;
      default:
        found_.push_back({way_});
    }
    way_.pop_back();
  }

  [[nodiscard]] std::vector<DescriptorPath> take() { return std::move(found_); }

 private:
  void count() { check_limit(layout_.limits(), &Limits::graph_nodes, ++visited_); }

  /// Recursion is as deep as indexes are nested, which is limited.
  void descend(const oci::Descriptor& descriptor) {
    check_limit(layout_.limits(), &Limits::index_depth, way_.size());
    // A subject says what something is about, it is no part of it.
    const store::Children children =
        store::children_of(layout_.blobs(), descriptor, layout_.limits());
    for (const oci::Descriptor& child : children.owned) visit(child);
  }

  const store::Layout& layout_;
  std::vector<oci::Descriptor> way_;
  std::vector<DescriptorPath> found_;
  std::unordered_set<std::string> seen_;
  std::uint64_t visited_ = 0;
};

/// What tells this target from others: its platform, or else its type and digest.
std::string describe(const oci::Descriptor& target) {
  const auto& platform = target.platform;
  if (platform && !(platform->os.empty() && platform->architecture.empty())) {
    const std::string safe = quoted(oci::platform_name(*platform));
    return safe.substr(1, safe.size() - 2);
  }
  return quoted(target.media_type) + ' ' + quoted(target.digest.text());
}

std::string list_candidates(const std::vector<DescriptorPath>& paths) {
  constexpr std::size_t most = 20;
  std::string text;
  for (std::size_t i = 0; i < paths.size() && i < most; ++i) {
    if (i != 0) text += ", ";
    text += describe(paths[i].target());
  }
  if (paths.size() > most) text += fmt::format(" and {} more", paths.size() - most);
  return text;
}

/// The first path to each target.
std::vector<DescriptorPath> without_repetition(std::vector<DescriptorPath> paths) {
  std::unordered_set<std::string> digests;
  std::erase_if(paths, [&](const DescriptorPath& path) {
    return !digests.insert(path.target().digest.text()).second;
  });
  return paths;
}

std::vector<oci::Descriptor> find_roots(const store::Layout& layout, const Reference& reference) {
  if (reference.digest) return {find_document(layout, *reference.digest)};
  auto roots = store::find_ref(layout.read_index(), reference.ref_name);
  if (roots.size() > 1) {
    layout.log().warn("several entries of the index have the same tag",
                      {{"tag", reference.ref_name}, {"entries", std::to_string(roots.size())}});
  }
  return roots;
}

std::vector<DescriptorPath> take(std::vector<DescriptorPath> targets,
                                 const std::vector<std::size_t>& which) {
  std::vector<DescriptorPath> taken;
  taken.reserve(which.size());
  for (const std::size_t i : which) taken.push_back(std::move(targets[i]));
  return taken;
}

/// True if these indexes all mean one image, and there is one.
bool are_one(const std::vector<DescriptorPath>& targets, const std::vector<std::size_t>& which) {
  return !which.empty() && std::ranges::all_of(which, [&](std::size_t i) {
    return targets[i].target().digest == targets[which.front()].target().digest;
  });
}

/// What is left of the targets if the platform counts: the one that is asked for, or that of this
/// machine if there is one such. There can be very many: they are not copied. One image may be
/// there for several platforms, so that repetitions go last.
std::vector<DescriptorPath> narrow(const store::Layout& layout, const Reference& reference,
                                   std::vector<DescriptorPath> targets) {
  if (reference.platform) {
    const auto chosen =
        nearest_targets(layout, targets, *reference.platform, PlatformSource::descriptor_or_config);
    if (!chosen.empty() || targets.empty()) {
      return without_repetition(take(std::move(targets), chosen));
    }
    throw Error(ErrorKind::not_found, fmt::format("no image for platform {} in {} ({})",
                                                  quoted(oci::platform_name(*reference.platform)),
                                                  reference.text(), list_candidates(targets)));
  }
  const auto mine =
      nearest_targets(layout, targets, oci::host_platform(), PlatformSource::descriptor);
  if (are_one(targets, mine)) return {std::move(targets[mine.front()])};
  return without_repetition(std::move(targets));
}

DescriptorPath the_only(const store::Layout& layout, std::vector<DescriptorPath> paths,
                        const Reference& reference) {
  if (paths.empty()) {
    throw Error(ErrorKind::not_found,
                (reference.digest ? "no image below " + reference.text()
                                  : "tag not found: " + quoted(reference.ref_name)) +
                    " in " + quoted(layout.path().native()));
  }
  if (paths.size() > 1) {
    throw Error(ErrorKind::invalid_argument,
                (reference.digest ? reference.text() + " is ambiguous"
                                  : "tag is ambiguous: " + quoted(reference.ref_name)) +
                    " (" + list_candidates(paths) + ")");
  }
  return std::move(paths.front());
}

std::vector<DescriptorPath> search(const store::Layout& layout,
                                   const std::vector<oci::Descriptor>& roots) {
  Search search(layout);
  for (const oci::Descriptor& root : roots) search.visit(root);
  return search.take();
}

}  // namespace

std::string Reference::text() const {
  return digest ? "digest " + quoted(digest->text()) : "tag " + quoted(ref_name);
}

std::vector<DescriptorPath> find_targets(const store::Layout& layout, const Reference& reference) {
  return search(layout, find_roots(layout, reference));
}

DescriptorPath resolve(const store::Layout& layout, const Reference& reference) {
  return the_only(layout, narrow(layout, reference, find_targets(layout, reference)), reference);
}

oci::Descriptor resolve_for_tag(const store::Layout& layout, const Reference& reference,
                                TagTarget target) {
  const auto roots = find_roots(layout, reference);
  auto targets = search(layout, roots);
  if (reference.platform || target == TagTarget::manifest) {
    return the_only(layout, narrow(layout, reference, std::move(targets)), reference).target();
  }
  // Several entries of one name cannot become one.
  if (roots.size() == 1 && !targets.empty()) return roots.front();
  return the_only(layout, without_repetition(std::move(targets)), reference).target();
}

DescriptorPath resolve(const store::Layout& layout, std::string_view ref_name) {
  return resolve(layout, Reference{.ref_name = std::string(ref_name)});
}

}  // namespace umoci::image
