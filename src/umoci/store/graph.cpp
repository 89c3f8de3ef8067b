// SPDX-License-Identifier: Apache-2.0
#include <umoci/store/graph.hpp>

#include <umoci/base/error.hpp>
#include <umoci/oci/media_type.hpp>
#include <umoci/store/name_once.hpp>

#include <iterator>
#include <string_view>
#include <utility>

namespace umoci::store {
namespace {

/// Parses the document of `descriptor`; errors name it.
template <class Parse>
auto read_parsed(const BlobStore& blobs, const oci::Descriptor& descriptor, std::string_view noun,
                 Parse parse) {
  try {
    return parse(blobs.read_document(descriptor));
  } catch (Error& error) {
    error.add_context(name_once(error, noun, descriptor.digest));
    throw;
  }
}

/// A document that calls itself one of the other family could be read in two ways (CVE-2021-41190).
void check_family(const oci::Descriptor& descriptor, const std::string& own_media_type) {
  if (own_media_type.empty() ||
      oci::is_docker(own_media_type) == oci::is_docker(descriptor.media_type)) {
    return;
  }
  throw Error(ErrorKind::invalid_data, "malicious image detected: document of type " +
                                           quoted(own_media_type) + " referenced as " +
                                           quoted(descriptor.media_type));
}

}  // namespace

oci::Index read_index(const BlobStore& blobs, const oci::Descriptor& descriptor,
                      const Limits& limits) {
  return read_parsed(blobs, descriptor, "index", [&](const std::string& text) {
    oci::Index index = oci::Index::parse(text, limits);
    check_family(descriptor, index.media_type);
    return index;
  });
}

oci::Manifest read_manifest(const BlobStore& blobs, const oci::Descriptor& descriptor,
                            const Limits& limits) {
  return read_parsed(blobs, descriptor, "manifest", [&](const std::string& text) {
    oci::Manifest manifest = oci::Manifest::parse(text, limits);
    check_family(descriptor, manifest.media_type);
    return manifest;
  });
}

oci::Descriptor read_descriptor(const BlobStore& blobs, const oci::Descriptor& descriptor,
                                const Limits& limits) {
  return read_parsed(blobs, descriptor, "descriptor", [&](const std::string& text) {
    return oci::Descriptor::from_json(oci::Json::parse(text, limits));
  });
}

Children children_of(const BlobStore& blobs, const oci::Descriptor& descriptor,
                     const Limits& limits) {
  Children children;
  const auto add_subject = [&](std::optional<oci::Descriptor>& subject) {
    if (subject) children.subject.push_back(std::move(*subject));
  };
  switch (descriptor.kind()) {
    case oci::DocumentKind::index: {
      oci::Index index = read_index(blobs, descriptor, limits);
      children.owned = std::move(index.manifests);
      add_subject(index.subject);
      break;
    }
    case oci::DocumentKind::manifest: {
      oci::Manifest manifest = read_manifest(blobs, descriptor, limits);
      children.owned.push_back(std::move(manifest.config));
      std::ranges::move(manifest.layers, std::back_inserter(children.owned));
      add_subject(manifest.subject);
      break;
    }
    case oci::DocumentKind::descriptor:
      children.owned.push_back(read_descriptor(blobs, descriptor, limits));
      break;
    default:
      break;
  }
  return children;
}

}  // namespace umoci::store
