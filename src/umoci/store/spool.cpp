// SPDX-License-Identifier: Apache-2.0
#include <umoci/store/spool.hpp>

#include <umoci/base/error.hpp>
#include <umoci/io/sink.hpp>

#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <string>

namespace umoci::store {
namespace {

/// A file that is read and written through its descriptor only.
UniqueFd make_file(const std::filesystem::path& directory) {
  UniqueFd fd(::open(directory.c_str(), O_TMPFILE | O_RDWR | O_EXCL | O_CLOEXEC, 0600));
  // Kernel: overlayfs before 6.3, NFS and others know no O_TMPFILE; some say EISDIR.
  if (fd || (errno != EOPNOTSUPP && errno != EISDIR && errno != EINVAL)) return fd;
  std::string name = (directory / "umoci-XXXXXX").string();
  fd = UniqueFd(::mkostemp(name.data(), O_CLOEXEC));
  if (fd) ::unlink(name.c_str());
  return fd;
}

/// Reads a descriptor that others read at the same time.
class PositionedSource final : public io::Source {
 public:
  explicit PositionedSource(int fd) : fd_(fd) {}

  [[nodiscard]] io::Bytes peek() override {
    if (position_ == end_) refill();
    return {buffer_.get() + position_, end_ - position_};
  }
  void consume(std::size_t count) override { position_ += count; }

 private:
  static constexpr std::size_t capacity_bytes = 256U << 10U;

  void refill() {
    position_ = 0;
    end_ = 0;
    ssize_t count = 0;
    do {
      count = ::pread(fd_, buffer_.get(), capacity_bytes, offset_);
    } while (count < 0 && errno == EINTR);
    if (count < 0) throw_errno("read a temporary file");
    end_ = static_cast<std::size_t>(count);
    offset_ += count;
  }

  int fd_;
  std::unique_ptr<std::byte[]> buffer_ =
      std::make_unique_for_overwrite<std::byte[]>(capacity_bytes);
  std::size_t position_ = 0;
  std::size_t end_ = 0;
  off_t offset_ = 0;
};

}  // namespace

void Spool::append(io::Bytes bytes) {
  size_bytes_ += bytes.size();
  if (memory_.size() + bytes.size() <= most_in_memory_bytes) {
    memory_.append(io::as_text(bytes));
    return;
  }
  write_out(io::as_bytes(memory_));
  memory_.clear();
  if (bytes.size() < most_in_memory_bytes) {
    memory_.append(io::as_text(bytes));
  } else {
    write_out(bytes);
  }
}

void Spool::finish() {
  if (!file_) return;
  write_out(io::as_bytes(memory_));
  memory_ = {};
}

void Spool::write_out(io::Bytes bytes) {
  in_context([&] { return "temporary file in " + quoted(directory_.string()); },
             [&] {
               if (!file_) file_ = make_file(directory_);
               if (!file_) throw_errno("create");
               io::FileSink(file_.get()).write(bytes);
             });
}

std::unique_ptr<io::Source> Spool::open() const {
  if (file_) return std::make_unique<PositionedSource>(file_.get());
  return std::make_unique<io::BytesSource>(memory_);
}

}  // namespace umoci::store
