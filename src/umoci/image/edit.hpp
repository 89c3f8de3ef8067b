// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <umoci/image/commit_options.hpp>
#include <umoci/image/image.hpp>
#include <umoci/image/new_layer.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace umoci::image {

struct MovedImage;

/// Changes to an image, gathered in memory until commit(). Of an artifact, whose config is no image
/// configuration, the manifest can be changed: its config and whatever else it has stay as they
/// are.
class Edit {
 public:
  explicit Edit(Image image)
      : Edit(StoredManifest{.path = std::move(image.path),
                            .manifest = std::move(image.manifest),
                            .config = std::move(image.config)}) {}
  explicit Edit(StoredManifest manifest) : edited_(manifest), stored_(std::move(manifest)) {}

  [[nodiscard]] bool is_image() const noexcept { return edited_.config.has_value(); }
  /// Throws: unsupported for an artifact, with the media type of its config.
  [[nodiscard]] const oci::ImageConfig& config() const { return edited_.require_config(); }
  [[nodiscard]] oci::ImageConfig& config() { return edited_.require_config(); }
  [[nodiscard]] const oci::Manifest& manifest() const noexcept { return edited_.manifest; }
  [[nodiscard]] oci::Annotations& annotations() noexcept { return edited_.manifest.annotations; }
  /// Writes the manifest with its media type even if it had none.
  void declare_media_type();

  /// Puts a layer on top; in one of Docker's manifests under Docker's type. `history` is for that
  /// layer; nullopt leaves history and layers out of step. An artifact has neither history nor
  /// diff_ids. Throws: unsupported for a line of its history.
  void append_layer(const NewLayer& layer, const std::optional<oci::History>& history);
  /// Adds a line of history that made no layer. Throws: unsupported for an artifact.
  void append_history(oci::History history);

  /// Stores configuration, manifest and every index on the way, in this order, then makes
  /// `ref_name` mean the result. Documents that did not change keep their bytes. Parents get the
  /// new digest and size wherever the old one stood; embedded data is refreshed or dropped, never
  /// stale; a platform that described the old configuration follows it. What others changed in the
  /// indexes of `ref_name` since the image was resolved stays, as far as it is not this image; if
  /// the name does not mean this image any more, `options` say what is done. Returns the new path.
  /// Throws: invalid_data if the image's path does not lead to its manifest; conflict as `options`
  /// say; as BlobStore::create and Layout::update_index; then `ref_name` means what it did.
  DescriptorPath commit(store::Layout& layout, std::string_view ref_name,
                        const CommitOptions& options = {});

  /// Throws what commit() would throw now because of what `ref_name` means: to be called before
  /// expensive work. It is looked at once more by commit().
  void require_unmoved(const store::Layout& layout, std::string_view ref_name,
                       const CommitOptions& options) const;

 private:
  /// Puts this edit where the image is now.
  void follow(const store::Layout& layout, const MovedImage& moved, const CommitOptions& options);
  [[nodiscard]] oci::Descriptor put_config(store::Layout& layout) const;
  [[nodiscard]] DescriptorPath put_documents(store::Layout& layout);

  StoredManifest edited_;
  StoredManifest stored_;  ///< as it was before the changes
};

}  // namespace umoci::image
