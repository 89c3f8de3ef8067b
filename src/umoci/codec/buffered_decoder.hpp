// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <umoci/base/error.hpp>
#include <umoci/io/source.hpp>

#include <optional>

namespace umoci::codec {

/// What all decoders share: lending the last chunk piece by piece, and failing for good.
class BufferedDecoder : public io::Source {
 public:
  [[nodiscard]] io::Bytes peek() final;
  void consume(std::size_t count) final { rest_ = rest_.subspan(count); }

 protected:
  /// The next chunk, valid until the next call; empty at the end. Not called again after it threw
  /// or ended.
  virtual io::Bytes produce() = 0;

 private:
  enum class State { good, ended, broken };

  io::Bytes rest_;
  State state_ = State::good;
  std::optional<Error> error_;
};

}  // namespace umoci::codec
