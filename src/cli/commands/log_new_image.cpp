// SPDX-License-Identifier: Apache-2.0
#include <cli/commands/log_new_image.hpp>

namespace umoci::cli {

void log_new_image(Log& log, const image::DescriptorPath& path, const std::string& tag) {
  log.info("new image manifest created: " + path.root().digest.text() + "->" +
           path.target().digest.text());
  log.info("created new tag for image manifest", {{"tag", tag}});
}

}  // namespace umoci::cli
