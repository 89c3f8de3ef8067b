// SPDX-License-Identifier: Apache-2.0
#include <umoci/store/layout.hpp>

#include <umoci/base/error.hpp>
#include <umoci/oci/media_type.hpp>
#include <umoci/store/index_file.hpp>
#include <umoci/store/layout_impl.hpp>
#include <umoci/store/layout_marker.hpp>

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>

namespace umoci::store {
namespace {

/// Where things are missing or wrong that make a directory a layout.
[[noreturn]] void fail_invalid(const LayoutDirectory& layout, const std::string& why) {
  throw Error(ErrorKind::invalid_data,
              quoted(layout.path().string()) + ": " + why + ": invalid image detected");
}

std::shared_ptr<LayoutDirectory> open_directory(const std::filesystem::path& path,
                                                const LayoutOptions& options) {
  try {
    return std::make_shared<LayoutDirectory>(path, options);
  } catch (const Error& error) {
    if (error.code() == std::errc::no_such_file_or_directory ||
        error.code() == std::errc::not_a_directory) {
      throw Error(ErrorKind::invalid_data, std::string(error.what()) + ": invalid image detected");
    }
    throw;
  }
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

void require_access(const LayoutDirectory& layout, const std::string& name) {
  if (::faccessat(layout.fd(), name.c_str(), W_OK | X_OK, AT_EACCESS) == 0) return;
  layout.throw_write_error(errno, name);
}

oci::Index parse_index(const LayoutDirectory& layout, const std::string& text) {
  return in_context([&] { return quoted((layout.path() / index_name).string()); },
                    [&] { return oci::Index::parse_top_level(text, layout.limits()); });
}

/// Opened for writing where possible: NFS grants exclusive locks on nothing else.
UniqueFd open_marker(const LayoutDirectory& layout) {
  constexpr int flags = O_NONBLOCK | O_NOCTTY | O_CLOEXEC;
  UniqueFd fd(::openat(layout.fd(), marker_name, O_RDWR | flags));
  if (!fd) fd = layout.open_file(marker_name);
  if (!fd) fail_invalid(layout, "there is no \"oci-layout\"");
  return fd;
}

/// Keeps others that change the index waiting until the descriptor is closed.
UniqueFd lock_index(const LayoutDirectory& layout) {
  for (;;) {
    UniqueFd fd = open_marker(layout);
    layout.locker().lock(fd.get(), LockMode::exclusive, index_lock);
    // A tool that rewrites the file leaves us with a lock on one that nobody else will open.
    struct stat locked{};
    if (::fstat(fd.get(), &locked) != 0) throw_errno("stat \"oci-layout\"");
    const auto present = layout.status(marker_name);
    if (present && present->st_dev == locked.st_dev && present->st_ino == locked.st_ino) return fd;
  }
}

}  // namespace

Layout::Layout(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Layout::Layout(Layout&&) noexcept = default;
Layout& Layout::operator=(Layout&&) noexcept = default;
Layout::~Layout() = default;

Layout Layout::open(const std::filesystem::path& path, const LayoutOptions& options) {
  const auto directory = open_directory(path, options);
  check_layout(*directory);
  return Layout(std::make_unique<Impl>(directory, options));
}

const std::filesystem::path& Layout::path() const noexcept { return impl_->directory->path(); }
BlobStore& Layout::blobs() noexcept { return impl_->blobs; }
const BlobStore& Layout::blobs() const noexcept { return impl_->blobs; }
const Limits& Layout::limits() const noexcept { return impl_->directory->limits(); }

const std::stop_token& Layout::stop() const noexcept { return impl_->directory->stop(); }
Log& Layout::log() const noexcept { return impl_->directory->log(); }

oci::Index Layout::read_index() const {
  return parse_index(*impl_->directory, read_index_text(*impl_->directory));
}

void Layout::update_index(const std::function<void(oci::Index&)>& operation) {
  const LayoutDirectory& directory = *impl_->directory;
  // Kept if this fails: the caller may try again with the same blobs.
  auto session = impl_->sessions.join();
  const UniqueFd lock = lock_index(directory);
  oci::Index index = read_index();
  if (impl_->precondition) impl_->precondition(index);
  // Whatever the file says it is: it is what readers will take it for.
  index.media_type = oci::media_type::index;
  const std::string before = index.dump();
  operation(index);
  index.media_type = oci::media_type::index;
  const std::string after = index.dump();
  if (after != before) {
    session->sync_changed_directories();
    replace_index(directory, session->work_directory(), after);
  }
  impl_->sessions.leave(std::move(session));
}

void Layout::require_writable(Writes writes) const {
  const LayoutDirectory& directory = *impl_->directory;
  require_access(directory, ".");
  if (writes == Writes::index) return;
  const std::string blobs = blob_directory(digest::name_of(digest::Algorithm::sha256));
  require_access(directory, directory.status(blobs) ? blobs : "blobs");
}

void Layout::hold_blobs() const { static_cast<void>(impl_->sessions.join()); }

bool Layout::is_work_directory(std::uint64_t device, std::uint64_t inode) const {
  const auto session = impl_->sessions.current();
  return session && session->is_work_directory(device, inode);
}

}  // namespace umoci::store
