// SPDX-License-Identifier: Apache-2.0
#include <umoci/store/referrers.hpp>

#include <umoci/base/cancellation.hpp>
#include <umoci/base/error.hpp>

#include <optional>
#include <utility>

namespace umoci::store {
namespace {

std::optional<Referrer> parse_referrer(const StoredBlob& blob, const BlobStore& blobs,
                                       const Limits& limits) {
  oci::Descriptor document;
  document.digest = blob.digest;
  // That of a link is its own.
  const auto size_bytes = blobs.find(blob.digest);
  if (!size_bytes || *size_bytes > limits.document_bytes) return std::nullopt;
  document.size_bytes = static_cast<std::int64_t>(*size_bytes);
  try {
    const auto json = oci::Json::parse(blobs.read_document(document), limits);
    const auto type = guess_document_type(json);
    const oci::Json* subject = json.find("subject");
    if (!type || subject == nullptr) return std::nullopt;
    document.media_type = *type;
    return Referrer{.subject = oci::Descriptor::from_json(*subject).digest,
                    .document = std::move(document)};
  } catch (const Error& error) {
    // A disk that fails says nothing about the bytes; nobody can use what is damaged.
    if (error.kind() == ErrorKind::io || error.kind() == ErrorKind::permission) throw;
    return std::nullopt;
  }
}

}  // namespace

std::vector<Referrer> find_referrers(const DigestSet& reachable, const Driver& driver) {
  std::vector<Referrer> referrers;
  for (const digest::Algorithm algorithm : all_algorithms) {
    const auto listing = driver.list_blobs(algorithm);
    if (!listing) continue;
    for (const ListedBlob& listed : listing->blobs) {
      check_not_cancelled(driver.stop());
      if (reachable.contains(listed.blob.digest.text())) continue;
      if (auto found = parse_referrer(listed.blob, driver.blobs(), driver.limits())) {
        referrers.push_back(std::move(*found));
      }
    }
  }
  return referrers;
}

}  // namespace umoci::store
