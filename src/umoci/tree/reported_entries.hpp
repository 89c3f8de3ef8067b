// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <umoci/base/progress.hpp>
#include <umoci/io/reported_source.hpp>
#include <umoci/tree/entry_source.hpp>

#include <optional>

namespace umoci::tree {

/// What of an entry is told to a Progress. The content is left out where the bytes of the archive
/// are counted.
enum class ReportedPart { entry, entry_and_content };

/// The same entries, each told to a Progress.
class ReportedEntries final : public EntrySource {
 public:
  /// Borrows both; `progress` may be nullptr.
  ReportedEntries(EntrySource& upstream, Progress* progress,
                  ReportedPart part = ReportedPart::entry_and_content)
      : upstream_(upstream), progress_(progress), part_(part) {}

  [[nodiscard]] const Entry* next() override {
    const Entry* const entry = upstream_.next();
    if (entry != nullptr && progress_ != nullptr) progress_->add_entries(1);
    return entry;
  }
  [[nodiscard]] io::Source& content() override {
    if (part_ == ReportedPart::entry) return upstream_.content();
    return content_.emplace(upstream_.content(), progress_);
  }

 private:
  EntrySource& upstream_;
  Progress* progress_;
  ReportedPart part_;
  std::optional<io::ReportedSource> content_;
};

}  // namespace umoci::tree
