// SPDX-License-Identifier: Apache-2.0
#pragma once

// What is wrong with a layout or a bundle, all of it, as findings: nothing here stops at the first
// one, and nothing is changed. Read first: check_layout(), check_bundle(), the table in rule.hpp;
// repair.hpp for what can be done about it.

#include <umoci/base/limits.hpp>
#include <umoci/base/log.hpp>
#include <umoci/base/progress.hpp>
#include <umoci/check/findings.hpp>
#include <umoci/oci/platform.hpp>

#include <chrono>
#include <filesystem>
#include <optional>
#include <stop_token>
#include <string>

namespace umoci::check {

struct LayoutCheckOptions {
  Limits limits;
  /// Only what this name leads to; nullopt: all entries of the index.
  std::optional<std::string> ref_name;
  /// Layers are decompressed and read (rules Y, C03, C09).
  enum class Depth { documents, layers } depth = Depth::documents;
  /// Blobs to which nothing leads are verified too (L07).
  enum class Blobs { referenced, all } blobs = Blobs::referenced;
  /// A missing blob is an error, not only a warning (L10).
  enum class Missing { allowed, error } missing = Missing::allowed;
  /// How long to wait for a collector of garbage; then Error conflict. nullopt: for ever.
  std::optional<std::chrono::milliseconds> lock_timeout;
  Log* log = nullptr;  ///< told if that takes long; nullptr: silent
  std::stop_token stop;
  Progress* progress = nullptr;  ///< nullptr: nobody wants to know
};

/// Checks the layout in `path`, while no collector of garbage works on it as far as the file system
/// and the caller's rights allow that. Throws: only what keeps it from being read at all (io,
/// permission, not_found for the path itself, conflict, cancelled). Spec: image-spec
/// image-layout.md and all it needs.
void check_layout(const std::filesystem::path& path, const LayoutCheckOptions& options,
                  Findings& findings);

struct BundleCheckOptions {
  Limits limits;
  /// Where the image of the bundle is looked up (B27); nullopt: that is not checked.
  std::optional<std::filesystem::path> layout;
  /// What depends on this machine (file systems, sources of bind mounts, hooks) is checked too.
  enum class Host { ignored, checked } host = Host::ignored;
};

/// Checks the bundle in `path`: config.json and what umoci put beside it. Throws: as check_layout.
/// Spec: runtime-spec bundle.md, config.md, config-linux.md.
void check_bundle(const std::filesystem::path& path, const BundleCheckOptions& options,
                  Findings& findings);

}  // namespace umoci::check
