// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <umoci/check/bundle_report.hpp>
#include <umoci/check/bundle_value.hpp>
#include <umoci/fs/root.hpp>

#include <filesystem>
#include <optional>

namespace umoci::check {

/// Checks the section `root` of `config` (B04) and opens the directory it names; nullopt if there
/// is none. `directory` is the bundle.
[[nodiscard]] std::optional<fs::Root> check_root(const Value& config,
                                                 const std::filesystem::path& directory,
                                                 Report& report);

}  // namespace umoci::check
