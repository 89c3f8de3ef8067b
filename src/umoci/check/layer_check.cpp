// SPDX-License-Identifier: Apache-2.0
#include <umoci/check/layer_check.hpp>

#include <umoci/base/error.hpp>
#include <umoci/base/log.hpp>
#include <umoci/check/hashed_source.hpp>
#include <umoci/check/layer_entries.hpp>
#include <umoci/codec/codec.hpp>
#include <umoci/oci/media_type.hpp>
#include <umoci/tar/reader.hpp>
#include <umoci/tree/cancellable_entries.hpp>

#include <optional>
#include <utility>

namespace umoci::check {
namespace {

/// Remembers what decoders warn of.
class WarningLog final : public Log {
 public:
  void write(LogLevel level, std::string_view message,
             const std::vector<LogField>& /*fields*/) override {
    if (level == LogLevel::warn && warning_.empty()) warning_ = message;
  }
  [[nodiscard]] const std::string& warning() const noexcept { return warning_; }

 private:
  std::string warning_;
};

/// Remembers that it was the source, and no reader of its bytes, that failed.
class WatchedSource final : public io::Source {
 public:
  explicit WatchedSource(io::Source& upstream) : upstream_(upstream) {}

  [[nodiscard]] io::Bytes peek() override {
    try {
      return upstream_.peek();
    } catch (const Error&) {
      has_failed_ = true;
      throw;
    }
  }
  void consume(std::size_t count) override { upstream_.consume(count); }
  [[nodiscard]] bool has_failed() const noexcept { return has_failed_; }

 private:
  io::Source& upstream_;
  bool has_failed_ = false;
};

std::optional<codec::Compression> declared(std::string_view media_type) {
  const auto type = oci::layer_type_of(media_type);
  if (!type) return std::nullopt;
  switch (type->compression) {
    case oci::LayerCompression::none:
      return codec::Compression::none;
    case oci::LayerCompression::gzip:
      return codec::Compression::gzip;
    case oci::LayerCompression::zstd:
      return codec::Compression::zstd;
    case oci::LayerCompression::sniff:
      break;
  }
  return std::nullopt;
}

/// A failure of the disk, or the wish to stop, says nothing about the layer.
bool is_about_layer(const Error& error) {
  return error.kind() == ErrorKind::invalid_data || error.kind() == ErrorKind::limit_exceeded ||
         error.kind() == ErrorKind::unsupported;
}

class LayerStream {
 public:
  LayerStream(const LayerCheckOptions& options, DocumentReport& report)
      : options_(options), report_(report) {}

  LayerFacts read(io::Source& stored) {
    WarningLog log;
    const auto decoder =
        codec::decoder(choose_compression(stored), stored, {.limits = options_.limits}, log);
    HashedSource hashed(*decoder, options_.diff_algorithm);
    try {
      read_entries(hashed);
      io::drain(hashed);
      facts_.diff_id = hashed.finish().text();
      facts_.plain_bytes = hashed.size_bytes();
    } catch (const Error& error) {
      if (!is_about_layer(error)) throw;
      facts_.is_complete = false;
      report_.add(error.kind() == ErrorKind::limit_exceeded ? "Y10" : "Y01", std::string(),
                  error.what());
    }
    if (!log.warning().empty()) {
      report_.add("Y01", Severity::warning, std::string(), log.warning());
    }
    return std::move(facts_);
  }

 private:
  codec::Compression choose_compression(io::Source& stored) {
    const auto actual = codec::sniff(stored.peek());
    const auto wanted = declared(options_.media_type);
    if (wanted && *wanted != actual) {
      report_.add("Y01", Severity::warning, std::string(),
                  "compression is " + std::string(codec::name_of(actual)) +
                      ", but the media type says " + std::string(codec::name_of(*wanted)));
    }
    return actual;
  }

  /// Throws what the decoder throws; errors of the archive itself are reported.
  void read_entries(io::Source& plain);

  const LayerCheckOptions& options_;
  DocumentReport& report_;
  LayerFacts facts_;
};

void LayerStream::read_entries(io::Source& plain) {
  WatchedSource watched(plain);
  tar::Reader reader(watched, options_.limits);
  tree::CancellableEntries entries(reader, options_.stop);
  LayerEntries check(facts_, report_);
  try {
    while (const tree::Entry* entry = entries.next()) {
      check.check(*entry, reader.stored_name(), entries.content());
    }
    facts_.is_complete = true;
    if (!reader.has_end_marker()) {
      report_.add("Y02", Severity::warning, std::string(), "archive has no blocks at its end");
    }
  } catch (const Error& error) {
    if (watched.has_failed() || !is_about_layer(error)) throw;
    if (error.kind() == ErrorKind::unsupported) {
      report_.add("Y08", std::string(), error.what());
    } else {
      report_.add(error.kind() == ErrorKind::limit_exceeded ? "Y10" : "Y02", std::string(),
                  error.what());
    }
  }
  check.finish();
}

}  // namespace

LayerFacts check_layer(io::Source& stored, const LayerCheckOptions& options,
                       DocumentReport& report) {
  return LayerStream(options, report).read(stored);
}

}  // namespace umoci::check
