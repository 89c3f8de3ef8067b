// SPDX-License-Identifier: Apache-2.0
#include <umoci/layer/hide.hpp>

#include <umoci/base/cancellation.hpp>
#include <umoci/base/error.hpp>
#include <umoci/layer/descent.hpp>

#include <utility>

namespace umoci::layer {
namespace {

class Hiding {
 public:
  explicit Hiding(const HiddenFrom& tree) : tree_(tree) {}

  /// Hides the entry `name`. Returns it if it is a directory that has to stay, and in which there
  /// may be more to hide.
  std::optional<Place> hide_entry(const Place& parent, const std::string& name) {
    const std::optional<struct stat> status = parent.directory.status(name);
    if (!status) return std::nullopt;
    if (!tree_.upper.contains(parent.id, name)) {
      tree_.places.remove(parent, name, *status);
      return std::nullopt;
    }
    if (!S_ISDIR(status->st_mode)) return std::nullopt;
    std::optional<fs::Directory> directory = parent.directory.open_directory(name);
    if (!directory) return std::nullopt;
    Place kept{tree_.directories.child(parent.id, name), std::move(*directory)};
    // Its time may become that of its parent.
    tree_.places.prepare(parent);
    tree_.places.prepare(kept);
    const KnownDirectory& known = tree_.directories.at(kept.id);
    if (known.stated_in != tree_.upper.layer()) tree_.places.imply(kept);
    // Else many whiteouts would each walk through all that their layer brought.
    if (known.all_upper_in == tree_.upper.layer()) return std::nullopt;
    return kept;
  }

  /// Hides all entries of a directory which itself stays.
  void hide_content(const Place& top) {
    Descent descent(top.directory);
    std::vector<Visit> visits;
    visits.push_back(visit(top));
    while (!visits.empty()) {
      check_not_cancelled(tree_.stop);
      Visit& current = visits.back();
      if (current.names.empty()) {
        visits.pop_back();
        if (!visits.empty()) descent.leave();
        continue;
      }
      const std::string name = std::move(current.names.back());
      current.names.pop_back();
      if (auto kept = hide_entry({current.id, descent.here()}, name)) {
        visits.push_back(visit(*kept));
        descent.enter(name, std::move(kept->directory));
      }
    }
  }

 private:
  struct Visit {
    DirectoryId id;
    std::vector<std::string> names;  ///< still to be seen
  };

  Visit visit(const Place& place) {
    tree_.directories.at(place.id).all_upper_in = tree_.upper.layer();
    return {place.id, place.directory.list()};
  }

  const HiddenFrom& tree_;
};

}  // namespace

void hide(const Whiteout& whiteout, const HiddenFrom& tree) {
  const std::optional<Place> place =
      tree.places.find(whiteout.directory.text(), Follow::lower_only);
  if (!place || tree.upper.is_all_upper(place->id)) return;
  Hiding hiding(tree);
  if (whiteout.name.empty()) {
    hiding.hide_content(*place);
  } else if (const auto kept = hiding.hide_entry(*place, whiteout.name)) {
    hiding.hide_content(*kept);
  }
}

}  // namespace umoci::layer
