// SPDX-License-Identifier: Apache-2.0
#include <umoci/image/edit.hpp>

#include <umoci/image/moved_image.hpp>
#include <umoci/image/present_path.hpp>
#include <umoci/image/rewrite.hpp>
#include <umoci/store/ref_name.hpp>

#include <algorithm>
#include <utility>

namespace umoci::image {
namespace {

constexpr std::string_view docker_layer = "application/vnd.docker.image.rootfs.diff.tar";

/// The type Docker's tools know for a layer stored like one of `media_type`.
std::string docker_layer_type(const std::string& media_type) {
  const auto type = oci::layer_type_of(media_type);
  if (!type || oci::is_docker(media_type)) return media_type;
  std::string docker(docker_layer);
  if (type->compression == oci::LayerCompression::gzip) docker += ".gzip";
  if (type->compression == oci::LayerCompression::zstd) docker += ".zstd";
  return docker;
}

void warn_if_out_of_step(const oci::ImageConfig& config, const oci::Manifest& manifest, Log& log) {
  const auto history = config.history();
  if (history.empty()) return;
  const auto layers = static_cast<std::size_t>(std::ranges::count(
      history, false, [](const oci::History& line) { return line.empty_layer; }));
  if (layers == manifest.layers.size()) return;
  log.info("history does not match the layers",
           {{"lines with a layer", std::to_string(layers)},
            {"layers", std::to_string(manifest.layers.size())}});
}

void warn_of_several(const oci::Index& index, std::string_view name, Log& log) {
  const auto entries = store::find_ref(index, name);
  if (entries.size() < 2) return;
  log.warn("several entries of the index have the same tag and are replaced by one",
           {{"tag", std::string(name)}, {"entries", std::to_string(entries.size())}});
}

PlatformChange platform_change(const StoredManifest& before, const StoredManifest& after) {
  if (!before.config || !after.config) return {};
  return {.before = before.config->platform(), .after = after.config->platform()};
}

bool is_docker_manifest(const StoredManifest& stored) {
  const std::string& own = stored.manifest.media_type;
  return oci::is_docker(own.empty() ? stored.path.target().media_type : own);
}

}  // namespace

void Edit::declare_media_type() {
  std::string& type = edited_.manifest.media_type;
  if (!type.empty()) return;
  type = is_docker_manifest(edited_) ? edited_.path.target().media_type
                                     : std::string(oci::media_type::manifest);
}

void Edit::append_layer(const NewLayer& layer, const std::optional<oci::History>& history) {
  oci::Descriptor descriptor = layer.descriptor;
  if (is_docker_manifest(edited_)) descriptor.media_type = docker_layer_type(descriptor.media_type);
  edited_.manifest.layers.push_back(std::move(descriptor));
  if (is_image()) config().append_diff_id(layer.diff_id);
  if (!history) return;
  oci::History line = *history;
  line.empty_layer = false;
  config().append_history(line);
}

void Edit::append_history(oci::History history) {
  history.empty_layer = true;
  config().append_history(history);
}

oci::Descriptor Edit::put_config(store::Layout& layout) const {
  const oci::Descriptor& old = stored_.manifest.config;
  if (!is_image()) return old;
  std::string text = config().dump();
  if (text == stored_.require_config().dump()) return old;
  oci::Descriptor config = redirected(old, put_instead_of(old, std::move(text), layout.blobs()));
  // Nobody has the new one anywhere else.
  config.urls.clear();
  platform_change(stored_, edited_).apply(config);
  return config;
}

DescriptorPath Edit::put_documents(store::Layout& layout) {
  if (is_image()) warn_if_out_of_step(config(), edited_.manifest, layout.log());
  edited_.manifest.config = put_config(layout);
  const oci::Descriptor& old = stored_.path.target();
  std::string text = edited_.manifest.dump();
  const bool is_same = text == stored_.manifest.dump();
  if (is_same && edited_.path.target().digest == old.digest) return edited_.path;
  const TargetChange change{
      .replacement = is_same
                         ? replacement_by(old, layout.blobs())
                         : put_instead_of(edited_.path.target(), std::move(text), layout.blobs()),
      .platform = platform_change(stored_, edited_)};
  return rewrite_path(layout, edited_.path, change);
}

void Edit::follow(const store::Layout& layout, const MovedImage& moved,
                  const CommitOptions& options) {
  if (moved.present.standing == Standing::same || options.on_moved == OnMoved::warn) {
    edited_.path = moved.present.path;
    return;
  }
  if (options.on_moved == OnMoved::fail) fail_for(moved);
  *this = Edit(open_successor(layout, moved, options.layers_above));
  options.changes(*this);
}

DescriptorPath Edit::commit(store::Layout& layout, std::string_view ref_name,
                            const CommitOptions& options) {
  // What this edit builds upon must not be collected meanwhile.
  layout.hold_blobs();
  const StoredManifest start = stored_;
  DescriptorPath path;
  layout.update_index([&](oci::Index& index) {
    // Under the lock, so that nobody changes what is beside this image meanwhile.
    const PresentPath present = find_present_path(layout, index, start.path, ref_name);
    const MovedImage moved{
        .ref_name = ref_name, .start = start, .present = present, .index = index};
    follow(layout, moved, options);
    path = put_documents(layout);
    warn_of_several(index, ref_name, layout.log());
    if (options.on_moved == OnMoved::warn) warn_of(moved, path, layout.log());
    store::set_ref(index, ref_name, path.root());
  });
  path.walk.front().annotations.insert_or_assign(std::string(oci::ref_name_annotation),
                                                 std::string(ref_name));
  edited_.path = path;
  stored_ = edited_;
  return path;
}

void Edit::require_unmoved(const store::Layout& layout, std::string_view ref_name,
                           const CommitOptions& options) const {
  const oci::Index index = layout.read_index();
  const PresentPath present = find_present_path(layout, index, stored_.path, ref_name);
  if (present.standing == Standing::same || options.on_moved == OnMoved::warn) return;
  const MovedImage moved{
      .ref_name = ref_name, .start = stored_, .present = present, .index = index};
  if (options.on_moved == OnMoved::fail) fail_for(moved);
  static_cast<void>(open_successor(layout, moved, options.layers_above));
}

}  // namespace umoci::image
