// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <umoci/io/sink.hpp>
#include <umoci/tree/entry_sink.hpp>

#include <memory>

namespace umoci::tar {

/// Writes an archive whose bytes depend on the entries alone: ustar headers, a PAX header only
/// where a value does not fit, no atime, no names of users, whole-second times (rounded down), two
/// zero blocks at the end and no further padding. Directories end in a slash; the root is ".".
/// Extended attributes without a value have no encoding and are left out; holes are filled.
/// Entries are written as they come: order and hard links are the caller's business.
/// Throws: invalid_argument for an entry that cannot be encoded (a socket, an xattr name with "="),
/// comes twice in a row, or has content that is not `size_bytes` long.
class Writer final : public tree::EntrySink {
 public:
  explicit Writer(io::Sink& archive);
  ~Writer() override;

  void put(const tree::Entry& entry, io::Source& content) override;
  /// Writes the end-of-archive marker.
  void finish() override;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace umoci::tar
