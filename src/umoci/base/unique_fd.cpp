// SPDX-License-Identifier: Apache-2.0
#include <umoci/base/unique_fd.hpp>

#include <umoci/base/error.hpp>

#include <unistd.h>

namespace umoci {

UniqueFd& UniqueFd::operator=(UniqueFd&& other) noexcept {
  if (this != &other) {
    reset();
    fd_ = other.release();
  }
  return *this;
}

void UniqueFd::reset() noexcept {
  if (fd_ >= 0) ::close(std::exchange(fd_, -1));
}

void UniqueFd::close() {
  // Linux frees the descriptor even when close() answers EINTR, so it is never repeated.
  if (fd_ >= 0 && ::close(std::exchange(fd_, -1)) != 0 && errno != EINTR) throw_errno("close");
}

}  // namespace umoci
