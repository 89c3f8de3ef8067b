// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <umoci/base/unique_fd.hpp>
#include <umoci/io/source.hpp>

#include <cstddef>
#include <stop_token>
#include <vector>

namespace umoci::cli {

/// What the user gave to be read, be it a pipe that nobody writes to: the wait ends when the
/// program is asked to stop. Throws while reading: io, cancelled.
class StoppableInput final : public io::Source {
 public:
  StoppableInput(UniqueFd fd, std::stop_token stop);

  [[nodiscard]] io::Bytes peek() override;
  void consume(std::size_t count) override;
  [[nodiscard]] int fd() const noexcept { return fd_.get(); }

 private:
  void await_data() const;

  UniqueFd fd_;
  std::stop_token stop_;
  std::vector<std::byte> buffer_;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
};

}  // namespace umoci::cli
