// SPDX-License-Identifier: Apache-2.0
#include <umoci/layer/file_content.hpp>

#include <umoci/base/error.hpp>
#include <umoci/io/sink.hpp>

#include <sys/types.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>

namespace umoci::layer {
namespace {

/// Smallest hole worth leaving: what file systems allocate at once.
constexpr std::size_t block_bytes = 4096;

bool is_zero(io::Bytes bytes) {
  // Each byte equals its neighbour, and the first is zero.
  return bytes.empty() || (bytes.front() == std::byte{0} &&
                           std::memcmp(bytes.data(), bytes.data() + 1, bytes.size() - 1) == 0);
}

/// Writes to a file, leaving out blocks of zeros.
class HoleyFile {
 public:
  explicit HoleyFile(int fd) : fd_(fd), sink_(fd) {}

  void write(io::Bytes bytes) {
    std::size_t data_bytes = 0;  // at the start of `bytes`, not yet written
    while (data_bytes < bytes.size()) {
      // Blocks as the file system counts them, whatever pieces the content comes in.
      const std::size_t to_boundary = block_bytes - (offset_ + data_bytes) % block_bytes;
      const io::Bytes block =
          bytes.subspan(data_bytes, std::min(bytes.size() - data_bytes, to_boundary));
      if (!is_zero(block)) {
        data_bytes += block.size();
        continue;
      }
      write_data(bytes.first(data_bytes));
      offset_ += block.size();
      bytes = bytes.subspan(data_bytes + block.size());
      data_bytes = 0;
    }
    write_data(bytes);
  }

  void finish() {
    if (position_ != offset_ && ::ftruncate(fd_, static_cast<off_t>(offset_)) != 0) {
      throw_errno("lengthen file");
    }
  }

 private:
  void write_data(io::Bytes bytes) {
    if (bytes.empty()) return;
    if (position_ != offset_ && ::lseek(fd_, static_cast<off_t>(offset_), SEEK_SET) < 0) {
      throw_errno("seek in file");
    }
    sink_.write(bytes);
    offset_ += bytes.size();
    position_ = offset_;
  }

  int fd_;
  io::FileSink sink_;
  std::uint64_t offset_ = 0;    ///< in the content
  std::uint64_t position_ = 0;  ///< of the descriptor; less than offset_ behind a hole
};

[[noreturn]] void fail(const tree::Entry& entry, std::string_view how) {
  throw Error(ErrorKind::invalid_data, "content of " + quoted(entry.path.display()) + " is " +
                                           std::string(how) + " than " +
                                           std::to_string(entry.size_bytes) + " bytes");
}

template <class Write>
void copy(const tree::Entry& entry, io::Source& content, digest::Hasher* hasher, Write write) {
  std::uint64_t rest_bytes = entry.size_bytes;
  while (rest_bytes > 0) {
    io::Bytes chunk = content.peek();
    if (chunk.empty()) fail(entry, "shorter");
    chunk = chunk.first(std::min<std::uint64_t>(chunk.size(), rest_bytes));
    write(chunk);
    if (hasher != nullptr) hasher->update(chunk);
    content.consume(chunk.size());
    rest_bytes -= chunk.size();
  }
  if (!content.peek().empty()) fail(entry, "longer");
}

}  // namespace

void write_content(const tree::Entry& entry, io::Source& content, int fd, digest::Hasher* hasher) {
  if (entry.hole_bytes == 0) {
    io::FileSink file(fd);
    copy(entry, content, hasher, [&](io::Bytes bytes) { file.write(bytes); });
    return;
  }
  HoleyFile file(fd);
  copy(entry, content, hasher, [&](io::Bytes bytes) { file.write(bytes); });
  file.finish();
}

}  // namespace umoci::layer
