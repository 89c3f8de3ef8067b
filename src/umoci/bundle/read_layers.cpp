// SPDX-License-Identifier: Apache-2.0
#include <umoci/bundle/read_layers.hpp>

#include <umoci/base/error.hpp>
#include <umoci/codec/codec.hpp>
#include <umoci/digest/verified_source.hpp>
#include <umoci/io/reported_source.hpp>
#include <umoci/io/stage.hpp>
#include <umoci/oci/media_type.hpp>
#include <umoci/store/name_once.hpp>
#include <umoci/tar/reader.hpp>
#include <umoci/tree/cancellable_entries.hpp>
#include <umoci/tree/reported_entries.hpp>

#include <fmt/format.h>

#include <limits>
#include <optional>

namespace umoci::bundle {
namespace {

oci::LayerType require_layer_type(const oci::Descriptor& layer) {
  const auto type = oci::layer_type_of(layer.media_type);
  if (!type) {
    throw Error(ErrorKind::unsupported, "unsupported layer media type " + quoted(layer.media_type));
  }
  return *type;
}

codec::Compression compression_of(oci::LayerCompression compression, io::Source& compressed) {
  switch (compression) {
    case oci::LayerCompression::none:
      return codec::Compression::none;
    case oci::LayerCompression::gzip:
      return codec::Compression::gzip;
    case oci::LayerCompression::zstd:
      return codec::Compression::zstd;
    case oci::LayerCompression::sniff:
      break;
  }
  // Docker's plain layer type is used for compressed bytes too: the bytes themselves tell. A blob
  // is a file, whose first chunk has at least a block.
  return codec::sniff(compressed.peek());
}

/// Counts the bytes of a Source.
class CountingSource final : public io::Source {
 public:
  explicit CountingSource(io::Source& upstream) : upstream_(upstream) {}
  [[nodiscard]] io::Bytes peek() override { return upstream_.peek(); }
  void consume(std::size_t count) override {
    upstream_.consume(count);
    size_bytes_ += count;
  }
  [[nodiscard]] std::uint64_t size_bytes() const noexcept { return size_bytes_; }

 private:
  io::Source& upstream_;
  std::uint64_t size_bytes_ = 0;
};

/// nullopt for sizes that cannot be, which are an error when the layer is read.
std::optional<std::uint64_t> total_bytes(const oci::Manifest& manifest) {
  std::uint64_t total = 0;
  for (const auto& layer : manifest.layers) {
    const auto size_bytes = static_cast<std::uint64_t>(layer.size_bytes);
    if (layer.size_bytes < 0 || total > std::numeric_limits<std::uint64_t>::max() - size_bytes) {
      return std::nullopt;
    }
    total += size_bytes;
  }
  return total;
}

/// One layer on its way from the store to whom it is lent.
struct LayerStream {
  const store::Layout& layout;
  const oci::Descriptor& layer;
  const digest::Digest& diff_id;
  const std::function<void(tree::EntrySource& entries)>& fn;
  const ReadLayersOptions& options;
  Log& log;
  const Limits& limits;

  // blob → verified → decompressed → verified → entries
  /// Returns the size of the uncompressed layer.
  [[nodiscard]] std::uint64_t read() const {
    std::uint64_t plain_bytes = 0;
    layout.blobs().read(layer, [&](io::Source& compressed) {
      const auto compression = compression_of(require_layer_type(layer).compression, compressed);
      io::ReportedSource reported(compressed, options.progress);
      const auto plain =
          codec::decoder(compression, reported, {.limits = limits, .jobs = options.jobs}, log);
      if (options.jobs == 1) {
        plain_bytes = lend(*plain);
        return;
      }
      io::ReadAhead ahead(*plain);  // reading, blob digest and inflate on a thread of their own
      plain_bytes = lend(ahead);
    });
    return plain_bytes;
  }

 private:
  [[nodiscard]] std::uint64_t lend(io::Source& decoded) const {
    CountingSource plain(decoded);
    std::uint64_t archive_bytes = 0;
    try {
      digest::read_verified(plain, {.digest = diff_id, .size_bytes = std::nullopt},
                            [&](io::Source& tar_bytes) {
                              tar::Reader entries(tar_bytes, limits);
                              // Holes of sparse files are long, and read nothing from the blob.
                              tree::CancellableEntries cancellable(entries, layout.stop());
                              tree::ReportedEntries reported(cancellable, options.progress,
                                                             tree::ReportedPart::entry);
                              fn(reported);
                              archive_bytes = plain.size_bytes();
                            });
      if (const std::uint64_t rest = plain.size_bytes() - archive_bytes; rest > 0) {
        log.debug("layer goes on behind the end of its archive", {{"bytes", std::to_string(rest)}});
      }
    } catch (Error& error) {
      // The blob's own verification comes later: here only the diff_id can have been wrong.
      if (error.kind() == ErrorKind::corrupt) {
        error.add_context("diff_id mismatch", ErrorFrame::Kind::verdict);
      }
      throw;
    }
    return plain.size_bytes();
  }
};

}  // namespace

void check_layer_types(const oci::Manifest& manifest) {
  for (const auto& layer : manifest.layers) (void)require_layer_type(layer);
}

void read_layers(const store::Layout& layout, const image::Image& image,
                 const ReadLayersOptions& options,
                 const std::function<void(tree::EntrySource& entries)>& fn) {
  Log& log = options.log != nullptr ? *options.log : silent_log();
  const auto diff_ids = image.config.diff_ids();
  Limits limits = layout.limits();
  const PhaseReport phase(options.progress, {.activity = ProgressActivity::read_layers,
                                             .steps = image.manifest.layers.size(),
                                             .total_bytes = total_bytes(image.manifest)});
  for (std::size_t i = 0; i < image.manifest.layers.size(); ++i) {
    const oci::Descriptor& layer = image.manifest.layers[i];
    try {
      log.info("read layer", {{"digest", layer.digest.text()}});
      if (require_layer_type(layer).nondistributable) {
        log.info("layer has a deprecated media type", {{"type", layer.media_type}});
      }
      phase.begin_step({.number = i + 1, .name = layer.digest.text()});
      const LayerStream stream{layout, layer, diff_ids.at(i), fn, options, log, limits};
      const std::uint64_t plain_bytes = stream.read();
      limits = codec::without_used_allowance(limits, static_cast<std::uint64_t>(layer.size_bytes),
                                             plain_bytes);
    } catch (Error& error) {
      error.add_context(store::name_once(error, fmt::format("layer {}", i + 1), layer.digest));
      throw;
    }
  }
  phase.finish();
}

}  // namespace umoci::bundle
