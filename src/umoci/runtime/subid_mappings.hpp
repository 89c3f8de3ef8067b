// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <umoci/base/log.hpp>
#include <umoci/tree/id_mapping.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace umoci::runtime {

/// Whose ranges of /etc/subuid or /etc/subgid are wanted.
struct SubidOwner {
  std::uint32_t uid = 0;
  std::string name;  ///< empty: not known
};

/// A file of such ranges.
struct SubidFile {
  std::string_view path;  ///< for messages
  std::string_view text;
};

/// The mappings of a user namespace of the owner: 0 is `own_id`, and from 1 on come the ranges that
/// the file has for them, in its order, a range that stands there twice once. Malformed lines are
/// skipped with a warning. Throws: not_found if there is no range; limit_exceeded if there are more
/// than the kernel takes.
[[nodiscard]] std::vector<tree::IdMapping> subid_mappings(const SubidFile& file,
                                                          const SubidOwner& owner,
                                                          std::uint32_t own_id, Log& log);

}  // namespace umoci::runtime
