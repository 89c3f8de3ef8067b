// SPDX-License-Identifier: Apache-2.0
#include <umoci/layer/extraction_model.hpp>

#include <umoci/base/error.hpp>
#include <umoci/layer/whiteout.hpp>

#include <algorithm>
#include <deque>

namespace umoci::layer::test {
namespace {

std::string join(const std::string& directory, const std::string& name) {
  return directory.empty() ? name : directory + "/" + name;
}

std::string parent_of(const std::string& path) {
  return tree::TreePath::clean(path).parent().text();
}

std::vector<std::string> parts_of(std::string_view path) {
  std::vector<std::string> parts;
  while (!path.empty()) {
    const std::string_view part = tree::next_component(path);
    if (!part.empty()) parts.emplace_back(part);
  }
  return parts;
}

}  // namespace

Model::Model() { objects_[""] = std::make_shared<Object>(); }

Model::Object* Model::at(const std::string& path) const {
  const auto found = objects_.find(path);
  return found == objects_.end() ? nullptr : found->second.get();
}

bool Model::is_directory(const std::string& path) const {
  const Object* object = at(path);
  return object != nullptr && object->type == tree::EntryType::directory;
}

std::string Model::resolve(const std::string& path) const {
  std::string current;
  const std::vector<std::string> parts = parts_of(path);
  std::deque<std::string> rest(parts.begin(), parts.end());
  int links = 0;
  while (!rest.empty()) {
    const std::string part = rest.front();
    rest.pop_front();
    if (part == ".") continue;
    if (part == "..") {
      current = parent_of(current);
      continue;
    }
    const Object* object = at(join(current, part));
    if (object == nullptr || object->type != tree::EntryType::symlink) {
      current = join(current, part);
      continue;
    }
    if (++links > 255) throw Impossible{};
    if (object->content.starts_with('/')) current.clear();
    const std::vector<std::string> target = parts_of(object->content);
    rest.insert(rest.begin(), target.begin(), target.end());
  }
  return current;
}

void Model::remove_below(const std::string& path) {
  std::erase_if(objects_, [&](const auto& each) {
    return each.first != path &&
           tree::TreePath::clean(each.first).is_within(tree::TreePath::clean(path));
  });
}

void Model::remove(const std::string& path) {
  remove_below(path);
  objects_.erase(path);
}

void Model::imply(const std::string& path) {
  if (tree::TreePath::clean(path).name().starts_with(whiteout_prefix)) throw Impossible{};
  remove(path);
  implied_[path] = objects_[path] = std::make_shared<Object>();
}

std::string Model::make_parent(const std::string& path) {
  std::string current;
  for (const std::string& part : parts_of(parent_of(path))) {
    const std::string next = join(current, part);
    const Object* object = at(next);
    if (object == nullptr || object->type != tree::EntryType::symlink) {
      if (!is_directory(next)) imply(next);
      current = next;
      continue;
    }
    const std::string led_to = resolve(next);
    std::vector<std::string> missing;
    for (std::string step = led_to; !is_directory(step); step = parent_of(step))
      missing.push_back(step);
    const bool blocked = std::any_of(missing.begin(), missing.end(),
                                     [&](const std::string& step) { return at(step) != nullptr; });
    if (blocked) {
      imply(next);
      current = next;
      continue;
    }
    for (auto step = missing.rbegin(); step != missing.rend(); ++step) imply(*step);
    current = led_to;
  }
  return current;
}

void Model::hide(const std::string& path) {
  const auto whiteout = whiteout_of(tree::TreePath::clean(path));
  const std::string directory = resolve(whiteout->directory.text());
  if (!is_directory(directory)) return;
  if (whiteout->name.empty()) {
    remove_below(directory);
  } else {
    remove(join(directory, whiteout->name));
  }
}

std::optional<std::string> Model::find(const std::string& target) const {
  const std::string directory = resolve(parent_of(target));
  const std::string found = join(directory, std::string(tree::TreePath::clean(target).name()));
  return is_directory(directory) && at(found) != nullptr ? std::optional(found) : std::nullopt;
}

void Model::put_hard_link(const std::string& path, const std::string& raw_target) {
  const std::string target = tree::TreePath::clean(raw_target).text();
  const auto is_within = [](const std::string& one, const std::string& other) {
    return tree::TreePath::clean(one).is_within(tree::TreePath::clean(other));
  };
  if (target == path) throw Impossible{};
  const auto early = find(target);
  if (early && is_directory(*early)) throw Impossible{};
  const bool is_link = early && at(*early)->type == tree::EntryType::symlink;
  if (is_within(path, target) && !is_link) throw Impossible{};
  if (is_within(target, path) && !early) throw Impossible{};
  const std::string place =
      join(make_parent(path), std::string(tree::TreePath::clean(path).name()));
  // What was not there before the link's own directory was made is waited for.
  const auto found = early ? find(target) : std::nullopt;
  if (early && !found) throw Impossible{};
  if (found && is_within(*found, place)) throw Impossible{};
  if (found && is_directory(*found)) throw Impossible{};
  const auto waited = found ? waiting_.find(*found) : waiting_.end();
  const bool waits = waited != waiting_.end() && waited->second.placeholder == objects_.at(*found);
  const ObjectPointer object = found && !waits ? objects_.at(*found) : std::make_shared<Object>();
  remove(place);
  objects_[place] = object;
  if (found && !waits) return;
  object->type = tree::EntryType::file;
  waiting_[place] = {object, target};
}

void Model::put(const Item& item) {
  const tree::Entry& entry = item.entry;
  const std::string path = entry.path.text();
  if (path.empty() && entry.type != tree::EntryType::directory) throw Impossible{};
  if (entry.type == tree::EntryType::symlink && entry.link.empty()) throw Impossible{};
  if (entry.type == tree::EntryType::hard_link) {
    put_hard_link(path, entry.link);
    return;
  }
  const std::string place =
      path.empty() ? "" : join(make_parent(path), std::string(entry.path.name()));
  if (entry.type != tree::EntryType::directory || !is_directory(place)) remove(place);
  ObjectPointer& object = objects_[place];
  implied_.erase(place);
  object = std::make_shared<Object>();
  object->type = entry.type;
  object->mode = entry.mode;
  object->mtime = entry.mtime;
  object->content = entry.type == tree::EntryType::symlink ? entry.link : item.content;
}

void Model::link_waiting() {
  for (const auto& [place, waiting] : waiting_) {
    std::string link = place;
    std::vector<std::string> chain;
    for (;;) {
      const auto next = waiting_.find(link);
      if (next == waiting_.end() || !at(link) || objects_.at(link) != next->second.placeholder)
        break;
      if (std::find(chain.begin(), chain.end(), link) != chain.end()) throw Impossible{};
      chain.push_back(link);
      const auto found = find(next->second.target);
      if (!found || is_directory(*found)) throw Impossible{};
      link = *found;
    }
    if (chain.empty()) continue;
    const ObjectPointer object = objects_.at(link);
    for (const std::string& each : chain) objects_[each] = object;
  }
  waiting_.clear();
}

void Model::settle_times() {
  for (const auto& [path, object] : implied_) {
    if (at(path) == object.get()) object->mtime = at(parent_of(path))->mtime;
  }
  implied_.clear();
}

bool Model::apply(const Layer& layer) {
  try {
    const auto is_whiteout = [](const Item& item) {
      return whiteout_of(item.entry.path).has_value();
    };
    // Directories that their layer fills again, but does not describe, are new ones.
    for (const Item& item : layer) {
      if (is_whiteout(item)) hide(item.entry.path.text());
    }
    for (const Item& item : layer) {
      if (!is_whiteout(item)) put(item);
    }
    link_waiting();
    settle_times();
  } catch (const Impossible&) {
    return false;
  } catch (const Error&) {
    return false;  // a path that no layer may have
  }
  return true;
}

Tree Model::tree() const {
  Tree tree;
  std::map<const Object*, std::string> first;
  for (const auto& [path, object] : objects_) {
    const std::string name = path.empty() ? "." : path;
    static const std::map<tree::EntryType, mode_t> types{{tree::EntryType::file, S_IFREG},
                                                         {tree::EntryType::directory, S_IFDIR},
                                                         {tree::EntryType::symlink, S_IFLNK},
                                                         {tree::EntryType::fifo, S_IFIFO}};
    tree[name] = {.mode = types.at(object->type) | object->mode,
                  .mtime = object->mtime.seconds,
                  .content = object->content,
                  .same_as = first.emplace(object.get(), name).first->second};
  }
  return tree;
}

std::string describe(const Layer& layer) {
  std::string text = "layer:";
  for (const Item& each : layer) {
    text += "\n  " + std::string(name_of(each.entry.type)) + " " + each.entry.path.display();
    if (!each.entry.link.empty()) text += " -> " + each.entry.link;
    text += " @" + std::to_string(each.entry.mtime.seconds);
  }
  return text + "\n";
}

Tree known_part(Tree tree) {
  for (auto& [path, found] : tree) {
    found.mtime_nanoseconds = 0;
    found.uid = 0;
    found.gid = 0;
  }
  return tree;
}

}  // namespace umoci::layer::test
