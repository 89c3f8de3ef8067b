// SPDX-License-Identifier: Apache-2.0
#include <umoci/tree/path.hpp>

#include <umoci/base/error.hpp>

#include <algorithm>

namespace umoci::tree {

std::string_view next_component(std::string_view& rest) {
  const std::size_t slash = rest.find('/');
  const std::string_view component = rest.substr(0, slash);
  rest = slash == std::string_view::npos ? std::string_view{} : rest.substr(slash + 1);
  return component;
}

TreePath TreePath::clean(std::string_view name) {
  TreePath path;
  path.assign_clean(name);
  return path;
}

void TreePath::assign_clean(std::string_view name) {
  if (name.find('\0') != std::string_view::npos) {
    throw Error(ErrorKind::invalid_data, "path " + quoted(name) + " contains a NUL byte");
  }
  text_.clear();
  text_.reserve(name.size());
  while (!name.empty()) {
    const std::string_view component = next_component(name);
    if (component.empty() || component == ".") continue;
    if (component == "..") {
      const std::size_t slash = text_.rfind('/');
      text_.erase(slash == std::string::npos ? 0 : slash);
      continue;
    }
    if (!text_.empty()) text_ += '/';
    text_ += component;
  }
}

std::string_view TreePath::name() const {
  const std::size_t slash = text_.rfind('/');
  return slash == std::string::npos ? std::string_view(text_)
                                    : std::string_view(text_).substr(slash + 1);
}

TreePath TreePath::parent() const {
  const std::size_t slash = text_.rfind('/');
  return slash == std::string::npos ? TreePath{} : TreePath(text_.substr(0, slash));
}

std::size_t TreePath::depth() const {
  if (text_.empty()) return 0;
  return static_cast<std::size_t>(std::count(text_.begin(), text_.end(), '/')) + 1;
}

bool TreePath::is_within(const TreePath& other) const {
  if (other.is_root() || text_ == other.text_) return true;
  return text_.size() > other.text_.size() && text_.starts_with(other.text_) &&
         text_[other.text_.size()] == '/';
}

TreePath TreePath::child(std::string_view name) const {
  std::string text;
  text.reserve(text_.size() + 1 + name.size());
  text += text_;
  if (!text.empty()) text += '/';
  text += name;
  return TreePath(std::move(text));
}

}  // namespace umoci::tree
