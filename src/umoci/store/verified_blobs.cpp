// SPDX-License-Identifier: Apache-2.0
#include <umoci/store/verified_blobs.hpp>

#include <umoci/base/cancellation.hpp>
#include <umoci/base/error.hpp>
#include <umoci/digest/verified_source.hpp>
#include <umoci/store/name_once.hpp>

#include <fmt/format.h>

#include <string_view>

namespace umoci::store {
namespace {

constexpr std::string_view empty_document = "{}";
/// Embedded data is meant for small documents.
constexpr std::size_t large_data_bytes = 64U << 10U;

/// Rejects what cannot name content, before anything is opened.
void check_usable(const oci::Descriptor& descriptor) {
  if (descriptor.size_bytes < 0) {
    throw Error(ErrorKind::invalid_data,
                fmt::format("descriptor size must not be negative: {}", descriptor.size_bytes));
  }
  static_cast<void>(descriptor.digest.require_algorithm());
  if (descriptor.size_absent) {
    throw Error(ErrorKind::invalid_data,
                "descriptor without size: " + quoted(descriptor.digest.text()));
  }
  if (descriptor.kind() != oci::DocumentKind::empty) return;
  if (descriptor.digest != digest::digest_of(empty_document) ||
      descriptor.size_bytes != static_cast<std::int64_t>(empty_document.size()) ||
      (descriptor.data && *descriptor.data != empty_document)) {
    throw Error(ErrorKind::invalid_data, "invalid descriptor: empty json blob is invalid: " +
                                             quoted(descriptor.digest.text()));
  }
}

void check_embedded(const oci::Descriptor& descriptor, Log& log) {
  const std::string& data = *descriptor.data;
  const auto fail = [](std::string why) {
    throw Error(ErrorKind::corrupt, "invalid embedded descriptor data: " + std::move(why));
  };
  const digest::Digest actual = digest::digest_of(data, descriptor.digest.require_algorithm());
  if (actual != descriptor.digest) {
    fail(fmt::format("expected {} not {}: verified reader digest mismatch",
                     descriptor.digest.text(), actual.text()));
  }
  if (data.size() != static_cast<std::uint64_t>(descriptor.size_bytes)) {
    fail(fmt::format("expected {} bytes not {} bytes: verified reader size mismatch",
                     descriptor.size_bytes, data.size()));
  }
  if (data.size() > large_data_bytes) {
    log.warn("descriptor embeds a large blob",
             {{"digest", descriptor.digest.text()}, {"size", std::to_string(data.size())}});
  }
}

/// The bytes of a blob. Says whose they are when they cannot be read.
class BlobSource final : public io::Source {
 public:
  BlobSource(io::Source& file, const digest::Digest& digest, std::stop_token stop)
      : file_(file), digest_(digest), stop_(std::move(stop)) {}

  [[nodiscard]] io::Bytes peek() override {
    check_not_cancelled(stop_);
    return in_context([&] { return "blob " + digest_.text(); }, [&] { return file_.peek(); });
  }
  void consume(std::size_t count) override { file_.consume(count); }

 private:
  io::Source& file_;
  const digest::Digest& digest_;
  std::stop_token stop_;
};

}  // namespace

void VerifiedBlobs::fail_missing(const digest::Digest& digest) {
  throw Error(ErrorKind::not_found, "blob not found: " + quoted(digest.text()));
}

void VerifiedBlobs::read(const oci::Descriptor& descriptor,
                         const std::function<void(io::Source&)>& fn) const {
  check_usable(descriptor);
  if (!descriptor.data) {
    read_stored(descriptor, fn);
    return;
  }
  check_embedded(descriptor, log_);
  io::BytesSource source(*descriptor.data);
  fn(source);
}

void VerifiedBlobs::lend(Stored stored, const oci::Descriptor& descriptor,
                         const std::function<void(io::Source&)>& fn) const {
  const digest::Digest& digest = descriptor.digest;
  const auto expected_bytes = static_cast<std::uint64_t>(descriptor.size_bytes);
  BlobSource source(stored.bytes, digest, stop_);
  try {
    const digest::Expected expected{.digest = digest, .size_bytes = expected_bytes};
    if (stored.size_bytes == expected_bytes) {
      digest::read_verified(source, expected, fn);
      return;
    }
    // A size that is wrong already tells that fn must not see these bytes, but not why: the digest
    // of as many as should be there decides which error it is.
    digest::read_verified(source, expected, [](io::Source&) {});
    throw Error(ErrorKind::corrupt,
                fmt::format("expected {} bytes not {} bytes: verified reader size mismatch",
                            expected_bytes, stored.size_bytes));
  } catch (Error& error) {
    // Other errors come from what fn did with the bytes. A wrong digest names the right one itself.
    if (error.kind() == ErrorKind::corrupt && !names(error, digest)) {
      error.add_context("blob " + digest.text());
    }
    throw;
  }
}

std::string VerifiedBlobs::read_document(const oci::Descriptor& descriptor) const {
  if (descriptor.size_bytes > 0) {
    in_context([&] { return "document " + descriptor.digest.text(); },
               [&] {
                 check_limit(limits_, &Limits::document_bytes,
                             static_cast<std::uint64_t>(descriptor.size_bytes));
               });
  }
  std::string text;
  read(descriptor,
       [&](io::Source& source) { text = io::read_all(source, limits_.document_bytes); });
  return text;
}

}  // namespace umoci::store
