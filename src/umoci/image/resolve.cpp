// SPDX-License-Identifier: Apache-2.0
#include <umoci/image/resolve.hpp>

#include <umoci/base/error.hpp>
#include <umoci/store/graph.hpp>
#include <umoci/store/ref_name.hpp>

#include <fmt/format.h>

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
    if (!seen_.insert(descriptor.digest.text() + ' ' + descriptor.media_type).second) return;
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
        if (found_digests_.insert(descriptor.digest.text()).second) found_.push_back({way_});
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
  std::unordered_set<std::string> found_digests_;
  std::unordered_set<std::string> seen_;
  std::uint64_t visited_ = 0;
};

/// What tells this target from others: its platform, or else its type and digest.
std::string describe(const oci::Descriptor& target) {
  const auto& platform = target.platform;
  if (platform && !(platform->os.empty() && platform->architecture.empty())) {
    std::string text = platform->os + '/' + platform->architecture;
    if (!platform->variant.empty()) text += '/' + platform->variant;
    const std::string safe = quoted(text);
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

}  // namespace

std::vector<DescriptorPath> find_targets(const store::Layout& layout, std::string_view ref_name) {
  const auto roots = store::find_ref(layout.read_index(), ref_name);
  if (roots.size() > 1) {
    layout.log().warn("several entries of the index have the same tag",
                      {{"tag", std::string(ref_name)}, {"entries", std::to_string(roots.size())}});
  }
  Search search(layout);
  for (const oci::Descriptor& root : roots) search.visit(root);
  return search.take();
}

DescriptorPath resolve(const store::Layout& layout, std::string_view ref_name) {
  std::vector<DescriptorPath> paths = find_targets(layout, ref_name);
  if (paths.empty()) {
    throw Error(ErrorKind::not_found, "tag not found: " + quoted(ref_name));
  }
  if (paths.size() > 1) {
    throw Error(ErrorKind::invalid_argument,
                "tag is ambiguous: " + quoted(ref_name) + " (" + list_candidates(paths) + ")");
  }
  return std::move(paths.front());
}

}  // namespace umoci::image
