// SPDX-License-Identifier: Apache-2.0
#include <umoci/mtree/object_names.hpp>

#include <umoci/digest/hasher.hpp>

#include <cstddef>

namespace umoci::mtree {
namespace {

/// As long as most file systems let a single name be.
constexpr std::size_t longest_name_bytes = 255;

std::string text_for(const std::string& path) {
  if (path.size() <= longest_name_bytes) return path;
  // No path of a manifest begins with a slash.
  return "/" + digest::digest_of(path).text();
}

}  // namespace

std::string ObjectNames::name_of(const tree::Entry& entry) {
  if (entry.link_count < 2 || entry.type == tree::EntryType::directory) return {};
  if (entry.inode == tree::InodeId{}) return {};
  const auto [found, is_first] = names_.try_emplace(entry.inode);
  if (is_first) found->second = text_for(entry.path.text());
  return found->second;
}

}  // namespace umoci::mtree
