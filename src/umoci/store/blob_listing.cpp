// SPDX-License-Identifier: Apache-2.0
#include <umoci/store/blob_listing.hpp>

#include <umoci/base/error.hpp>
#include <umoci/fs/directory.hpp>
#include <umoci/store/temporary_file.hpp>

#include <fmt/format.h>

#include <sys/stat.h>

#include <algorithm>
#include <utility>

namespace umoci::store {
namespace {

bool is_encoded(std::string_view name, digest::Algorithm algorithm) {
  return name.size() == digest::encoded_length(algorithm) && std::ranges::all_of(name, [](char c) {
           return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
         });
}

bool is_own_directory(const LayoutDirectory& layout, const std::string& name) {
  const auto status = layout.link_status(name);
  if (!status || S_ISDIR(status->st_mode)) return status.has_value();
  if (S_ISLNK(status->st_mode)) {
    layout.log().info("blobs behind a link may be used by others and are left alone",
                      {{"path", (layout.path() / name).string()}});
  }
  return false;
}

}  // namespace

std::optional<BlobListing> list_own_blobs(const LayoutDirectory& layout,
                                          digest::Algorithm algorithm) {
  const std::string path = blob_directory(digest::name_of(algorithm));
  if (!is_own_directory(layout, "blobs") || !is_own_directory(layout, path)) return std::nullopt;
  const fs::Directory directory(layout.open_directory(path), fs::Access::as_granted);
  BlobListing listing;
  for (const std::string& name : directory.list()) {
    const auto status = directory.status(name);
    if (!status) continue;
    const bool is_file = S_ISREG(status->st_mode);
    if (is_encoded(name, algorithm) && (is_file || S_ISLNK(status->st_mode))) {
      listing.blobs.push_back(
          {.blob = {.digest = digest::Digest(std::string(digest::name_of(algorithm)) + ':' + name),
                    .size_bytes = static_cast<std::uint64_t>(status->st_size)},
           .modified_seconds = status->st_mtim.tv_sec});
    } else if (is_file && name.starts_with(foreign_blob_prefix)) {
      listing.temporary.push_back(fmt::format("{}/{}", path, name));
    } else {
      listing.foreign.push_back(fmt::format("{}/{}", path, name));
    }
  }
  return listing;
}

}  // namespace umoci::store
