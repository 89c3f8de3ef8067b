// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <umoci/io/source.hpp>
#include <umoci/tree/entry.hpp>

namespace umoci::tree {

/// A tree, or changes to one, as a stream of entries: a tar archive, a walk over a disk, a
/// MemoryTree.
class EntrySource {
 public:
  EntrySource() = default;
  EntrySource(const EntrySource&) = delete;
  EntrySource& operator=(const EntrySource&) = delete;
  virtual ~EntrySource() = default;

  /// The next entry, or nullptr after the last. Valid until the next call.
  [[nodiscard]] virtual const Entry* next() = 0;

  /// The content of the entry returned last: `size_bytes` bytes for a file, none otherwise. It need
  /// not be read. Valid until next().
  [[nodiscard]] virtual io::Source& content() = 0;
};

}  // namespace umoci::tree
