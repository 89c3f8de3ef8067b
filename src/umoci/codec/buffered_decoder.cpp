// SPDX-License-Identifier: Apache-2.0
#include <umoci/codec/buffered_decoder.hpp>

namespace umoci::codec {

io::Bytes BufferedDecoder::peek() {
  if (!rest_.empty() || state_ == State::ended) return rest_;
  if (state_ == State::broken) {
    throw error_.value_or(Error(ErrorKind::internal, "a decoder was used after it had failed"));
  }
  // Whatever is thrown, the stream cannot be taken up again where it broke off.
  state_ = State::broken;
  try {
    rest_ = produce();
  } catch (const Error& error) {
    error_ = error;
    throw;
  }
  state_ = rest_.empty() ? State::ended : State::good;
  return rest_;
}

}  // namespace umoci::codec
