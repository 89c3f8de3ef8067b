// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <umoci/check/finding.hpp>
#include <umoci/store/layout.hpp>

#include <cstdint>
#include <filesystem>
#include <functional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace umoci::check {

/// What can be done to a layout without losing anything.
enum class RepairKind {
  write_marker,        ///< oci-layout
  change_mode,         ///< to one with which the layout can be used
  make_directory,      ///< blobs, blobs/sha256
  write_index,         ///< without entries, where there is nothing that it could name
  set_schema_version,  ///< of index.json
  move_entry,          ///< from index.json to a file beside it, as its blob is gone
  remove_leftover,     ///< of a writer that is dead
};

/// A repair that can be made, as a value: what, where and why. Two of the same key are the same.
struct Repair {
  RepairKind kind = RepairKind::make_directory;
  /// Id of the rule that is broken without it.
  std::string_view rule;
  Place place;
  std::string action;  ///< for people: "make the directory"
  std::string reason;  ///< for people: "it does not exist"
  std::uint32_t mode_before = 0;
  std::uint32_t mode_after = 0;  ///< of change_mode
  std::string entry;             ///< of move_entry: the descriptor, as JSON

  [[nodiscard]] std::string key() const;
};

/// What became of a repair.
struct RepairResult {
  enum class State {
    done,
    left,  ///< somebody else changed the same thing meanwhile, or it cannot be removed
  } state = State::done;
  std::string report;  ///< of move_entry that is done: the file that has the entry now
};

struct RepairOptions {
  store::LayoutOptions layout;
  /// What breaks these rules stays as it is.
  std::set<std::string, std::less<>> ignored;
};

/// Looks at a layout and returns what can be repaired there, in the order in which it would be
/// done. Nothing is changed, and no blob is read. Where the caller may not look there is nothing to
/// return; what is there comes to light when the modes are right. A directory that cannot be
/// recognized as a layout of version 1.0.0 needs no repair. Throws: not_found, permission, io.
[[nodiscard]] std::vector<Repair> collect_repairs(const std::filesystem::path& path,
                                                  const RepairOptions& options);

/// Is told what is going on, in this order; both may be called more than once.
struct RepairObserver {
  /// What comes next, before anything of it is done.
  std::function<void(const std::vector<Repair>&)> plan;
  std::function<void(const Repair&, const RepairResult&)> result;
};

/// Repairs a layout, until there is nothing left that could be. Each time everything is looked at
/// anew under the store lock, and only what was told and is still needed is done; each step leaves
/// a layout that is no worse. Throws: permission ("layout is read-only"), conflict for a lock that
/// others hold too long, io, no_space, cancelled; what was done until then stays.
void repair_layout(const std::filesystem::path& path, const RepairOptions& options,
                   const RepairObserver& observer);

}  // namespace umoci::check
