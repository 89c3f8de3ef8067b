// SPDX-License-Identifier: Apache-2.0
#include <umoci/io/sink.hpp>

#include <umoci/base/error.hpp>

#include <poll.h>
#include <unistd.h>

namespace umoci::io {
namespace {

void wait_writable(int fd) {
  // The answer does not matter: whatever poll() failed for, the next write() reports.
  pollfd waiting{.fd = fd, .events = POLLOUT, .revents = 0};
  ::poll(&waiting, 1, -1);
}

std::size_t write_some(int fd, Bytes bytes) {
  for (;;) {
    const ssize_t count = ::write(fd, bytes.data(), bytes.size());
    if (count > 0) return static_cast<std::size_t>(count);
    // No file system should do this, but asking again could take forever.
    if (count == 0) throw Error(ErrorKind::io, "write: nothing was written");
    if (errno == EAGAIN)
      wait_writable(fd);
    else if (errno != EINTR)
      throw_errno("write");
  }
}

}  // namespace

std::uint64_t copy(Source& source, Sink& sink) {
  std::uint64_t done = 0;
  for (Bytes chunk = source.peek(); !chunk.empty(); chunk = source.peek()) {
    sink.write(chunk);
    source.consume(chunk.size());
    done += chunk.size();
  }
  return done;
}

void FileSink::write(Bytes bytes) {
  while (!bytes.empty()) bytes = bytes.subspan(write_some(fd_, bytes));
}

}  // namespace umoci::io
