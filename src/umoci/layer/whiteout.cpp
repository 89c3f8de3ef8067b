// SPDX-License-Identifier: Apache-2.0
#include <umoci/layer/whiteout.hpp>

#include <umoci/base/error.hpp>

namespace umoci::layer {

std::optional<Whiteout> whiteout_of(const tree::TreePath& path) {
  if (path.text().find(whiteout_prefix) == std::string::npos) return std::nullopt;
  tree::TreePath directory = path.parent();
  std::string_view rest = directory.text();
  while (!rest.empty()) {
    // Taken for a real directory, it would end up in a tree that no tool can pack again.
    if (tree::next_component(rest).starts_with(whiteout_prefix)) {
      throw Error(ErrorKind::invalid_data,
                  "path " + quoted(path.display()) + " has a whiteout for a directory");
    }
  }
  const std::string_view name = path.name();
  if (!name.starts_with(whiteout_prefix)) return std::nullopt;
  if (name == opaque_whiteout_name) return Whiteout{std::move(directory), {}};
  const std::string_view hidden = name.substr(whiteout_prefix.size());
  if (hidden.empty() || hidden == "." || hidden == "..") {
    throw Error(ErrorKind::invalid_data,
                "whiteout " + quoted(path.display()) + " names nothing that could be hidden");
  }
  return Whiteout{std::move(directory), std::string(hidden)};
}

tree::Entry make_whiteout(const tree::TreePath& path) {
  if (path.is_root()) {
    throw Error(ErrorKind::invalid_argument, "the root cannot be hidden by a whiteout");
  }
  if (path.name().starts_with(whiteout_prefix)) {
    throw Error(ErrorKind::invalid_data, "no layer can hold a name like " + quoted(path.display()) +
                                             ": names beginning with \".wh.\" are whiteouts");
  }
  tree::Entry entry;
  entry.path = path.parent().child(std::string(whiteout_prefix).append(path.name()));
  return entry;
}

tree::Entry make_opaque_whiteout(const tree::TreePath& directory) {
  tree::Entry entry;
  entry.path = directory.child(opaque_whiteout_name);
  return entry;
}

}  // namespace umoci::layer
