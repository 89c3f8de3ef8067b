// SPDX-License-Identifier: Apache-2.0
#include <umoci/io/source.hpp>

#include <umoci/base/error.hpp>

#include <fmt/format.h>

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <limits>

namespace umoci::io {
namespace {

void wait_readable(int fd) {
  // The answer does not matter: whatever poll() failed for, the next read() reports.
  pollfd waiting{.fd = fd, .events = POLLIN, .revents = 0};
  ::poll(&waiting, 1, -1);
}

std::size_t read_some(int fd, std::span<std::byte> out) {
  for (;;) {
    const ssize_t count = ::read(fd, out.data(), out.size());
    if (count >= 0) return static_cast<std::size_t>(count);
    // Standard input may be a pipe that another process made non-blocking.
    if (errno == EAGAIN)
      wait_readable(fd);
    else if (errno != EINTR)
      throw_errno("read");
  }
}

}  // namespace

std::size_t read(Source& source, std::span<std::byte> out) {
  std::size_t done = 0;
  while (done < out.size()) {
    const Bytes chunk = source.peek();
    if (chunk.empty()) break;
    const std::size_t count = std::min(chunk.size(), out.size() - done);
    std::memcpy(out.data() + done, chunk.data(), count);
    source.consume(count);
    done += count;
  }
  return done;
}

std::uint64_t skip(Source& source, std::uint64_t count) {
  std::uint64_t done = 0;
  while (done < count) {
    const Bytes chunk = source.peek();
    if (chunk.empty()) break;
    const auto step = static_cast<std::size_t>(std::min<std::uint64_t>(chunk.size(), count - done));
    source.consume(step);
    done += step;
  }
  return done;
}

std::uint64_t drain(Source& source) {
  return skip(source, std::numeric_limits<std::uint64_t>::max());
}

std::string read_all(Source& source, std::uint64_t limit_bytes) {
  std::string text;
  for (Bytes chunk = source.peek(); !chunk.empty(); chunk = source.peek()) {
    if (chunk.size() > limit_bytes - text.size()) {
      throw Error(ErrorKind::limit_exceeded, fmt::format("more than {} bytes", limit_bytes));
    }
    text.append(as_text(chunk));
    source.consume(chunk.size());
  }
  return text;
}

FileSource::FileSource(UniqueFd fd, std::size_t chunk_bytes)
    : fd_(std::move(fd)), capacity_(std::max<std::size_t>(chunk_bytes, 1)) {
  buffer_ = std::make_unique_for_overwrite<std::byte[]>(capacity_);
  // A hint that pipes refuse; nothing depends on it.
  static_cast<void>(::posix_fadvise(fd_.get(), 0, 0, POSIX_FADV_SEQUENTIAL));
}

Bytes FileSource::peek() {
  if (position_ == end_) {
    position_ = 0;
    end_ = 0;
    end_ = read_some(fd_.get(), {buffer_.get(), capacity_});
  }
  return {buffer_.get() + position_, end_ - position_};
}

Bytes LimitedSource::peek() {
  // Nothing is asked of upstream beyond the limit: it might block or fail there.
  if (rest_bytes_ == 0) return {};
  const Bytes chunk = upstream_.peek();
  return chunk.first(static_cast<std::size_t>(std::min<std::uint64_t>(chunk.size(), rest_bytes_)));
}

void LimitedSource::consume(std::size_t count) {
  upstream_.consume(count);
  rest_bytes_ -= count;
}

}  // namespace umoci::io
