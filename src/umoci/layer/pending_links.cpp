// SPDX-License-Identifier: Apache-2.0
#include <umoci/layer/pending_links.hpp>

#include <umoci/base/error.hpp>
#include <umoci/layer/descent.hpp>

#include <set>
#include <vector>

namespace umoci::layer {

void PendingLinks::add(const Place& place, std::string_view name, tree::InodeId placeholder,
                       const tree::TreePath& target) {
  links_.insert_or_assign(Key(place.id, name), Link{placeholder, target});
}

void PendingLinks::drop(DirectoryId directory, std::string_view name) {
  if (!links_.empty()) links_.erase(Key(directory, name));
}

bool PendingLinks::contains(DirectoryId directory, std::string_view name) const {
  return !links_.empty() && links_.contains(Key(directory, name));
}

void PendingLinks::end_layer() {
  while (!links_.empty()) resolve(Key(links_.begin()->first));
}

void PendingLinks::resolve(const Key& first) {
  // Links to links: from the last one on, each gets what the last one leads to.
  std::set<Key> chain{first};
  for (const Key* link = &first;;) {
    const tree::TreePath target = links_.at(*link).target;
    const auto fail = [&](std::string_view why) {
      throw Error(ErrorKind::invalid_data,
                  "hard link " +
                      quoted(directories_.path_of(link->first).child(link->second).display()) +
                      " to " + quoted(target.display()) + ", which " + std::string(why));
    };
    if (!find_place(*link)) {
      links_.erase(*link);
      return;
    }
    const auto place = places_.find(target.parent().text(), Follow::all);
    const std::string name(target.name());
    if (!place) fail("is missing");
    if (contains(place->id, name) && find_place(Key(place->id, name))) {
      const auto [next, added] = chain.emplace(place->id, name);
      if (!added) fail("leads back to it");
      link = &*next;
      continue;
    }
    const auto status = place->directory.status(name);
    if (!status) fail("is missing");
    if (S_ISDIR(status->st_mode)) fail("is a directory");
    for (const Key& key : chain) create(key, *place, name);
    return;
  }
}

std::optional<Place> PendingLinks::find_place(const Key& link) {
  if (!directories_.contains(link.first)) return std::nullopt;
  auto place = places_.find(directories_.path_of(link.first).text(), Follow::all);
  if (!place || place->id != link.first) return std::nullopt;
  const auto status = place->directory.status(link.second);
  // Directories come into being without drop(), and may even get the number of the file they
  // replace.
  if (!status || !S_ISREG(status->st_mode) || inode_of(*status) != links_.at(link).placeholder) {
    return std::nullopt;
  }
  return place;
}

void PendingLinks::create(const Key& link, const Place& from, std::string_view existing_name) {
  const auto place = find_place(link);
  if (place) {
    static_cast<void>(place->directory.remove(link.second));
    place->directory.create_hard_link(link.second, from.directory, existing_name);
  }
  links_.erase(link);
}

}  // namespace umoci::layer
