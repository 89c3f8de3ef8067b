// SPDX-License-Identifier: Apache-2.0
#include <cli/stoppable_input.hpp>

#include <umoci/base/cancellation.hpp>
#include <umoci/base/error.hpp>

#include <poll.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

namespace umoci::cli {
namespace {

constexpr std::size_t buffer_bytes = 256U << 10U;
constexpr int look_after_ms = 50;

}  // namespace

StoppableInput::StoppableInput(UniqueFd fd, std::stop_token stop)
    : fd_(std::move(fd)), stop_(std::move(stop)), buffer_(buffer_bytes) {}

io::Bytes StoppableInput::peek() {
  while (begin_ == end_) {
    await_data();
    const ssize_t size = ::read(fd_.get(), buffer_.data(), buffer_.size());
    if (size == 0) return {};
    if (size < 0) {
      // Somebody else who reads from the same pipe was faster.
      if (errno == EINTR || errno == EAGAIN) continue;
      throw_errno("read");
    }
    begin_ = 0;
    end_ = static_cast<std::size_t>(size);
  }
  return io::Bytes(buffer_).subspan(begin_, end_ - begin_);
}

void StoppableInput::consume(std::size_t count) { begin_ += count; }

void StoppableInput::await_data() const {
  for (;;) {
    check_not_cancelled(stop_);
    pollfd event{.fd = fd_.get(), .events = POLLIN, .revents = 0};
    const int ready = ::poll(&event, 1, look_after_ms);
    if (ready > 0) return;
    if (ready < 0 && errno != EINTR) throw_errno("wait for data");
  }
}

}  // namespace umoci::cli
