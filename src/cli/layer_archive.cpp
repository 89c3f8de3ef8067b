// SPDX-License-Identifier: Apache-2.0
#include <cli/layer_archive.hpp>

#include <umoci/base/error.hpp>
#include <umoci/codec/codec.hpp>
#include <umoci/layer/entry_rules.hpp>
#include <umoci/tar/reader.hpp>

#include <fmt/format.h>

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

/// Compressions that no layer may have are told by name: as archives they would only look damaged.
void refuse_other_compressions(std::string_view head) {
  using namespace std::string_view_literals;
  constexpr auto xz_magic = "\xfd\x37zXZ\0"sv;
  // The digit between the two tells the size of its blocks. An entry's name may begin with the
  // first.
  const bool is_bzip2 =
      head.starts_with("BZh") && head.size() > 4 && head.substr(4).starts_with("1AY&SY");
  const std::string_view name = head.starts_with(xz_magic) ? "xz" : is_bzip2 ? "bzip2" : "";
  if (name.empty()) return;
  throw Error(ErrorKind::unsupported, fmt::format("it is compressed with {}: only gzip and zstd "
                                                  "archives are uncompressed",
                                                  name));
}

}  // namespace

void copy_layer_archive(io::Source& file, io::Sink& tar_bytes, const Limits& limits, Log& log) {
  // A pipe may yield less than the magic number at once.
  std::array<std::byte, 10> buffer{};
  const io::Bytes head = std::span(buffer).first(io::read(file, buffer));
  refuse_other_compressions(io::as_text(head));
  RejoinedSource stored(head, file);
  const auto compression = codec::sniff(head);
  if (compression != codec::Compression::none) {
    log.warn("layer archive is compressed: its uncompressed bytes become the layer",
             {{"compression", std::string(codec::name_of(compression))}});
  }
  const auto plain = codec::decoder(compression, stored, limits, log);
  CopyingSource copied(*plain, tar_bytes);
  tar::Reader entries(copied, limits);
  while (const tree::Entry* entry = entries.next()) {
    in_context([&] { return "entry " + quoted(entry->path.display()); },
               [&] { layer::check_entry(*entry); });
  }
  io::drain(copied);
}

}  // namespace umoci::cli
