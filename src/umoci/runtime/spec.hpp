// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <umoci/oci/json.hpp>
#include <umoci/runtime/user.hpp>
#include <umoci/tree/id_mapping.hpp>

#include <map>
#include <string>
#include <vector>

namespace umoci::runtime {

struct Mount {
  std::string destination;
  std::string type;
  std::string source;
  std::vector<std::string> options;
};

/// A runtime configuration: those parts of it that depend on the image or on who runs it. The rest
/// is the same for all and added by to_json(). Spec: runtime-spec config.md, config-linux.md.
struct Spec {
  User user;
  std::vector<std::string> args;
  /// `NAME=VALUE`
  std::vector<std::string> env;
  std::string cwd;
  std::string root_path;
  std::vector<Mount> mounts;
  std::map<std::string, std::string> annotations;
  std::vector<tree::IdMapping> uid_mappings;
  std::vector<tree::IdMapping> gid_mappings;
  /// Cgroup rules: an ordinary user may have none at all.
  bool denies_devices = true;
  std::vector<std::string> namespaces;
};

/// What an image starts from that asks for nothing. Spec: store-and-config.md 5.1.
[[nodiscard]] Spec default_spec();

/// The whole document, members in the order of store-and-config.md 5.1; empty ones are left out.
[[nodiscard]] oci::Json to_json(const Spec& spec);

}  // namespace umoci::runtime
