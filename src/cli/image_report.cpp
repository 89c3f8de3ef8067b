// SPDX-License-Identifier: Apache-2.0
#include <cli/image_report.hpp>

#include <umoci/base/error.hpp>
#include <umoci/base/timestamp.hpp>
#include <umoci/image/image.hpp>

namespace umoci::cli {
namespace {

std::optional<ConfigReport> report_on_config(const store::Layout& layout,
                                             const oci::Descriptor& descriptor) {
  ConfigReport report{.descriptor = descriptor, .bytes = {}, .image = std::nullopt};
  switch (descriptor.kind()) {
    case oci::DocumentKind::image_config:
      report.bytes = layout.blobs().read_document(descriptor);
      report.image = oci::ImageConfig::parse(report.bytes, layout.limits());
      return report;
    case oci::DocumentKind::empty:
      report.bytes = layout.blobs().read_document(descriptor);
      return report;
    default:
      // Nobody knows what the blob is, but what the manifest carries with it can be shown.
      if (!descriptor.data) return std::nullopt;
      report.bytes = layout.blobs().read_document(descriptor);
      return report;
  }
}

std::vector<HistoryReport> report_on_history(const oci::Manifest& manifest,
                                             const oci::ImageConfig& config) {
  const auto diff_ids = config.diff_ids();
  std::vector<HistoryReport> lines;
  std::size_t next_layer = 0;
  for (auto& line : config.history()) {
    HistoryReport report{.line = line, .layer = std::nullopt, .diff_id = {}};
    if (!line.empty_layer) {
      // History may claim more layers than there are.
      if (next_layer < manifest.layers.size()) report.layer = manifest.layers[next_layer];
      if (next_layer < diff_ids.size()) report.diff_id = diff_ids[next_layer].text();
      ++next_layer;
    }
    lines.push_back(std::move(report));
  }
  return lines;
}

}  // namespace

std::string display_date(const std::string& created) {
  try {
    return format_timestamp(parse_timestamp(created));
  } catch (const Error&) {
    return created;
  }
}

ImageReport report_on(const store::Layout& layout, const image::DescriptorPath& path) {
  ImageReport report;
  report.descriptor = path.target();
  report.manifest = image::read_manifest(layout, path);
  report.manifest_bytes = layout.blobs().read_document(path.target());
  report.config = in_context([] { return "configuration"; },
                             [&] { return report_on_config(layout, report.manifest.config); });
  if (report.config && report.config->image) {
    report.history = report_on_history(report.manifest, *report.config->image);
  }
  return report;
}

}  // namespace umoci::cli
