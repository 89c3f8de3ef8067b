// SPDX-License-Identifier: Apache-2.0
#include <umoci/fs/resolver.hpp>

#include <umoci/base/error.hpp>
#include <umoci/fs/lookup.hpp>

#include <algorithm>
#include <optional>
#include <utility>

namespace umoci::fs {
namespace {

// Directories kept open for the way back up.
constexpr std::size_t max_open = 32;

void append(std::string& path, std::string_view name) {
  if (!path.empty()) path += '/';
  path += name;
}

void remove_last(std::string& path) {
  const std::size_t slash = path.rfind('/');
  path.erase(slash == std::string::npos ? 0 : slash);
}

}  // namespace

Resolver::Resolver(const Directory& root, Lookup lookup, LinkBudget& budget)
    : root_(root), lookup_(lookup), budget_(budget) {
  go_to_root();
}

Location Resolver::resolve(const tree::TreePath& path) && {
  rest_ = path.text();
  while (position_ < rest_.size()) {
    if (jump_ahead()) continue;
    const std::size_t end = std::min(rest_.find('/', position_), rest_.size());
    // Following a link replaces what the view looks at, but only after its last use.
    const std::string_view name = std::string_view(rest_).substr(position_, end - position_);
    position_ = std::min(end + 1, rest_.size());
    step(name);
  }
  const Directory existing = current();
  std::string text = existing_;
  if (!missing_.empty()) append(text, missing_);
  return {.path = tree::TreePath::clean(text),
          .existing_path = tree::TreePath::clean(existing_),
          .existing = existing,
          .links = links_};
}

void Resolver::step(std::string_view name) {
  if (name.empty() || name == ".") return;
  budget_.charge(1);
  if (name == "..") return go_up();
  if (!missing_.empty()) return append(missing_, name);

  if (auto directory = current().open_directory(name)) {
    append(existing_, name);
    if (open_.size() == max_open) open_.erase(open_.begin());
    open_.push_back(std::move(*directory));
  } else if (const auto target = current().find_link(name)) {
    follow(*target);
  } else {
    append(missing_, name);
  }
}

void Resolver::go_up() {
  if (!missing_.empty()) return remove_last(missing_);
  remove_last(existing_);
  if (!open_.empty()) open_.pop_back();
}

void Resolver::go_to_root() {
  existing_.clear();
  missing_.clear();
  open_.clear();
}

void Resolver::follow(const std::string& target) {
  budget_.check_links(++links_);
  if (target.starts_with('/')) go_to_root();
  std::string rest = target;
  rest += '/';
  rest.append(rest_, position_);
  rest_ = std::move(rest);
  position_ = 0;
  may_jump_ = true;
}

/// Tries to go as far as possible at once; false if the next step must be made alone.
bool Resolver::jump_ahead() {
  if (lookup_ != Lookup::openat2 || !may_jump_ || !missing_.empty()) return false;
  const std::string_view part = leading_part(std::string_view(rest_).substr(position_));
  // Two dots may also be part of a name; those who use such names wait a little longer.
  if (part.find("..") == std::string_view::npos) {
    if (jump_over(part)) return true;
    // Mostly it is the last component that is missing or a link.
    const std::size_t slash = part.rfind('/');
    if (slash != std::string_view::npos && slash + 1 < part.size() &&
        jump_over(part.substr(0, slash))) {
      may_jump_ = false;
      return true;
    }
  }
  may_jump_ = false;
  return false;
}

bool Resolver::jump_over(std::string_view part) {
  const tree::TreePath path = tree::TreePath::clean(part);
  if (path.is_root()) return false;
  budget_.charge(path.depth());
  auto directory = jump(current(), path.text());
  if (!directory) return false;
  append(existing_, path.text());
  open_.clear();
  open_.push_back(std::move(*directory));
  position_ = std::min(position_ + part.size() + 1, rest_.size());
  return true;
}

/// The directory at existing_.
const Directory& Resolver::current() {
  if (existing_.empty()) return root_;
  if (open_.empty()) {
    budget_.charge(tree::TreePath::clean(existing_).depth());
    auto reopened = open_without_links(root_, existing_, lookup_);
    if (!reopened) {
      throw Error(ErrorKind::conflict,
                  quoted("/" + existing_) + " was replaced while a path was resolved");
    }
    open_.push_back(std::move(*reopened));
  }
  return open_.back();
}

}  // namespace umoci::fs
