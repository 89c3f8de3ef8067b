// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <umoci/base/cancellation.hpp>
#include <umoci/io/source.hpp>

#include <utility>

namespace umoci::io {

/// The same bytes, until a stop is requested: then peek() throws cancelled.
class CancellableSource final : public Source {
 public:
  CancellableSource(Source& upstream, std::stop_token stop)
      : upstream_(upstream), stop_(std::move(stop)) {}

  [[nodiscard]] Bytes peek() override {
    check_not_cancelled(stop_);
    return upstream_.peek();
  }
  void consume(std::size_t count) override { upstream_.consume(count); }

 private:
  Source& upstream_;
  std::stop_token stop_;
};

}  // namespace umoci::io
