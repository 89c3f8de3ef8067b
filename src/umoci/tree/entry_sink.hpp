// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <umoci/io/source.hpp>
#include <umoci/tree/entry.hpp>
#include <umoci/tree/entry_source.hpp>

namespace umoci::tree {

/// Takes a tree, or changes to one, entry by entry: a tar writer, a disk, a MemoryTree.
class EntrySink {
 public:
  EntrySink() = default;
  EntrySink(const EntrySink&) = delete;
  EntrySink& operator=(const EntrySink&) = delete;
  virtual ~EntrySink() = default;

  /// Takes one entry; `content` must yield exactly `entry.size_bytes` bytes if it is a file.
  virtual void put(const Entry& entry, io::Source& content) = 0;

  /// To be called once after the last entry.
  virtual void finish() = 0;
};

}  // namespace umoci::tree
