// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <umoci/base/progress.hpp>
#include <umoci/io/source.hpp>

namespace umoci::io {

/// The same bytes, each told to a Progress when it is consumed.
class ReportedSource final : public Source {
 public:
  /// Borrows both; `progress` may be nullptr.
  ReportedSource(Source& upstream, Progress* progress) : upstream_(upstream), progress_(progress) {}

  [[nodiscard]] Bytes peek() override { return upstream_.peek(); }
  void consume(std::size_t count) override {
    upstream_.consume(count);
    if (progress_ != nullptr) progress_->add_bytes(count);
  }

 private:
  Source& upstream_;
  Progress* progress_;
};

}  // namespace umoci::io
