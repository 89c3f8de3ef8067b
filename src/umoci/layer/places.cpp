// SPDX-License-Identifier: Apache-2.0
#include <umoci/layer/places.hpp>

#include <umoci/base/error.hpp>
#include <umoci/layer/descent.hpp>
#include <umoci/layer/whiteout.hpp>
#include <umoci/layer/xattr_policy.hpp>

#include <algorithm>
#include <utility>

namespace umoci::layer {
namespace {

/// How many directories on one path stay open.
constexpr std::size_t max_open = 16;
/// Open directories hold no more than the right to work in them: nobody else may get in before
/// they have their final owner and mode.
constexpr mode_t closed_to_others = 0700;

}  // namespace

Places::Places(const fs::Root& root, const fs::LinkBudget& budget, KnownDirectories& directories,
               UpperPaths& upper, std::function<std::optional<fs::Owner>()> implied_owner)
    : root_(root),
      budget_(budget),
      directories_(directories),
      upper_(upper),
      implied_owner_(std::move(implied_owner)) {}

Place Places::create(std::string_view path) {
  return walk(path, Missing::make, Follow::all)->place;
}

std::optional<Place> Places::find(std::string_view path, Follow follow) {
  std::optional<Open> found = walk(path, Missing::stop, follow);
  if (!found) return std::nullopt;
  return std::move(found->place);
}

/// Closes what does not lie on the way to `path`.
void Places::leave_for(std::string_view path) {
  const std::string_view former = path_;
  const std::string_view shared = path.substr(0, former.size());
  const auto differs = std::mismatch(shared.begin(), shared.end(), former.begin()).first;
  const auto same_bytes = static_cast<std::size_t>(differs - shared.begin());
  const auto on_the_way = [&](std::size_t bytes) {
    return bytes <= same_bytes && (bytes == path.size() || path[bytes] == '/');
  };
  while (!open_.empty() && !on_the_way(open_.back().path_bytes)) open_.pop_back();
  if (path != former) path_ = path;
}

void Places::push(const Open& open) {
  if (open_.size() == max_open) open_.erase(open_.begin());
  open_.push_back(open);
}

std::optional<Places::Open> Places::walk(std::string_view path, Missing missing, Follow follow) {
  leave_for(path);
  Open here = open_.empty() ? Open{0, root()} : open_.back();
  if (path.find('/', here.path_bytes + 1) != std::string_view::npos) {
    // Several steps at once, which fails only where links are, or something is missing.
    const tree::TreePath whole = tree::TreePath::clean(path);
    if (auto directory = root_.open_directory(whole)) {
      here = {path.size(), {directories_.at_path(whole), std::move(*directory)}};
      push(here);
    }
  }
  while (here.path_bytes < path.size()) {
    const std::size_t begin = here.path_bytes == 0 ? 0 : here.path_bytes + 1;
    std::optional<Open> next =
        step(here, path.substr(begin, path.find('/', begin) - begin), missing);
    if (!next) return std::nullopt;
    here = std::move(*next);
    here.path_bytes = std::min(path.find('/', begin), path.size());
    push(here);
  }
  // A link that replaces a directory is often followed by whiteouts for what was in that: they say
  // nothing about where the link leads. Spec: layers.md B30.
  if (follow == Follow::lower_only && here.behind_upper_link) return std::nullopt;
  return here;
}

std::optional<Places::Open> Places::step(const Open& from, std::string_view name, Missing missing) {
  const Place& place = from.place;
  Open next = from;
  if (auto directory = place.directory.open_directory(name)) {
    next.place = {directories_.child(place.id, name), std::move(*directory)};
    return next;
  }
  const std::optional<struct stat> status = place.directory.status(name);
  if (status && S_ISLNK(status->st_mode)) return follow_link(from, name, *status, missing);
  if (missing == Missing::stop) return std::nullopt;
  if (status) {
    if (S_ISDIR(status->st_mode)) {
      throw Error(ErrorKind::conflict, "directory " + quoted(name) + " was just put there");
    }
    remove(place, name, *status);
  }
  next.place = make_implied(place, name);
  return next;
}

std::optional<Places::Open> Places::follow_link(const Open& from, std::string_view name,
                                                const struct stat& status, Missing missing) {
  const Place& place = from.place;
  const fs::Location there = root_.resolve(directories_.path_of(place.id).child(name));
  Open next = from;
  next.links += there.links;
  // The limit is for all links on a path, and not for each of them anew.
  budget_.check_links(next.links);
  next.behind_upper_link |= upper_.brought_link(place.id, name);
  if (there.is_directory()) {
    next.place = {directories_.at_path(there.path), there.existing};
    return next;
  }
  if (missing == Missing::stop) return std::nullopt;

  std::string_view rest = there.path.text();
  if (!there.existing_path.is_root()) rest.remove_prefix(there.existing_path.text().size() + 1);
  std::string_view behind = rest;
  if (there.existing.status(tree::next_component(behind))) {
    // A file that no entry named must not suffer: the link gives way. Spec: layers.md B18.
    remove(place, name, status);
    next.place = make_implied(place, name);
    return next;
  }
  next.place = {directories_.at_path(there.existing_path), there.existing};
  while (!rest.empty()) next.place = make_implied(next.place, tree::next_component(rest));
  return next;
}

std::optional<Place> Places::find_linked(const Place& place, std::string_view name) const {
  try {
    const fs::Location there = root_.resolve(directories_.path_of(place.id).child(name));
    if (there.is_directory()) return Place{directories_.at_path(there.path), there.existing};
  } catch (const Error& error) {
    if (error.kind() != ErrorKind::unsafe_path) throw;  // links that go round in circles
  }
  return std::nullopt;
}

void Places::prepare(const Place& place) {
  KnownDirectory& known = directories_.at(place.id);
  if (known.origin != Origin::untouched) return;
  const struct stat status = place.directory.status();
  const tree::Entry found = fs::entry_of(status);
  known.origin = Origin::found;
  known.inode = found.inode;
  known.mtime = found.mtime;
  known.atime = found.atime;
  known.hands_down_acl = place.directory.xattrs().contains(std::string(default_acl_attribute));
}

Place Places::make_directory(const Place& place, std::string_view name) {
  prepare(place);
  place.directory.create_directory(name, closed_to_others);
  std::optional<fs::Directory> directory = place.directory.open_directory(name);
  if (!directory) {
    throw Error(ErrorKind::conflict, "directory " + quoted(name) + " was removed meanwhile");
  }
  const Place made{directories_.child(place.id, name), std::move(*directory)};
  if (directories_.at(place.id).hands_down_acl) {
    // What it inherited must not be handed on to its children.
    made.directory.apply(
        fs::Metadata{.mode = closed_to_others, .xattrs = fs::XattrChange{.keep = is_kept_on_disk}});
  }
  KnownDirectory& known = directories_.at(made.id);
  known.origin = Origin::implied;
  known.inode = inode_of(made.directory.status());
  known.has_own_xattrs = false;
  known.all_upper_in = upper_.layer();
  return made;
}

void Places::remember(std::string_view parent_path, std::string_view name, const Place& place) {
  if (path_ != parent_path) return;
  Open opened{.place = place};
  if (!open_.empty() && open_.back().path_bytes == path_.size()) {
    opened.links = open_.back().links;
    opened.behind_upper_link = open_.back().behind_upper_link;
  }
  // After a removal nothing is open, and whether a link led here is not known any more.
  if (open_.empty() && !path_.empty()) return;
  if (!path_.empty()) path_ += '/';
  path_ += name;
  opened.path_bytes = path_.size();
  push(opened);
}

void Places::forget_links_followed() {
  // ".." behind a name that was missing led back; behind a link it leads to somewhere else.
  if (!open_.empty() && open_.back().links > 0) open_.clear();
}

void Places::remove(const Place& place, std::string_view name, const struct stat& status) {
  prepare(place);
  if (S_ISDIR(status.st_mode) || S_ISLNK(status.st_mode)) {
    // Any open directory may have been reached through it.
    open_.clear();
    directories_.forget(place.id, name);
  }
  static_cast<void>(place.directory.remove(name));
}

void Places::imply(const Place& place) {
  const std::optional<fs::Owner> owner = implied_owner_();
  KnownDirectory& known = directories_.at(place.id);
  known.origin = Origin::implied;
  known.mode = 0755;
  known.owner = owner;
  known.xattrs.reset();
  known.inherits_time = true;
  implied_.push_back(place.id);
}

Place Places::make_implied(const Place& place, std::string_view name) {
  // Links may lead to names that no path of an entry may have. Spec: layers.md B26.
  if (name.starts_with(whiteout_prefix)) {
    throw Error(ErrorKind::invalid_data, "a link leads to a new directory named " + quoted(name));
  }
  const Place made = make_directory(place, name);
  imply(made);
  return made;
}

void Places::end_layer() {
  // For the next layer the links of this one are lower links.
  close();
  for (const DirectoryId id : std::exchange(implied_, {})) {
    if (!directories_.contains(id)) continue;
    // A parent may have been implied after its child.
    std::vector<KnownDirectory*> open;
    KnownDirectory* known = &directories_.at(id);
    for (; known->inherits_time; known = &directories_.at(known->parent)) open.push_back(known);
    for (KnownDirectory* directory : open) {
      directory->mtime = known->mtime;
      directory->atime.reset();
      directory->inherits_time = false;
    }
  }
}

}  // namespace umoci::layer
