// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <umoci/base/cancellation.hpp>
#include <umoci/io/cancellable_source.hpp>
#include <umoci/tree/entry_source.hpp>

#include <optional>
#include <utility>

namespace umoci::tree {

/// The same entries, until a stop is requested: then next() and the content throw cancelled.
class CancellableEntries final : public EntrySource {
 public:
  CancellableEntries(EntrySource& upstream, std::stop_token stop)
      : upstream_(upstream), stop_(std::move(stop)) {}

  [[nodiscard]] const Entry* next() override {
    check_not_cancelled(stop_);
    return upstream_.next();
  }
  [[nodiscard]] io::Source& content() override {
    return content_.emplace(upstream_.content(), stop_);
  }

 private:
  EntrySource& upstream_;
  std::stop_token stop_;
  std::optional<io::CancellableSource> content_;
};

}  // namespace umoci::tree
