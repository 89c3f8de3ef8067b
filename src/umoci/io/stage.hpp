// SPDX-License-Identifier: Apache-2.0
#pragma once

// Threads as decorators: a stage runs what is upstream of it on a thread of its own. Results never
// depend on whether a stage is there.

#include <umoci/io/source.hpp>

#include <memory>

namespace umoci::io {

/// Reads `upstream` ahead on its own thread, at most `budget_bytes` beyond the reader. An exception
/// thrown upstream is rethrown by peek() after the bytes before it were delivered. The destructor
/// stops and joins the thread; until then nobody else may touch `upstream`.
class ReadAhead final : public Source {
 public:
  explicit ReadAhead(Source& upstream, std::size_t budget_bytes = 4U << 20U);
  ~ReadAhead() override;

  [[nodiscard]] Bytes peek() override;
  void consume(std::size_t count) override;

 private:
  class Worker;
  std::unique_ptr<Worker> worker_;
};

}  // namespace umoci::io
