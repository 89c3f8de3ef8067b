// SPDX-License-Identifier: Apache-2.0
#include <umoci/oci/media_type.hpp>

#include <algorithm>
#include <array>

namespace umoci::oci {
namespace {

constexpr std::string_view docker_prefix = "application/vnd.docker.";

struct KnownDocument {
  std::string_view media_type;
  DocumentKind kind;
};

constexpr std::array<KnownDocument, 8> known_documents{{
    {media_type::descriptor, DocumentKind::descriptor},
    {media_type::index, DocumentKind::index},
    {media_type::manifest, DocumentKind::manifest},
    {media_type::image_config, DocumentKind::image_config},
    {media_type::empty, DocumentKind::empty},
    {"application/vnd.docker.distribution.manifest.list.v2+json", DocumentKind::index},
    {"application/vnd.docker.distribution.manifest.v2+json", DocumentKind::manifest},
    {"application/vnd.docker.container.image.v1+json", DocumentKind::image_config},
}};

/// The two families write the compression differently: `.tar+gzip`, `.tar.gzip`.
struct LayerFamily {
  std::string_view base;
  char separator;
  bool nondistributable;
  LayerCompression plain;
};

constexpr std::array<LayerFamily, 4> layer_families{{
    {media_type::layer, '+', false, LayerCompression::none},
    {"application/vnd.oci.image.layer.nondistributable.v1.tar", '+', true, LayerCompression::none},
    {"application/vnd.docker.image.rootfs.diff.tar", '.', false, LayerCompression::sniff},
    {"application/vnd.docker.image.rootfs.foreign.diff.tar", '.', true, LayerCompression::sniff},
}};

std::string without_parameters(std::string_view text) {
  text = text.substr(0, text.find(';'));
  const std::size_t end = text.find_last_not_of(" \t");
  text = text.substr(0, end == std::string_view::npos ? 0 : end + 1);
  std::string lower(text);
  std::transform(lower.begin(), lower.end(), lower.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  return lower;
}

struct SplitLayerType {
  const LayerFamily* family = nullptr;
  std::string_view compression;  ///< empty: none was named
};

/// `type` is lower-case and without parameters; no family: it is no layer type.
SplitLayerType split_layer_type(std::string_view type) {
  for (const LayerFamily& family : layer_families) {
    if (!type.starts_with(family.base)) continue;
    const std::string_view rest = type.substr(family.base.size());
    if (rest.empty()) return {&family, {}};
    if (rest.front() == family.separator && rest.size() > 1) return {&family, rest.substr(1)};
  }
  return {};
}

}  // namespace

DocumentKind kind_of(std::string_view media_type) {
  const std::string type = without_parameters(media_type);
  for (const KnownDocument& known : known_documents) {
    if (type == known.media_type) return known.kind;
  }
  return split_layer_type(type).family != nullptr ? DocumentKind::layer : DocumentKind::other;
}

bool is_docker(std::string_view media_type) {
  return without_parameters(media_type).starts_with(docker_prefix);
}

std::optional<LayerType> layer_type_of(std::string_view media_type) {
  const std::string type = without_parameters(media_type);
  const auto [family, compression] = split_layer_type(type);
  if (family == nullptr) return std::nullopt;
  const bool nondistributable = family->nondistributable;
  if (compression.empty()) return LayerType{family->plain, nondistributable};
  if (compression == "gzip") return LayerType{LayerCompression::gzip, nondistributable};
  if (compression == "zstd") return LayerType{LayerCompression::zstd, nondistributable};
  return std::nullopt;
}

std::string layer_media_type(LayerCompression compression) {
  std::string type(media_type::layer);
  if (compression == LayerCompression::gzip) type += "+gzip";
  if (compression == LayerCompression::zstd) type += "+zstd";
  return type;
}

}  // namespace umoci::oci
