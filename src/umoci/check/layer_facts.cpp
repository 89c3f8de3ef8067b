// SPDX-License-Identifier: Apache-2.0
#include <umoci/check/layer_facts.hpp>

namespace umoci::check {
namespace {

/// The directory that holds `path`; empty for the root and what is in it.
std::string_view parent_of(std::string_view path) {
  const std::size_t slash = path.rfind('/');
  return slash == std::string_view::npos ? std::string_view() : path.substr(0, slash);
}

}  // namespace

bool LayerFacts::hides(std::string_view path) const {
  if (hidden_.empty() && opaque_.empty()) return false;
  while (!path.empty()) {
    if (hidden_.contains(hash(path))) return true;
    path = parent_of(path);
    if (opaque_.contains(hash(path))) return true;
  }
  return false;
}

bool LayerFacts::is_behind_link(std::string_view path) const {
  for (path = parent_of(path); !path.empty(); path = parent_of(path)) {
    if (find(path) == Kind::symlink) return true;
  }
  return false;
}

}  // namespace umoci::check
