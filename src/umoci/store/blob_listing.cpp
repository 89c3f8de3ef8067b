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

bool is_of_type(const LayoutDirectory& layout, const std::string& name, mode_t type) {
  const auto status = layout.link_status(name);
  return status && (status->st_mode & S_IFMT) == type;
}

void tell_of_link(const LayoutDirectory& layout, const std::string& path) {
  const std::string link = is_of_type(layout, "blobs", S_IFDIR) ? path : "blobs";
  if (!is_of_type(layout, link, S_IFLNK)) return;
  layout.log().info("blobs behind a link may be used by others and are left alone",
                    {{"path", (layout.path() / link).string()}});
}

}  // namespace

std::optional<BlobListing> list_own_blobs(const LayoutDirectory& layout,
                                          digest::Algorithm algorithm) {
  const std::string path = blob_directory(digest::name_of(algorithm));
  const auto directory = layout.find_own_directory(path);
  if (!directory) {
    tell_of_link(layout, path);
    return std::nullopt;
  }
  BlobListing listing;
  for (const std::string& name : directory->list()) {
    const auto status = directory->status(name);
    if (!status) continue;
    const bool is_file = S_ISREG(status->st_mode);
    if (is_encoded(name, algorithm) && (is_file || S_ISLNK(status->st_mode))) {
      listing.blobs.push_back(
          {.blob = {.digest = digest::Digest(std::string(digest::name_of(algorithm)) + ':' + name),
                    .size_bytes = static_cast<std::uint64_t>(status->st_size)},
           .modified_seconds = status->st_mtim.tv_sec});
    } else if (!is_file || !name.starts_with(foreign_blob_prefix)) {
      listing.foreign.push_back(fmt::format("{}/{}", path, name));
    }
  }
  return listing;
}

std::vector<OtherFile> list_other_files(const LayoutDirectory& layout) {
  std::vector<OtherFile> files;
  for (const digest::Algorithm algorithm : all_algorithms) {
    const std::string parent = blob_directory(digest::name_of(algorithm));
    const auto directory = layout.find_own_directory(parent);
    if (!directory) continue;
    for (const std::string& name : directory->list()) {
      if (is_encoded(name, algorithm)) continue;
      const auto status = directory->status(name);
      if (!status || !S_ISREG(status->st_mode)) continue;
      files.push_back({.path = fmt::format("{}/{}", parent, name),
                       .modified_seconds = status->st_mtim.tv_sec,
                       .has_temporary_name = name.starts_with(foreign_blob_prefix)});
    }
  }
  return files;
}

}  // namespace umoci::store
