// SPDX-License-Identifier: Apache-2.0
#include <cli/layer_archive.hpp>

#include <umoci/codec/codec.hpp>
#include <umoci/tar/reader.hpp>

#include <array>
#include <span>
#include <string_view>

namespace umoci::cli {
namespace {

/// Bytes that were read already, and what follows them.
class RejoinedSource final : public io::Source {
 public:
  RejoinedSource(io::Bytes head, io::Source& rest) : head_(head), rest_(rest) {}

  [[nodiscard]] io::Bytes peek() override { return head_.empty() ? rest_.peek() : head_; }
  void consume(std::size_t count) override {
    if (head_.empty()) {
      rest_.consume(count);
    } else {
      head_ = head_.subspan(count);
    }
  }

 private:
  io::Bytes head_;
  io::Source& rest_;
};

/// Writes what is consumed to a Sink as well.
class CopyingSource final : public io::Source {
 public:
  CopyingSource(io::Source& upstream, io::Sink& copy) : upstream_(upstream), copy_(copy) {}

  [[nodiscard]] io::Bytes peek() override { return upstream_.peek(); }
  void consume(std::size_t count) override {
    if (count > 0) copy_.write(upstream_.peek().first(count));
    upstream_.consume(count);
  }

 private:
  io::Source& upstream_;
  io::Sink& copy_;
};

}  // namespace

void copy_layer_archive(io::Source& file, io::Sink& tar_bytes, const Limits& limits, Log& log) {
  // A pipe may yield less than the magic number at once.
  std::array<std::byte, 4> buffer{};
  const io::Bytes head = std::span(buffer).first(io::read(file, buffer));
  RejoinedSource stored(head, file);
  const auto compression = codec::sniff(head);
  if (compression != codec::Compression::none) {
    log.warn("layer archive is compressed: its uncompressed bytes become the layer",
             {{"compression", std::string(codec::name_of(compression))}});
  }
  const auto plain = codec::decoder(compression, stored, limits, log);
  CopyingSource copied(*plain, tar_bytes);
  tar::Reader entries(copied, limits);
  while (entries.next() != nullptr) {
  }
  io::drain(copied);
}

}  // namespace umoci::cli
