// SPDX-License-Identifier: Apache-2.0
#include <umoci/runtime/container_path.hpp>

#include <umoci/base/error.hpp>
#include <umoci/tree/path.hpp>

namespace umoci::runtime {

std::string clean_container_path(std::string_view path, std::string_view what) {
  return in_context([&] { return std::string(what).append(" ").append(quoted(path)); },
                    [&] { return tree::TreePath::clean(path).display(); });
}

void tell_if_relative(std::string_view path, std::string_view used, std::string_view what,
                      Log& log) {
  if (path.starts_with('/')) return;
  log.warn(std::string(what).append(" is not absolute"),
           {{"path", quoted(path)}, {"used", quoted(used)}});
}

}  // namespace umoci::runtime
