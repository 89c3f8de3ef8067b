// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <umoci/base/limits.hpp>
#include <umoci/fs/directory.hpp>

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

namespace umoci::check {

/// A file of a bundle's directory, as far as it can be had.
struct BundleFile {
  enum class State { missing, unusable, present };
  State state = State::missing;
  std::string text;   ///< if present
  std::string fault;  ///< if unusable: what it is instead, a phrase
};

/// The directory in `path`, links followed. Throws: not_found, permission, io; invalid_argument if
/// it is no directory.
[[nodiscard]] fs::Directory open_bundle(const std::filesystem::path& path);

/// Reads a regular file; a link is none, and nothing else is ever opened. Throws: permission, io.
[[nodiscard]] BundleFile read_bundle_file(const fs::Directory& bundle, const std::string& name,
                                          const Limits& limits, std::uint64_t Limits::* limit);

}  // namespace umoci::check
