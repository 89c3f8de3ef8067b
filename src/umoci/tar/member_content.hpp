// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <umoci/io/source.hpp>
#include <umoci/tar/block_cursor.hpp>
#include <umoci/tar/extent.hpp>
#include <umoci/tree/entry.hpp>

#include <cstdint>

namespace umoci::tar {

/// The content of the member an archive has been read up to: the archive's own bytes, and zeros
/// where a sparse member has holes.
class MemberContent final : public io::Source {
 public:
  /// `entry` is the one whose content this is, for messages.
  MemberContent(BlockCursor& archive, const tree::Entry& entry)
      : archive_(archive), entry_(entry) {}

  /// Starts with a member whose next `size_bytes` bytes in the archive are its content.
  void open(std::uint64_t size_bytes);
  /// Starts with a member of `size_bytes` bytes of which the archive has `extents`, one after the
  /// other. Throws: invalid_data unless they are in order, apart, within the member, and make up
  /// `stored_bytes`.
  void open_sparse(std::uint64_t size_bytes, std::uint64_t stored_bytes, Extents& extents);
  /// Skips what was not read, and the padding. Throws: invalid_data if the archive ends before.
  void close();

  /// Throws: invalid_data if the archive ends within the content.
  [[nodiscard]] io::Bytes peek() override;
  void consume(std::size_t count) override;

 private:
  void enter_run();
  [[noreturn]] void refuse_truncation() const;

  BlockCursor& archive_;
  const tree::Entry& entry_;
  std::uint64_t size_bytes_ = 0;
  std::uint64_t stored_bytes_ = 0;   ///< in the archive, not yet consumed
  std::uint64_t padding_bytes_ = 0;  ///< in the archive, behind those

  Extents extents_;             ///< none of them empty
  std::size_t extent_ = 0;      ///< the one we are in or before
  std::uint64_t position_ = 0;  ///< in the content
  std::uint64_t run_end_ = 0;   ///< where the data or the hole ends that we are in
  bool is_hole_ = false;
};

}  // namespace umoci::tar
