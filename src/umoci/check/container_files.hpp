// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <umoci/base/limits.hpp>
#include <umoci/check/bundle_value.hpp>
#include <umoci/fs/link_budget.hpp>
#include <umoci/fs/root.hpp>
#include <umoci/mtree/tree_order.hpp>

#include <sys/stat.h>

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace umoci::check {

/// Longer paths name nothing on Linux. Of what a document may hold they are a good part.
inline constexpr std::size_t most_path_bytes = 4096;

/// What a path of the container leads to.
struct ContainerFile {
  enum class State {
    unknown,  ///< there is no root file system, or something is mounted there
    unreadable,
    missing,
    present,
  };
  State state = State::unknown;
  struct stat status{};  ///< if present
  std::string why;       ///< if unreadable
};

/// The root file system of a bundle as its container will see it. Nothing is opened but
/// directories, and links are followed inside it.
class ContainerFiles {
 public:
  /// `mounts` hide what is below their destinations. Without `rootfs` nothing is known. All that is
  /// looked for shares the link_steps of `limits`; what is behind them is unreadable.
  ContainerFiles(const std::optional<fs::Root>& rootfs, const Value& mounts, const Limits& limits);

  /// Follows links at the end too.
  [[nodiscard]] ContainerFile find(std::string_view path) const;

 private:
  [[nodiscard]] ContainerFile find(const tree::TreePath& path) const;
  [[nodiscard]] bool is_hidden(const tree::TreePath& path) const;

  std::unique_ptr<fs::LinkBudget> budget_;  ///< to which rootfs_ points
  std::optional<fs::Root> rootfs_;
  mtree::Subtrees hidden_;
};

}  // namespace umoci::check
