// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <umoci/base/limits.hpp>
#include <umoci/tree/entry_sink.hpp>

namespace umoci::bundle {

/// Passes on the entries of a layer that is being made, as long as it can be unpacked again within
/// the limits. Throws: limit_exceeded.
class LimitedLayer final : public tree::EntrySink {
 public:
  /// Borrows the layer.
  LimitedLayer(tree::EntrySink& layer, const Limits& limits) : layer_(layer), limits_(limits) {}

  void put(const tree::Entry& entry, io::Source& content) override;
  void finish() override { layer_.finish(); }

 private:
  tree::EntrySink& layer_;
  Limits limits_;
  std::uint64_t entries_ = 0;
  std::uint64_t content_bytes_ = 0;
};

}  // namespace umoci::bundle
