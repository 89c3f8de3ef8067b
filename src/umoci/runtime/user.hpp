// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <umoci/base/log.hpp>
#include <umoci/runtime/preferences.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace umoci::runtime {

/// Whom a container's process runs as.
struct User {
  std::uint32_t uid = 0;
  std::uint32_t gid = 0;
  std::vector<std::uint32_t> additional_gids;
  std::string home;  ///< empty: not known
};

/// The text of the two files; nullopt: there is none.
struct UserDatabase {
  std::optional<std::string> passwd;
  std::optional<std::string> group;
};

/// Resolves `user`, `uid`, `user:group`, … against the files. Malformed lines are skipped with a
/// warning. Throws: not_found for a name without entry; invalid_argument for a number outside
/// 0 to 4294967294. Spec: image-spec config.md User; store-and-config.md 5.3.
[[nodiscard]] User resolve_user(std::string_view spec, const UserDatabase& database,
                                GroupsOfNumbers groups_of_numbers, Log& log);

}  // namespace umoci::runtime
