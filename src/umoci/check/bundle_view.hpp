// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <umoci/check/bundle_host.hpp>
#include <umoci/check/bundle_report.hpp>
#include <umoci/check/bundle_value.hpp>
#include <umoci/check/container_files.hpp>

#include <filesystem>

namespace umoci::check {

/// What the rules about config.json look at.
struct BundleView {
  Value config;
  std::filesystem::path directory;  ///< of the bundle
  const ContainerFiles& files;
  const HostFacts* host;  ///< nullptr: what depends on the machine is not checked
  Report& report;

  /// A section that runtimes for Linux read, and not those for Windows alone.
  [[nodiscard]] bool is_for_windows() const {
    return config["windows"].exists() && !config["linux"].exists();
  }
};

// One group of rules each. They take nothing for granted: what has another type than it should is
// B02's business, and they go on with the rest.
void check_version(const BundleView& view);       ///< B03
void check_process(const BundleView& view);       ///< B05 to B08
void check_capabilities(const BundleView& view);  ///< B09
void check_rlimits(const BundleView& view);       ///< B10
void check_mounts(const BundleView& view);        ///< B11 to B13
void check_namespaces(const BundleView& view);    ///< B14, B16 to B18
void check_id_mappings(const BundleView& view);   ///< B15
void check_devices(const BundleView& view);       ///< B19
void check_resources(const BundleView& view);     ///< B20
void check_hidden_paths(const BundleView& view);  ///< B21
void check_hooks(const BundleView& view);         ///< B22
void check_annotations(const BundleView& view);   ///< B23
void check_labels(const BundleView& view);        ///< B24

/// Reports what keeps a string of the form `NAME=VALUE` from being a variable.
void check_variable(const Value& variable, std::string_view rule, Report& report);

}  // namespace umoci::check
