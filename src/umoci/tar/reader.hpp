// SPDX-License-Identifier: Apache-2.0
#pragma once

// Tar archives as streams of entries, in every dialect layers are found in: V7, ustar, STAR, old
// GNU and PAX. Must not know of disks, whiteouts or images. Read first: Reader, Writer.

#include <umoci/base/limits.hpp>
#include <umoci/io/source.hpp>
#include <umoci/tree/entry_source.hpp>

#include <memory>
#include <string_view>

namespace umoci::tar {

/// Reads an archive entry by entry; content() lends the archive's own bytes. After the last entry
/// nothing beyond the end-of-archive marker was consumed. Names are cleaned lexically; the mode
/// loses its type bits; PAX global headers are skipped. Sparse members yield their full content,
/// zeros included; Limits::layer_bytes bounds the sum of all content. Throws: invalid_data
/// (malformed, truncated), unsupported (an entry type no layer can hold), limit_exceeded; after
/// that the archive cannot be read on. Spec: POSIX.1-2017 pax, GNU tar manual "Basic Tar Format".
class Reader final : public tree::EntrySource {
 public:
  explicit Reader(io::Source& archive, const Limits& limits = {});
  ~Reader() override;

  [[nodiscard]] const tree::Entry* next() override;
  [[nodiscard]] io::Source& content() override;

  /// The name of the entry returned last as the archive has it, not cleaned. Valid until next().
  [[nodiscard]] std::string_view stored_name() const noexcept;
  /// After the last entry: true if a zero block marked the end, false if the archive just ended.
  [[nodiscard]] bool has_end_marker() const noexcept;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace umoci::tar
