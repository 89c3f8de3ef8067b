// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <umoci/base/progress.hpp>
#include <umoci/io/reported_source.hpp>
#include <umoci/tree/entry_sink.hpp>

namespace umoci::tree {

/// Passes entries on, each told to a Progress together with what is read of its content.
class ReportedEntrySink final : public EntrySink {
 public:
  /// Borrows both; `progress` may be nullptr.
  ReportedEntrySink(EntrySink& downstream, Progress* progress)
      : downstream_(downstream), progress_(progress) {}

  void put(const Entry& entry, io::Source& content) override {
    io::ReportedSource reported(content, progress_);
    downstream_.put(entry, reported);
    if (progress_ != nullptr) progress_->add_entries(1);
  }
  void finish() override { downstream_.finish(); }

 private:
  EntrySink& downstream_;
  Progress* progress_;
};

}  // namespace umoci::tree
