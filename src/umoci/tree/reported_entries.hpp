// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <umoci/base/progress.hpp>
#include <umoci/io/reported_source.hpp>
#include <umoci/tree/entry_source.hpp>

#include <optional>

namespace umoci::tree {

/// The same entries, each told to a Progress together with what is read of its content.
class ReportedEntries final : public EntrySource {
 public:
  /// Borrows both; `progress` may be nullptr.
  ReportedEntries(EntrySource& upstream, Progress* progress)
      : upstream_(upstream), progress_(progress) {}

  [[nodiscard]] const Entry* next() override {
    const Entry* const entry = upstream_.next();
    if (entry != nullptr && progress_ != nullptr) progress_->add_entries(1);
    return entry;
  }
  [[nodiscard]] io::Source& content() override {
    return content_.emplace(upstream_.content(), progress_);
  }

 private:
  EntrySource& upstream_;
  Progress* progress_;
  std::optional<io::ReportedSource> content_;
};

}  // namespace umoci::tree
