// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <umoci/runtime/profile.hpp>
#include <umoci/runtime/spec.hpp>

#include <optional>
#include <string>
#include <vector>

namespace umoci::runtime {

/// What becomes of a user or group by a name that the root file system does not know.
enum class UnknownUser {
  is_an_error,
  becomes_root,  ///< 0:0, with a warning
};

/// What groups a user has who is given by number alone.
enum class GroupsOfNumbers {
  as_members,  ///< those that list the user's name, as for a user given by name
  none,        ///< Spec: image-spec conversion.md, process.user.additionalGids
};

/// What becomes of an environment entry without name or without "=".
enum class MalformedVariables {
  are_errors,
  are_dropped,  ///< with a warning
};

enum class Terminal { none, allocated };

/// What is mounted where an image has volumes.
struct VolumeMounts {
  enum class Kind {
    tmpfs,
    tmpfs_with_copy,  ///< the runtime copies what the image has there
    bind,             ///< of the directory of the same path below `directory`
    none,
  };
  Kind kind = Kind::tmpfs;
  std::string directory;  ///< absolute
  /// In place of the usual ones, nullopt: those.
  std::optional<std::vector<std::string>> options;
};

/// What a user may wish of a conversion.
struct Preferences {
  /// What the image is merged into. What it says stays, where neither the image nor one of the
  /// other preferences says something else.
  /// nullopt: the profile.
  std::optional<Spec> base;
  /// Counts if there is no `base`; nullopt: what is usual for the image's system.
  std::optional<Profile> profile;
  /// The version of the runtime-spec that is declared, one that check_spec_version() takes;
  /// nullopt: that of `base`, or else the oldest that has all features used.
  std::optional<std::string> spec_version;
  /// nullopt: as `base` says, allocated if it says nothing.
  std::optional<Terminal> terminal;
  VolumeMounts volumes;
  UnknownUser unknown_user = UnknownUser::is_an_error;
  GroupsOfNumbers groups_of_numbers = GroupsOfNumbers::as_members;
  MalformedVariables malformed_variables = MalformedVariables::are_errors;
  /// What the caller can do, for the message, if there can be no configuration for the image's
  /// system, or not the one that is wished; empty: nothing.
  std::string hint_for_other_systems;
};

}  // namespace umoci::runtime
