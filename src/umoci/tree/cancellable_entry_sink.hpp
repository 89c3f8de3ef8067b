// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <umoci/base/cancellation.hpp>
#include <umoci/io/cancellable_source.hpp>
#include <umoci/tree/entry_sink.hpp>

#include <utility>

namespace umoci::tree {

/// Passes entries on until a stop is requested: then put(), and reading the content within it,
/// throw cancelled.
class CancellableEntrySink final : public EntrySink {
 public:
  /// Borrows the sink.
  CancellableEntrySink(EntrySink& downstream, std::stop_token stop)
      : downstream_(downstream), stop_(std::move(stop)) {}

  void put(const Entry& entry, io::Source& content) override {
    check_not_cancelled(stop_);
    io::CancellableSource cancellable(content, stop_);
    downstream_.put(entry, cancellable);
  }
  void finish() override { downstream_.finish(); }

 private:
  EntrySink& downstream_;
  std::stop_token stop_;
};

}  // namespace umoci::tree
