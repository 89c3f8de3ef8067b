// SPDX-License-Identifier: Apache-2.0
#include <umoci/store/leftovers.hpp>

#include <umoci/fs/directory.hpp>
#include <umoci/store/blob_listing.hpp>
#include <umoci/store/locker.hpp>
#include <umoci/store/work_directory.hpp>

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <iterator>
#include <optional>
#include <string_view>
#include <utility>

namespace umoci::store {
namespace {

using Kind = Leftover::Kind;

/// containers/image names its temporary files so, in the directory of the layout. They have no lock
/// that would say whether their writer lives.
constexpr std::string_view put_blob_prefix = "oci-put-blob";

/// A file of the layout's own, by the directory that it is in and its name there.
struct OwnFile {
  fs::Directory directory;
  std::string name;
  tree::InodeId inode;
};

/// nullopt if it is gone, no regular file, or behind a link.
std::optional<OwnFile> find_file(const LayoutDirectory& layout, const std::string& path) {
  const std::size_t slash = path.rfind('/');
  const bool is_below = slash != std::string::npos;
  const auto directory = layout.find_own_directory(is_below ? path.substr(0, slash) : ".");
  if (!directory) return std::nullopt;
  std::string name = is_below ? path.substr(slash + 1) : path;
  const auto status = directory->status(name);
  if (!status || !S_ISREG(status->st_mode)) return std::nullopt;
  return OwnFile{.directory = *directory,
                 .name = std::move(name),
                 .inode = {.device = status->st_dev, .inode = status->st_ino}};
}

/// Locked while nobody else may take it for dead; empty if a writer owns it.
UniqueFd lock_dead_file(const OwnFile& file) {
  UniqueFd fd = file.directory.open_file(file.name, file.inode);
  if (try_lock(fd.get()) != TryLock::locked) fd.reset();
  return fd;
}

void add_files_beside_blobs(const LayoutDirectory& layout, std::vector<Leftover>& leftovers) {
  std::vector<std::string> temporary;
  std::vector<Leftover> junk;
  for (OtherFile& file : list_other_files(layout)) {
    if (file.has_temporary_name) {
      temporary.push_back(std::move(file.path));
    } else {
      junk.push_back({.kind = Kind::junk,
                      .path = std::move(file.path),
                      .modified_seconds = file.modified_seconds});
    }
  }
  wait_for_newborns(layout, temporary);
  for (std::string& path : temporary) {
    const auto file = find_file(layout, path);
    if (!file || !lock_dead_file(*file)) continue;
    leftovers.push_back({.kind = Kind::temporary_file, .path = std::move(path)});
  }
  std::ranges::move(junk, std::back_inserter(leftovers));
}

void add_foreign_files(const LayoutDirectory& layout, std::vector<Leftover>& leftovers) {
  const fs::Directory directory(layout.open_directory("."), fs::Access::as_granted);
  for (std::string& name : directory.list()) {
    if (!name.starts_with(put_blob_prefix)) continue;
    const auto status = directory.status(name);
    if (!status || !S_ISREG(status->st_mode)) continue;
    leftovers.push_back({.kind = Kind::foreign_file,
                         .path = std::move(name),
                         .modified_seconds = status->st_mtim.tv_sec});
  }
}

}  // namespace

std::vector<Leftover> find_leftovers(const LayoutDirectory& layout,
                                     const std::string& own_work_directory) {
  std::vector<Leftover> leftovers;
  add_files_beside_blobs(layout, leftovers);
  add_foreign_files(layout, leftovers);
  for (FoundWorkDirectory& found : find_work_directories(layout)) {
    if (found.is_alive || found.name == own_work_directory) continue;
    leftovers.push_back({.kind = Kind::work_directory, .path = std::move(found.name)});
  }
  return leftovers;
}

bool remove_leftover(const LayoutDirectory& layout, const Leftover& leftover) {
  if (leftover.kind == Kind::work_directory) {
    return remove_dead_work_directory(layout, leftover.path);
  }
  const auto file = find_file(layout, leftover.path);
  if (!file) return false;
  UniqueFd lock;
  if (leftover.kind == Kind::temporary_file) {
    lock = lock_dead_file(*file);
    if (!lock) return false;
  }
  if (::unlinkat(file->directory.fd(), file->name.c_str(), 0) != 0 && errno != ENOENT) {
    layout.throw_write_error(errno, leftover.path);
  }
  return true;
}

}  // namespace umoci::store
