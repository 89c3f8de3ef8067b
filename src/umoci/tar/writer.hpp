// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <umoci/io/sink.hpp>
#include <umoci/tree/entry_sink.hpp>

namespace umoci::tar {

/// Writes an archive whose bytes depend on the entries alone: ustar headers, a PAX header only
/// where a value does not fit, no atime, no names of users, whole-second times (rounded down), two
/// zero blocks at the end and no further padding. Directories end in a slash; the root is ".".
/// Entries are written as they come: order and hard links are the caller's business.
/// Throws: invalid_argument for an entry that cannot be encoded (a socket, an xattr name with "=")
/// or content that is not `size_bytes` long.
class Writer final : public tree::EntrySink {
 public:
  explicit Writer(io::Sink& archive) : archive_(archive) {}

  void put(const tree::Entry& entry, io::Source& content) override;
  /// Writes the end-of-archive marker.
  void finish() override;

 private:
  io::Sink& archive_;
};

}  // namespace umoci::tar
