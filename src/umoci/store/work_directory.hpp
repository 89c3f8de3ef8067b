// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <umoci/base/unique_fd.hpp>
#include <umoci/store/layout_directory.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace umoci::store {

inline constexpr std::string_view work_directory_prefix = ".umoci-";

/// `.umoci-<digits>` in the layout, locked: where a writer keeps what is not finished. All versions
/// of umoci leave such a directory alone as long as it is locked. The destructor removes it.
class WorkDirectory {
 public:
  /// Throws: permission ("layout is read-only"), io, no_space.
  explicit WorkDirectory(const LayoutDirectory& layout);
  WorkDirectory(const WorkDirectory&) = delete;
  WorkDirectory& operator=(const WorkDirectory&) = delete;
  ~WorkDirectory();

  [[nodiscard]] int fd() const noexcept { return fd_.get(); }
  [[nodiscard]] const std::string& name() const noexcept { return name_; }

 private:
  const LayoutDirectory& layout_;
  std::string name_;
  UniqueFd fd_;
};

/// Gives whoever made one of these files or directories a moment ago the time to lock it: what is
/// not locked then has no writer. Our own writers hold the shared store lock, so that they meet
/// only those who look; writers of other umocis fail if theirs is locked or removed first.
void wait_for_newborns(const LayoutDirectory& layout, const std::vector<std::string>& paths);

/// A work directory that is there, as a collector sees it.
struct FoundWorkDirectory {
  std::string name;
  bool is_alive = false;  ///< its writer lives, or nobody can tell
  /// When it was made: what is older does not belong to its writer. nullopt if unknown.
  std::optional<std::int64_t> born_seconds;
};

/// All work directories that are there, our own included; what has the name of one counts.
[[nodiscard]] std::vector<FoundWorkDirectory> find_work_directories(const LayoutDirectory& layout);

/// Removes a work directory that a dead writer left, whatever it is by now; a link itself, not what
/// it leads to. False if its writer lives or it is gone. Throws: permission, io.
bool remove_dead_work_directory(const LayoutDirectory& layout, const std::string& name);

}  // namespace umoci::store
