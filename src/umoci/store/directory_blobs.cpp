// SPDX-License-Identifier: Apache-2.0
#include <umoci/store/directory_blobs.hpp>

#include <umoci/base/error.hpp>
#include <umoci/store/directory_blob_writer.hpp>

#include <sys/stat.h>

#include <string>

namespace umoci::store {
namespace {

std::uint64_t size_of(int fd) {
  struct stat status{};
  if (::fstat(fd, &status) != 0) throw_errno("stat");
  return static_cast<std::uint64_t>(status.st_size);
}

}  // namespace

std::string blob_path(const digest::Digest& digest) {
  digest.check();
  return blob_directory(digest.algorithm_name()) + "/" + std::string(digest.encoded());
}

void DirectoryBlobs::read_stored(const oci::Descriptor& descriptor,
                                 const std::function<void(io::Source&)>& fn) const {
  UniqueFd file = layout_->open_file(blob_path(descriptor.digest));
  if (!file) fail_missing(descriptor.digest);
  const std::uint64_t size_bytes = size_of(file.get());
  io::FileSource bytes(std::move(file));
  lend({.bytes = bytes, .size_bytes = size_bytes}, descriptor, fn);
}

std::unique_ptr<BlobWriter> DirectoryBlobs::create(digest::Algorithm algorithm) {
  return std::make_unique<DirectoryBlobWriter>(layout_, sessions_.join(), algorithm);
}

std::optional<std::uint64_t> DirectoryBlobs::find(const digest::Digest& digest) const {
  const auto status = layout_->status(blob_path(digest));
  if (!status || !S_ISREG(status->st_mode)) return std::nullopt;
  return static_cast<std::uint64_t>(status->st_size);
}

}  // namespace umoci::store
