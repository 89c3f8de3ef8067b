// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <utility>

namespace umoci {

/// Owns a file descriptor and closes it. Closing by the destructor ignores errors: whoever wrote
/// data calls close(), which reports them.
class UniqueFd {
 public:
  UniqueFd() = default;
  explicit UniqueFd(int fd) noexcept : fd_(fd) {}
  UniqueFd(UniqueFd&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  UniqueFd& operator=(UniqueFd&& other) noexcept;
  UniqueFd(const UniqueFd&) = delete;
  UniqueFd& operator=(const UniqueFd&) = delete;
  ~UniqueFd() { reset(); }

  [[nodiscard]] int get() const noexcept { return fd_; }
  explicit operator bool() const noexcept { return fd_ >= 0; }
  [[nodiscard]] int release() noexcept { return std::exchange(fd_, -1); }
  void reset() noexcept;

  /// Closes the descriptor. Throws: io, no_space (delayed write errors).
  void close();

 private:
  int fd_ = -1;
};

}  // namespace umoci
