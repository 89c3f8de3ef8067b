// SPDX-License-Identifier: Apache-2.0
#include <umoci/image/replacement.hpp>

#include <algorithm>
#include <utility>

namespace umoci::image {
namespace {

/// Data of this size is embedded again even if there was less before.
constexpr std::size_t small_data_bytes = 1024;

/// New documents are named like those they replace, as far as the algorithm is a registered one.
digest::Algorithm algorithm_for(const oci::Descriptor& old) {
  return old.digest.algorithm() == digest::Algorithm::sha512 ? digest::Algorithm::sha512
                                                             : digest::Algorithm::sha256;
}

/// True if two names of a variant may mean the same: one that is not given means any.
bool variants_agree(const std::string& left, const std::string& right) {
  return left.empty() || right.empty() || left == right;
}

}  // namespace

Replacement put_instead_of(const oci::Descriptor& old, std::string text, store::BlobStore& blobs) {
  const store::StoredBlob blob = blobs.put(text, algorithm_for(old));
  return {.blob = blob, .text = std::move(text)};
}

Replacement replacement_by(const oci::Descriptor& old, const store::BlobStore& blobs) {
  std::string text = blobs.read_document(old);
  return {.blob = {.digest = old.digest, .size_bytes = text.size()}, .text = std::move(text)};
}

oci::Descriptor redirected(oci::Descriptor old, const Replacement& replacement) {
  old.digest = replacement.blob.digest;
  old.size_bytes = static_cast<std::int64_t>(replacement.blob.size_bytes);
  old.size_absent = false;
  if (old.data) {
    if (replacement.text.size() <= std::max(old.data->size(), small_data_bytes))
      old.data = replacement.text;
    else
      old.data.reset();
  }
  return old;
}

void PlatformChange::apply(oci::Descriptor& descriptor) const {
  if (!descriptor.platform) return;
  oci::Platform& platform = *descriptor.platform;
  if (platform.os != before.os || platform.architecture != before.architecture ||
      !variants_agree(platform.variant, before.variant)) {
    return;
  }
  // The variant of one architecture says nothing about another.
  if (after.variant != before.variant || after.architecture != before.architecture) {
    platform.variant = after.variant;
  }
  platform.os = after.os;
  platform.architecture = after.architecture;
}

}  // namespace umoci::image
