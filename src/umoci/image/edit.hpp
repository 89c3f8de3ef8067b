// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <umoci/image/commit_options.hpp>
#include <umoci/image/image.hpp>
#include <umoci/image/new_layer.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace umoci::image {

struct MovedImage;

/// Changes to an image, gathered in memory until commit().
class Edit {
 public:
  explicit Edit(Image image) : image_(image), stored_(std::move(image)) {}

  [[nodiscard]] const Image& image() const noexcept { return image_; }
  [[nodiscard]] const oci::ImageConfig& config() const noexcept { return image_.config; }
  [[nodiscard]] oci::ImageConfig& config() noexcept { return image_.config; }
  [[nodiscard]] const oci::Manifest& manifest() const noexcept { return image_.manifest; }
  [[nodiscard]] oci::Annotations& annotations() noexcept { return image_.manifest.annotations; }
  /// Writes the manifest with its media type even if it had none.
  void declare_media_type();

  /// Puts a layer on top; in one of Docker's manifests under Docker's type. `history` is for that
  /// layer; nullopt leaves history and layers out of step.
  void append_layer(const NewLayer& layer, const std::optional<oci::History>& history);
  /// Adds a line of history that made no layer.
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

  Image image_;
  Image stored_;  ///< as it was before the changes
};

}  // namespace umoci::image
