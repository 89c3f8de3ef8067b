// SPDX-License-Identifier: Apache-2.0
#include <umoci/image/find_document.hpp>

#include <umoci/base/error.hpp>
#include <umoci/oci/json.hpp>
#include <umoci/store/graph.hpp>

#include <optional>
#include <string>
#include <unordered_set>

namespace umoci::image {
namespace {

bool is_index(const oci::Descriptor& descriptor) {
  return descriptor.kind() == oci::DocumentKind::index ||
         descriptor.kind() == oci::DocumentKind::descriptor;
}

/// Looks through an index and those below it. Each is read once.
class Search {
 public:
  Search(const store::Layout& layout, const digest::Digest& digest)
      : layout_(layout), digest_(digest) {}

  std::optional<oci::Descriptor> look_in(const std::vector<oci::Descriptor>& descriptors,
                                         std::uint64_t depth) {
    if (depth > layout_.limits().index_depth) return std::nullopt;
    for (const oci::Descriptor& descriptor : descriptors) {
      check_limit(layout_.limits(), &Limits::graph_nodes, ++visited_);
      const bool is_document =
          is_index(descriptor) || descriptor.kind() == oci::DocumentKind::manifest;
      if (is_document && descriptor.digest == digest_) return descriptor;
    }
    for (const oci::Descriptor& descriptor : descriptors) {
      if (!is_index(descriptor) || !opened_.insert(descriptor.digest.text()).second) continue;
      if (auto found = look_in(children_of(descriptor), depth + 1)) return found;
    }
    return std::nullopt;
  }

 private:
  std::vector<oci::Descriptor> children_of(const oci::Descriptor& descriptor) {
    try {
      return store::children_of(layout_.blobs(), descriptor, layout_.limits()).owned;
    } catch (const Error& error) {
      // What else the layout lacks or cannot show does not matter here.
      const bool is_useless = error.kind() == ErrorKind::not_found ||
                              error.kind() == ErrorKind::corrupt ||
                              error.kind() == ErrorKind::invalid_data;
      if (!is_useless) throw;
      return {};
    }
  }

  const store::Layout& layout_;
  const digest::Digest& digest_;
  std::unordered_set<std::string> opened_;
  std::uint64_t visited_ = 0;
};

/// The media type that a document names, or that its members tell.
std::string media_type_of(const oci::Json& document) {
  const oci::Json* type = document.find("mediaType");
  if (type != nullptr && type->if_string() != nullptr) return *type->if_string();
  if (document.find("manifests") != nullptr) return std::string(oci::media_type::index);
  if (document.find("layers") != nullptr) return std::string(oci::media_type::manifest);
  return "";
}

oci::Descriptor describe_blob(const store::Layout& layout, const digest::Digest& digest) {
  const auto size_bytes = layout.blobs().find(digest);
  if (!size_bytes) {
    throw Error(ErrorKind::not_found, "no image has the digest " + quoted(digest.text()));
  }
  oci::Descriptor descriptor;
  descriptor.digest = digest;
  descriptor.size_bytes = static_cast<std::int64_t>(*size_bytes);
  const auto document = with_verdict(
      [&] { return "neither manifest nor index: blob " + digest.text(); },
      [&] { return oci::Json::parse(layout.blobs().read_document(descriptor), layout.limits()); });
  descriptor.media_type = media_type_of(document);
  if (!is_index(descriptor) && descriptor.kind() != oci::DocumentKind::manifest) {
    throw Error(ErrorKind::invalid_data,
                "neither manifest nor index: blob " + quoted(digest.text()));
  }
  return descriptor;
}

}  // namespace

oci::Descriptor find_document(const store::Layout& layout, const digest::Digest& digest) {
  digest.check();
  const auto found = Search(layout, digest).look_in(layout.read_index().manifests, 1);
  oci::Descriptor descriptor = found ? *found : describe_blob(layout, digest);
  descriptor.annotations.erase(std::string(oci::ref_name_annotation));
  return descriptor;
}

}  // namespace umoci::image
