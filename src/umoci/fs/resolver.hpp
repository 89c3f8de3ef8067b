// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <umoci/fs/directory.hpp>
#include <umoci/fs/link_budget.hpp>
#include <umoci/fs/root.hpp>
#include <umoci/tree/path.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace umoci::fs {

/// One resolution of a path inside a tree. The kernel only ever gets names of children of
/// directories that are open, and is never asked to follow a link or "..".
class Resolver {
 public:
  /// Borrows its arguments.
  Resolver(const Directory& root, Lookup lookup, LinkBudget& budget);

  [[nodiscard]] Location resolve(const tree::TreePath& path) &&;

 private:
  void step(std::string_view name);
  void go_up();
  void go_to_root();
  void follow(const std::string& target);
  bool jump_ahead();
  bool jump_over(std::string_view part);
  const Directory& current();

  const Directory& root_;
  Lookup lookup_;
  std::string rest_;             ///< still to be walked
  std::size_t position_ = 0;     ///< in rest_
  std::string existing_;         ///< resolved: directories, none of them a link
  std::string missing_;          ///< resolved: what follows existing_ and is no directory
  std::vector<Directory> open_;  ///< the last levels of existing_, deepest last; may be empty
  bool may_jump_ = true;
  LinkBudget& budget_;
  std::uint64_t links_ = 0;
};

}  // namespace umoci::fs
