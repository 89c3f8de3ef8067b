// SPDX-License-Identifier: Apache-2.0
#include <umoci/image/image.hpp>

#include <umoci/base/error.hpp>
#include <umoci/store/graph.hpp>

#include <fmt/format.h>

#include <utility>

namespace umoci::image {
namespace {

/// The type that registries of old gave to configurations.
constexpr std::string_view octet_stream = "application/octet-stream";

/// nullopt: it is something else.
std::optional<oci::ImageConfig> read_config(const store::Layout& layout,
                                            const oci::Descriptor& descriptor) {
  const bool is_known = descriptor.kind() == oci::DocumentKind::image_config;
  if (!is_known && descriptor.media_type != octet_stream) return std::nullopt;
  return in_context([&] { return "image configuration " + descriptor.digest.text(); },
                    [&]() -> std::optional<oci::ImageConfig> {
                      const std::string text = layout.blobs().read_document(descriptor);
                      try {
                        return oci::ImageConfig::parse(text, layout.limits());
                      } catch (const Error& error) {
                        if (is_known || error.kind() != ErrorKind::invalid_data) throw;
                        return std::nullopt;
                      }
                    });
}

}  // namespace

oci::Manifest read_manifest(const store::Layout& layout, const DescriptorPath& path) {
  const oci::Descriptor& target = path.target();
  if (target.kind() != oci::DocumentKind::manifest) {
    throw Error(ErrorKind::unsupported, "unsupported source type: " + quoted(target.media_type));
  }
  return store::read_manifest(layout.blobs(), target, layout.limits());
}

StoredManifest StoredManifest::open(const store::Layout& layout, DescriptorPath path) {
  oci::Manifest manifest = read_manifest(layout, path);
  auto config = read_config(layout, manifest.config);
  return {.path = std::move(path), .manifest = std::move(manifest), .config = std::move(config)};
}

const oci::ImageConfig& StoredManifest::require_config() const {
  if (config) return *config;
  throw Error(ErrorKind::unsupported, "unsupported source type: a config of type " +
                                          quoted(manifest.config.media_type) +
                                          " is no image configuration");
}

oci::ImageConfig& StoredManifest::require_config() {
  static_cast<void>(std::as_const(*this).require_config());
  return *config;
}

Image Image::open(const store::Layout& layout, DescriptorPath path) {
  StoredManifest stored = StoredManifest::open(layout, std::move(path));
  oci::ImageConfig config = std::move(stored.require_config());
  return {.path = std::move(stored.path),
          .manifest = std::move(stored.manifest),
          .config = std::move(config)};
}

void check_layers(const Image& image, const Limits& limits) {
  const std::string type = image.config.rootfs_type();
  if (type != "layers") {
    throw Error(ErrorKind::invalid_data,
                "image configuration describes no layers: rootfs type is " + quoted(type));
  }
  const std::size_t layers = image.manifest.layers.size();
  check_limit(limits, &Limits::layers, layers);
  // More of them would say that the manifest lacks layers.
  const std::size_t diff_ids = image.config.diff_ids().size();
  if (diff_ids != layers) {
    throw Error(ErrorKind::invalid_data,
                fmt::format("manifest has {} layers, but the image configuration has {} diff_ids",
                            layers, diff_ids));
  }
}

}  // namespace umoci::image
