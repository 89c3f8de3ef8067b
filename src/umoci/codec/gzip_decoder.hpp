// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <umoci/base/limits.hpp>
#include <umoci/base/log.hpp>
#include <umoci/codec/buffered_decoder.hpp>
#include <umoci/codec/expansion_guard.hpp>
#include <umoci/codec/gzip_format.hpp>
#include <umoci/codec/gzip_member.hpp>
#include <umoci/codec/inflater.hpp>
#include <umoci/codec/piece_queue.hpp>

#include <memory>
#include <optional>

namespace umoci::codec {

/// Reads any gzip stream. Members that tell their size are decompressed side by side, all others by
/// a streaming engine; a stream may mix both.
class GzipDecoder final : public BufferedDecoder {
 public:
  struct Options {
    Limits limits;
    unsigned jobs = 0;
    InflateEngine engine = inflate_engines().front();
  };

  GzipDecoder(io::Source& compressed, const Options& options, Log& log);

 private:
  enum class Position {
    start,          ///< nothing was read
    between,        ///< after a member
    behind_header,  ///< of a member without a size
    inside,         ///< the deflate data of such a member
    end
  };

  io::Bytes produce() override;
  void read_sized_members();
  void read_next_header();
  void read_padding();
  void submit_sized_member(const GzipHeader& header);
  io::Bytes take_sized_member();
  io::Bytes inflate_some();

  io::Source& compressed_;
  Log& log_;
  ExpansionGuard guard_;

  Position position_ = Position::start;
  std::uint64_t header_bytes_ = 0;
  /// What went wrong behind the members that are under way.
  std::optional<Error> error_behind_;

  std::unique_ptr<Inflater> inflater_;
  InflateEngine engine_;
  std::unique_ptr<std::byte[]> plain_;

  PieceQueue<SizedGzipMember> members_;
};

}  // namespace umoci::codec
