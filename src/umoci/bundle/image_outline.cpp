// SPDX-License-Identifier: Apache-2.0
#include <umoci/bundle/image_outline.hpp>

#include <umoci/base/error.hpp>
#include <umoci/layer/entry_rules.hpp>
#include <umoci/layer/whiteout.hpp>

#include <algorithm>

namespace umoci::bundle {

std::optional<ImageOutline::Place> ImageOutline::resolve(const tree::TreePath& path,
                                                         Links links_of) {
  std::uint64_t links = 0;
  Place place;
  struct Text {
    std::string_view rest;
    bool is_of_link = false;
  };
  std::vector<Text> texts{{path.text()}};  // what is left of the path and of links on it
  while (!texts.empty()) {
    const bool is_of_link = texts.back().is_of_link;
    const std::string_view name = tree::next_component(texts.back().rest);
    if (texts.back().rest.empty()) texts.pop_back();
    if (name.empty() || name == ".") continue;
    if (links > 0) budget_.charge(1);
    if (name == ".." && place.missing.empty()) {
      place.directory = nodes_[place.directory].parent;
    } else if (name == "..") {
      place.missing.pop_back();
      place.is_behind_dangling_link &= !place.missing.empty();
    } else if (const auto next = child(place.directory, name); !next || !place.missing.empty()) {
      place.missing.push_back(name);
      place.is_behind_dangling_link |= is_of_link;
    } else if (const auto& link = nodes_[*next].link) {
      if (links_of == Links::lower && nodes_[*next].layer == layer_) return std::nullopt;
      in_context([&] { return "resolve " + quoted(path.display()); },
                 [&] { budget_.check_links(++links); });
      if (link->starts_with('/')) place.directory = root;
      texts.push_back({.rest = *link, .is_of_link = true});
    } else {
      place.directory = *next;
    }
  }
  return place;
}

/// The directory at `path`, made if it is missing; `made` may be nullptr.
ImageOutline::NodeId ImageOutline::enter(const tree::TreePath& path, std::vector<NodeId>* made) {
  const Place place = *resolve(path, Links::all);
  NodeId at = place.directory;
  touch(at);
  for (const std::string_view name : place.missing) {
    totals_.add_implied_directory();
    at = add(at, name);
    if (made != nullptr) made->push_back(at);
  }
  return at;
}

std::optional<ImageOutline::NodeId> ImageOutline::child(NodeId directory,
                                                        std::string_view name) const {
  const auto& children = nodes_[directory].children;
  const auto found = children.find(name);
  return found == children.end() ? std::nullopt : std::optional(found->second);
}

ImageOutline::NodeId ImageOutline::add(NodeId directory, std::string_view name) {
  NodeId id = nodes_.size();
  if (unused_.empty()) {
    nodes_.emplace_back();
  } else {
    id = unused_.back();
    unused_.pop_back();
  }
  nodes_[id] = {
      .parent = directory, .name = std::string(name), .link = std::nullopt, .layer = layer_};
  nodes_[directory].children.emplace(name, id);
  return id;
}

/// Says that the layer at hand has something in `directory`.
void ImageOutline::touch(NodeId directory) {
  for (NodeId at = directory; at != root && nodes_[at].layer != layer_; at = nodes_[at].parent) {
    nodes_[at].layer = layer_;
  }
}

void ImageOutline::apply(const tree::Entry& entry) {
  totals_.add(entry);
  if (const auto whiteout = layer::whiteout_of(entry.path)) {
    return hide(whiteout->directory, whiteout->name);
  }
  if (entry.path.is_root()) return;
  const NodeId parent = enter(entry.path.parent(), nullptr);
  const std::string_view name = entry.path.name();
  const auto old = child(parent, name);
  if (entry.type == tree::EntryType::directory) {
    const NodeId node = old ? *old : add(parent, name);
    nodes_[node].link = std::nullopt;
    nodes_[node].layer = layer_;
    return;
  }
  auto link = link_of(entry);
  if (old) erase(*old);
  if (link) nodes_[add(parent, name)].link = std::move(link);
}

std::optional<std::string> ImageOutline::link_of(const tree::Entry& entry) {
  if (entry.type == tree::EntryType::symlink) {
    in_context([&] { return "entry " + quoted(entry.path.display()); },
               [&] { layer::check_entry(entry); });
    return entry.link;
  }
  if (entry.type != tree::EntryType::hard_link) return std::nullopt;
  const auto target = tree::TreePath::clean(entry.link);
  const Place place = *resolve(target.parent(), Links::all);
  const auto found = place.missing.empty() ? child(place.directory, target.name()) : std::nullopt;
  return found ? nodes_[*found].link : std::nullopt;
}

/// An empty `name` stands for all that is in `directory`.
void ImageOutline::hide(const tree::TreePath& directory, const std::string& name) {
  const auto place = resolve(directory, Links::lower);
  if (!place || !place->missing.empty()) return;
  if (name.empty()) {
    // A copy: erasing changes the map.
    const auto children = nodes_[place->directory].children;
    for (const auto& [child_name, node] : children) erase_lower(node);
  } else if (const auto node = child(place->directory, name)) {
    erase_lower(*node);
  }
}

/// Erases what lower layers brought from `top` downwards.
void ImageOutline::erase_lower(NodeId top) {
  std::vector<NodeId> pending{top};
  while (!pending.empty()) {
    const NodeId node = pending.back();
    pending.pop_back();
    if (nodes_[node].layer < layer_) {
      erase(node);  // nothing below it is newer
      continue;
    }
    for (const auto& [name, below] : nodes_[node].children) pending.push_back(below);
  }
}

/// Without recursion: trees may be deep.
void ImageOutline::erase(NodeId top) {
  nodes_[nodes_[top].parent].children.erase(nodes_[top].name);
  std::vector<NodeId> pending{top};
  while (!pending.empty()) {
    const NodeId node = pending.back();
    pending.pop_back();
    for (const auto& [name, below] : nodes_[node].children) pending.push_back(below);
    nodes_[node] = {};
    unused_.push_back(node);
  }
}

std::vector<tree::TreePath> ImageOutline::make_directory(const tree::TreePath& path) {
  if (resolve(path, Links::all)->is_behind_dangling_link) return {};
  std::vector<NodeId> made;
  enter(path, &made);
  std::vector<tree::TreePath> paths;
  paths.reserve(made.size());
  for (const NodeId node : made) paths.push_back(path_of(node));
  return paths;
}

tree::TreePath ImageOutline::path_of(NodeId node) const {
  std::vector<std::string_view> names;
  for (NodeId at = node; at != root; at = nodes_[at].parent) names.push_back(nodes_[at].name);
  std::string text;
  for (auto name = names.rbegin(); name != names.rend(); ++name) {
    text += '/';
    text += *name;
  }
  return tree::TreePath::clean(text);
}

}  // namespace umoci::bundle
