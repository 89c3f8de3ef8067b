// SPDX-License-Identifier: Apache-2.0
#include <umoci/store/directory_driver.hpp>

#include <umoci/base/error.hpp>
#include <umoci/store/blob_listing.hpp>
#include <umoci/store/directory_lock.hpp>
#include <umoci/store/index_file.hpp>
#include <umoci/store/layout_marker.hpp>
#include <umoci/store/leftovers.hpp>
#include <umoci/store/work_directory.hpp>

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <limits>
#include <utility>

namespace umoci::store {
namespace {

/// Where things are missing or wrong that make a directory a layout.
[[noreturn]] void fail_invalid(const LayoutDirectory& layout, const std::string& why) {
  throw Error(ErrorKind::invalid_data,
              quoted(layout.path().string()) + ": " + why + ": invalid image detected");
}

void check_layout(const LayoutDirectory& layout) {
  check_marker(layout);
  const auto blobs = layout.status("blobs");
  if (!blobs) fail_invalid(layout, "there is no \"blobs\"");
  if (!S_ISDIR(blobs->st_mode)) fail_invalid(layout, "\"blobs\" is not a directory");
  const auto index = layout.status(index_name);
  if (!index) fail_invalid(layout, "there is no \"index.json\"");
  if (S_ISDIR(index->st_mode)) fail_invalid(layout, "\"index.json\" is a directory");
}

std::shared_ptr<const LayoutDirectory> open_layout(const std::filesystem::path& path,
                                                   const LayoutOptions& options) {
  try {
    auto directory = std::make_shared<LayoutDirectory>(path, options);
    check_layout(*directory);
    return directory;
  } catch (const Error& error) {
    if (error.code() == std::errc::no_such_file_or_directory ||
        error.code() == std::errc::not_a_directory) {
      throw Error(ErrorKind::invalid_data, std::string(error.what()) + ": invalid image detected");
    }
    throw;
  }
}

}  // namespace

DirectoryDriver::DirectoryDriver(const std::filesystem::path& path, const LayoutOptions& options)
    : DirectoryDriver(open_layout(path, options)) {}

DirectoryDriver::DirectoryDriver(std::shared_ptr<const LayoutDirectory> directory)
    : Driver(directory->limits(), directory->stop(), directory->log()),
      directory_(std::move(directory)),
      sessions_(directory_),
      blobs_(directory_, sessions_) {}

Capabilities DirectoryDriver::capabilities() const {
  return {
      .writable = true, .listable = true, .deletable = true, .lockable = true, .streaming = true};
}

std::string DirectoryDriver::read_start(const digest::Digest& digest, std::size_t count) const {
  const UniqueFd file = directory_->open_file(blob_path(digest));
  if (!file) return {};
  std::string start(count, '\0');
  const ssize_t size = ::pread(file.get(), start.data(), start.size(), 0);
  if (size < 0) throw_errno("read blob " + digest.text());
  start.resize(static_cast<std::size_t>(size));
  return start;
}

std::string DirectoryDriver::read_index() const { return read_index_text(*directory_); }

void DirectoryDriver::update_index(const IndexOperation& operation) {
  // Kept if this fails: the caller may try again with the same blobs.
  auto session = sessions_.join();
  const UniqueFd lock = lock_index(*directory_);
  if (const auto text = operation(read_index())) {
    session->sync_changed_directories();
    replace_index(*directory_, session->work_directory(), *text);
  }
  sessions_.leave(std::move(session));
}

void DirectoryDriver::require_writable(Writes writes) const {
  directory_->require_writable(".");
  if (writes == Writes::index) return;
  const std::string blobs = blob_directory(digest::name_of(digest::Algorithm::sha256));
  directory_->require_writable(directory_->status(blobs) ? blobs : "blobs");
}

void DirectoryDriver::hold_blobs() { static_cast<void>(sessions_.join()); }

bool DirectoryDriver::is_work_directory(std::uint64_t device, std::uint64_t inode) const {
  const auto session = sessions_.current();
  return session && session->is_work_directory(device, inode);
}

std::unique_ptr<StoreLock> DirectoryDriver::lock_store(LockMode mode) {
  return std::make_unique<DirectoryLock>(*directory_, sessions_, mode);
}

std::set<digest::Digest> DirectoryDriver::unsettled_blobs() const {
  const auto session = sessions_.current();
  return session ? session->stored() : std::set<digest::Digest>();
}

std::optional<BlobListing> DirectoryDriver::list_blobs(digest::Algorithm algorithm) const {
  return list_own_blobs(*directory_, algorithm);
}

void DirectoryDriver::remove_blob(const digest::Digest& digest) {
  const std::string path = blob_path(digest);
  // By the directory, whatever has its name by now.
  const auto directory = directory_->find_own_directory(blob_directory(digest.algorithm_name()));
  if (!directory) return;
  const std::string name(digest.encoded());
  if (::unlinkat(directory->fd(), name.c_str(), 0) != 0 && errno != ENOENT) {
    const int number = errno;
    in_context([&] { return "remove blob " + digest.text(); },
               [&] { directory_->throw_write_error(number, path); });
  }
  log().debug("blob removed", {{"digest", digest.text()}});
}

std::string DirectoryDriver::own_work_directory() const {
  const auto session = sessions_.current();
  return session ? session->work_directory_name() : std::string();
}

std::optional<std::int64_t> DirectoryDriver::foreign_writer_seconds() const {
  std::optional<std::int64_t> oldest_seconds;
  const std::string own = own_work_directory();
  for (const FoundWorkDirectory& found : find_work_directories(*directory_)) {
    if (!found.is_alive || found.name == own) continue;
    const std::int64_t born = found.born_seconds.value_or(std::numeric_limits<std::int64_t>::min());
    oldest_seconds = std::min(oldest_seconds.value_or(born), born);
  }
  return oldest_seconds;
}

std::vector<Leftover> DirectoryDriver::find_leftovers() const {
  return store::find_leftovers(*directory_, own_work_directory());
}

bool DirectoryDriver::remove_leftover(const Leftover& leftover) {
  return store::remove_leftover(*directory_, leftover);
}

}  // namespace umoci::store
