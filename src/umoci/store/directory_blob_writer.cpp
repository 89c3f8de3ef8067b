// SPDX-License-Identifier: Apache-2.0
#include <umoci/store/directory_blob_writer.hpp>

#include <umoci/base/cancellation.hpp>
#include <umoci/base/error.hpp>
#include <umoci/store/directory_blobs.hpp>

#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <utility>

namespace umoci::store {
namespace {

/// Tar writers hand over half a kilobyte at a time.
constexpr std::size_t buffer_bytes = 256U << 10U;
constexpr mode_t blob_mode = 0666;

/// True if files move between the work directory and `directory` without being copied, as far as
/// one can tell beforehand.
bool is_same_file_system(const LayoutDirectory& layout, const std::string& directory) {
  const auto own = layout.status(".");
  auto other = layout.status(directory);
  if (!other) other = layout.status("blobs");
  return own && other && own->st_dev == other->st_dev;
}

void copy_file(int from, int to) {
  std::array<std::byte, 64U << 10U> buffer{};
  io::FileSink sink(to);
  off_t position = 0;
  for (;;) {
    const ssize_t count = ::pread(from, buffer.data(), buffer.size(), position);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) throw_errno("read");
    if (count == 0) return;
    sink.write(io::Bytes(buffer).first(static_cast<std::size_t>(count)));
    position += count;
  }
}

}  // namespace

DirectoryBlobWriter::DirectoryBlobWriter(std::shared_ptr<const LayoutDirectory> layout,
                                         std::shared_ptr<WriteSession> session,
                                         digest::Algorithm algorithm)
    : layout_(std::move(layout)),
      session_(std::move(session)),
      algorithm_(algorithm),
      directory_(blob_directory(digest::name_of(algorithm))),
      hasher_(algorithm) {
  // The work directory is made even if its file system is the wrong one: it tells collectors of
  // other umocis that a writer is alive.
  const int work_directory = session_->work_directory().fd();
  file_ = is_same_file_system(*layout_, directory_)
              ? std::make_unique<TemporaryFile>(*layout_, work_directory, "blob-", blob_mode)
              : make_next_to_blobs();
  buffer_.reserve(buffer_bytes);
}

void DirectoryBlobWriter::write(io::Bytes bytes) {
  check_not_cancelled(layout_->stop());
  hasher_.update(bytes);
  size_bytes_ += bytes.size();
  if (buffer_.size() + bytes.size() > buffer_bytes) flush();
  if (bytes.size() < buffer_bytes) {
    buffer_.append(io::as_text(bytes));
    return;
  }
  write_out(bytes);
}

void DirectoryBlobWriter::write_out(io::Bytes bytes) {
  in_context([&] { return "write a blob in " + quoted(layout_->path().string()); },
             [&] { io::FileSink(file_->fd()).write(bytes); });
}

void DirectoryBlobWriter::flush() {
  if (!buffer_.empty()) write_out(io::as_bytes(buffer_));
  buffer_.clear();
}

StoredBlob DirectoryBlobWriter::commit() {
  flush();
  const StoredBlob blob{.digest = hasher_.finish(), .size_bytes = size_bytes_};
  check_expected(blob);
  session_->add_changed_directory(directory_);
  if (!is_stored_already(blob)) publish(blob);
  session_->add_stored(blob.digest);
  file_.reset();
  session_.reset();
  return blob;
}

bool DirectoryBlobWriter::is_stored_already(const StoredBlob& blob) const {
  const std::string path = blob_path(blob.digest);
  const auto status = layout_->status(path);
  if (!status || !S_ISREG(status->st_mode)) return false;
  if (static_cast<std::uint64_t>(status->st_size) != blob.size_bytes) return false;
  if (layout_->is_synced()) {
    // Whoever wrote it may not have waited for the disk.
    const UniqueFd file = layout_->open_file(path);
    if (file && ::fsync(file.get()) != 0) throw_errno("sync " + quoted(path));
  }
  return true;
}

void DirectoryBlobWriter::publish(const StoredBlob& blob) {
  make_directory();
  layout_->adopt(file_->fd());
  file_->sync(*layout_);
  const UniqueFd blobs = layout_->open_directory_for_writing(directory_);
  const std::string name(blob.digest.encoded());
  int failure = file_->move_to(blobs.get(), name);
  if (failure == EXDEV) {
    // The same file system, mounted a second time.
    move_next_to_blobs();
    failure = file_->move_to(blobs.get(), name);
  }
  if (failure != 0) layout_->throw_write_error(failure, blob_path(blob.digest));
}

void DirectoryBlobWriter::make_directory() {
  if (layout_->status(directory_) || !layout_->make_directory(directory_)) return;
  session_->add_changed_directory("blobs");
}

std::unique_ptr<TemporaryFile> DirectoryBlobWriter::make_next_to_blobs() {
  make_directory();
  return std::make_unique<TemporaryFile>(*layout_,
                                         layout_->open_directory_for_writing(directory_).get(),
                                         foreign_blob_prefix, blob_mode);
}

void DirectoryBlobWriter::move_next_to_blobs() {
  auto copy = make_next_to_blobs();
  copy_file(file_->fd(), copy->fd());
  layout_->adopt(copy->fd());
  copy->sync(*layout_);
  file_ = std::move(copy);
}

}  // namespace umoci::store
