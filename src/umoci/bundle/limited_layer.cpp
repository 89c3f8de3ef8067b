// SPDX-License-Identifier: Apache-2.0
#include <umoci/bundle/limited_layer.hpp>

#include <umoci/base/error.hpp>

namespace umoci::bundle {

void LimitedLayer::put(const tree::Entry& entry, io::Source& content) {
  std::uint64_t xattr_bytes = 0;
  for (const auto& [name, value] : entry.xattrs) xattr_bytes += name.size() + value.size();
  content_bytes_ += entry.size_bytes;
  check_limit(limits_, &Limits::entries, ++entries_);
  check_limit(limits_, &Limits::layer_bytes, content_bytes_);
  check_limit(limits_, &Limits::file_bytes, entry.size_bytes);
  check_limit(limits_, &Limits::path_bytes, entry.path.text().size());
  check_limit(limits_, &Limits::path_bytes, entry.link.size());
  check_limit(limits_, &Limits::path_depth, entry.path.depth());
  check_limit(limits_, &Limits::xattr_bytes, xattr_bytes);
  layer_.put(entry, content);
}

}  // namespace umoci::bundle
