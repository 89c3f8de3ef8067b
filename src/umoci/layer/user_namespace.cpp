// SPDX-License-Identifier: Apache-2.0
#include <umoci/layer/user_namespace.hpp>

#include <array>
#include <fstream>
#include <sstream>
#include <string>

namespace umoci::layer {

bool is_user_namespace_map(std::string_view uid_map) {
  std::istringstream first_line{std::string(uid_map.substr(0, uid_map.find('\n')))};
  std::array<std::string, 3> fields;
  for (std::string& field : fields) first_line >> field;
  return fields != std::array<std::string, 3>{"0", "0", "4294967295"};
}

bool in_user_namespace() {
  std::ifstream file("/proc/self/uid_map");
  // Without the file the kernel knows no such namespaces.
  if (!file) return false;
  std::ostringstream text;
  text << file.rdbuf();
  return is_user_namespace_map(text.str());
}

}  // namespace umoci::layer
