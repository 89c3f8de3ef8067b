// SPDX-License-Identifier: Apache-2.0
#include <umoci/codec/gzip_decoder.hpp>

#include <fmt/format.h>

#include <algorithm>

namespace umoci::codec {
namespace {

/// Enough to make the cost of a call disappear, and little enough to stay in the processor's cache
/// until the bytes are hashed and parsed.
constexpr std::size_t plain_chunk_bytes = 512U << 10U;

[[noreturn]] void fail(const std::string& why) {
  throw Error(ErrorKind::invalid_data, "invalid gzip data: " + why);
}

}  // namespace

GzipDecoder::GzipDecoder(io::Source& compressed, const Options& options, Log& log)
    : compressed_(compressed),
      log_(log),
      guard_(options.limits),
      engine_(options.engine),
      members_(options.jobs) {}

io::Bytes GzipDecoder::produce() {
  for (;;) {
    if (position_ == Position::inside) {
      const io::Bytes chunk = inflate_some();
      if (!chunk.empty()) return chunk;
      continue;
    }
    read_sized_members();
    if (!members_.empty()) {
      const io::Bytes chunk = take_sized_member();
      if (!chunk.empty()) return chunk;
      continue;
    }
    if (error_behind_) throw Error(*error_behind_);
    if (position_ == Position::end) return {};
    if (!inflater_) inflater_ = make_inflater(engine_);
    inflater_->start();
    guard_.add_compressed(header_bytes_);
    position_ = Position::inside;
  }
}

/// Goes ahead until there is enough to do for all threads, or a member without a size, or the end.
/// Errors wait for their turn, so that what comes before them does not depend on the threads.
void GzipDecoder::read_sized_members() {
  try {
    while (!members_.full() && !error_behind_ &&
           (position_ == Position::start || position_ == Position::between)) {
      read_next_header();
    }
  } catch (const Error& error) {
    error_behind_ = error;
  }
}

void GzipDecoder::read_next_header() {
  const io::Bytes bytes = compressed_.peek();
  if (bytes.empty()) {
    if (position_ == Position::start) fail("the stream is empty");
    position_ = Position::end;
  } else if (position_ == Position::between && bytes.front() == std::byte{0}) {
    read_padding();
    position_ = Position::end;
  } else {
    const GzipHeader header = read_gzip_header(compressed_);
    if (SizedGzipMember::accepts(header)) {
      submit_sized_member(header);
      position_ = Position::between;
    } else {
      header_bytes_ = header.header_bytes;
      position_ = Position::behind_header;
    }
  }
}

void GzipDecoder::read_padding() {
  std::uint64_t count = 0;
  for (io::Bytes bytes = compressed_.peek(); !bytes.empty(); bytes = compressed_.peek()) {
    const auto other = std::ranges::find_if(bytes, [](std::byte b) { return b != std::byte{0}; });
    if (other != bytes.end()) {
      fail(fmt::format("byte {:#04x} in the padding after the last member",
                       std::to_integer<unsigned>(*other)));
    }
    count += bytes.size();
    compressed_.consume(bytes.size());
  }
  log_.warn("ignoring padding after the last gzip member", {{"bytes", std::to_string(count)}});
}

void GzipDecoder::submit_sized_member(const GzipHeader& header) {
  std::unique_ptr<SizedGzipMember> member = members_.idle();
  if (!member) member = std::make_unique<SizedGzipMember>();
  member->read(compressed_, header);
  members_.submit(std::move(member));
}

/// The chunk stays untouched until the member is handed out again, which the next call may do.
io::Bytes GzipDecoder::take_sized_member() {
  std::unique_ptr<SizedGzipMember> member = members_.take();
  guard_.add_compressed(member->member_bytes());
  const io::Bytes plain = member->plain();
  members_.give_back(std::move(member));
  guard_.add_plain(plain.size());
  return plain;
}

io::Bytes GzipDecoder::inflate_some() {
  if (!plain_) plain_ = std::make_unique_for_overwrite<std::byte[]>(plain_chunk_bytes);
  const std::span<std::byte> out(plain_.get(), plain_chunk_bytes);
  const io::Bytes in = compressed_.peek();
  const Inflater::Step step = inflater_->step(in, out);
  compressed_.consume(step.consumed);
  guard_.add_compressed(step.consumed);
  guard_.add_plain(step.produced);
  if (step.ended)
    position_ = Position::between;
  else if (in.empty() && step.produced == 0)
    fail("unexpected end");
  return out.first(step.produced);
}

}  // namespace umoci::codec
