// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <umoci/digest/digest.hpp>

#include <filesystem>

namespace umoci::bundle {

/// What a bundle's directory holds, by name. Spec: runtime-spec bundle.md; docs/formats/bundle.md.
struct BundlePaths {
  std::filesystem::path directory;

  [[nodiscard]] std::filesystem::path rootfs() const { return directory / "rootfs"; }
  [[nodiscard]] std::filesystem::path runtime_config() const { return directory / "config.json"; }
  [[nodiscard]] std::filesystem::path meta() const { return directory / "umoci.json"; }
  /// The description of the tree as it was unpacked from `manifest`.
  [[nodiscard]] std::filesystem::path mtree(const digest::Digest& manifest) const;
};

}  // namespace umoci::bundle
