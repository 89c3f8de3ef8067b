// SPDX-License-Identifier: Apache-2.0
#include <umoci/bundle/bundle_paths.hpp>

namespace umoci::bundle {

std::filesystem::path BundlePaths::mtree(const digest::Digest& manifest) const {
  manifest.check();
  std::string name(manifest.algorithm_name());
  name += '_';
  name += manifest.encoded();
  return directory / (name + ".mtree");
}

}  // namespace umoci::bundle
