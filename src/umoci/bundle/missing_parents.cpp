// SPDX-License-Identifier: Apache-2.0
#include <umoci/bundle/missing_parents.hpp>

#include <umoci/bundle/image_outline.hpp>
#include <umoci/bundle/insert_source.hpp>
#include <umoci/bundle/read_layers.hpp>
#include <umoci/layer/whiteout.hpp>

#include <algorithm>
#include <unordered_map>

namespace umoci::bundle {
namespace {

ImageOutline outline_of(const store::Layout& layout, const image::Image& image,
                        const InsertRequest& request, const InsertOptions& options) {
  image::check_layers(image, layout.limits());
  check_layer_types(image.manifest);
  ImageOutline outline(layout.limits(), layout.stop());
  const ReadLayersOptions reading{.jobs = 2, .log = options.log, .progress = options.progress};
  read_layers(layout, image, reading, [&](tree::EntrySource& entries) {
    outline.begin_layer();
    while (const tree::Entry* entry = entries.next()) outline.apply(*entry);
  });
  outline.begin_layer();
  for (const auto& path : request.opaque_directories) {
    outline.apply(layer::make_opaque_whiteout(path));
  }
  return outline;
}

/// The trees that are inserted, by target.
class InsertedTrees {
 public:
  InsertedTrees(const std::vector<Insertion>& insertions, fs::Access access) : access_(access) {
    for (const Insertion& insertion : insertions) sources_.emplace(insertion.target, &insertion);
  }

  [[nodiscard]] bool have_directory(const tree::TreePath& path) const {
    for (tree::TreePath above = path;; above = above.parent()) {
      const auto found = sources_.find(above);
      if (found != sources_.end() && has_directory(*found->second, path)) return true;
      if (above.is_root()) return false;
    }
  }

 private:
  [[nodiscard]] bool has_directory(const Insertion& insertion, const tree::TreePath& path) const {
    const InsertSource source = InsertSource::open(insertion.source, access_);
    const std::string below = path.text().substr(insertion.target.text().size());
    const auto inside = tree::TreePath::clean(source.start.text() + "/" + below);
    return source.root.open_directory(inside).has_value();
  }

  fs::Access access_;
  std::unordered_map<tree::TreePath, const Insertion*> sources_;
};

}  // namespace

std::vector<tree::TreePath> find_missing_parents(const store::Layout& layout,
                                                 const image::Image& image,
                                                 const InsertRequest& request,
                                                 const InsertOptions& options) {
  ImageOutline outline = outline_of(layout, image, request, options);
  std::vector<tree::TreePath> missing;
  for (const Insertion& insertion : request.insertions) {
    const auto made = outline.make_directory(insertion.target.parent());
    missing.insert(missing.end(), made.begin(), made.end());
  }
  const auto access =
      options.ownership.rootless ? fs::Access::grant_to_owner : fs::Access::as_granted;
  const InsertedTrees inserted(request.insertions, access);
  std::erase_if(missing, [&](const auto& path) { return inserted.have_directory(path); });
  return missing;
}

}  // namespace umoci::bundle
