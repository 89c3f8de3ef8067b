// SPDX-License-Identifier: Apache-2.0
#include <umoci/image/history.hpp>

namespace umoci::image {

oci::History HistoryRequest::line(const oci::ImageConfig& config) const {
  oci::History line;
  line.created = created;
  line.created_by = created_by.value_or(default_created_by);
  line.comment = comment.value_or("");
  if (author) {
    line.author = *author;
  } else if (default_author == DefaultAuthor::image) {
    line.author = config.author();
  }
  return line;
}

}  // namespace umoci::image
