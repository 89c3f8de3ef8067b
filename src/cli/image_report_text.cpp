// SPDX-License-Identifier: Apache-2.0
#include <cli/image_report.hpp>

#include <cli/go_quote.hpp>
#include <cli/human_size.hpp>
#include <cli/outline.hpp>
#include <cli/text_table.hpp>

#include <fmt/format.h>

#include <ostream>

namespace umoci::cli {
namespace {

std::string quote(std::string_view text) { return quote_if_needed(text, QuoteWhen::blank); }

std::string quote_lax(std::string_view text) { return quote_if_needed(text, QuoteWhen::escaped); }

void print_platform(Outline outline, const oci::Platform& platform) {
  Outline below = outline.section("Platform");
  below.value("OS", quote(platform.os));
  if (!platform.os_version.empty()) below.value("OS Version", quote(platform.os_version));
  if (!platform.os_features.empty()) below.set("OS Features", platform.os_features);
  std::string architecture = quote(platform.architecture);
  if (!platform.variant.empty()) {
    architecture += fmt::format(" ({})", quote_lax(platform.variant));
  }
  below.value("Architecture", architecture);
}

void print_descriptor(Outline outline, const oci::Descriptor& descriptor) {
  Outline below = outline.section("Descriptor");
  below.value("Media Type", quote(descriptor.media_type));
  if (!descriptor.artifact_type.empty()) {
    below.value("Artifact Type", quote(descriptor.artifact_type));
  }
  below.value("Digest", quote(descriptor.digest.text()));
  below.value("Size", human_size(descriptor.size_bytes));
  if (descriptor.platform) print_platform(below, *descriptor.platform);
  if (!descriptor.urls.empty()) below.list("URLs", descriptor.urls);
  if (!descriptor.annotations.empty()) below.map("Annotations", descriptor.annotations);
  if (descriptor.data) below.hex_dump("Data", *descriptor.data);
}

void print_manifest(Outline outline, const ImageReport& report) {
  const oci::Manifest& manifest = report.manifest;
  outline.line("== MANIFEST ==");
  outline.value("Schema Version", "2");
  outline.value("Media Type", quote(manifest.media_type));
  if (!manifest.artifact_type.empty()) {
    outline.value("Artifact Type", quote(manifest.artifact_type));
  }
  print_descriptor(outline.section("Config"), manifest.config);
  if (!manifest.layers.empty()) {
    const Outline layers = outline.section("Layers");
    for (const auto& layer : manifest.layers) print_descriptor(layers, layer);
  }
  if (manifest.subject) print_descriptor(outline.section("Subject"), *manifest.subject);
  if (!manifest.annotations.empty()) outline.map("Annotations", manifest.annotations);
  print_descriptor(outline, report.descriptor);
}

void print_image_config(Outline outline, const oci::ImageConfig& config) {
  if (const auto created = config.created())
    outline.value("Created", quote_lax(display_date(*created)));
  outline.value("Author", quote(config.author()));
  print_platform(outline, config.platform());

  Outline below = outline.section("Image Config");
  const std::string_view escaped = config.args_escaped() ? " (escaped)" : "";
  below.value("User", quote(config.user()));
  if (const auto entrypoint = config.entrypoint(); !entrypoint.empty()) {
    below.list(fmt::format("Entrypoint{}", escaped), entrypoint);
  }
  const std::string command = fmt::format("Command{}", escaped);
  if (const auto cmd = config.cmd(); !cmd.empty()) {
    below.list(command, cmd);
  } else {
    below.value(command, "(empty)");
  }
  if (const auto directory = config.working_dir(); !directory.empty()) {
    below.value("Working Directory", quote(directory));
  }
  if (const auto env = config.env(); !env.empty()) below.list("Environment", env);
  if (const auto signal = config.stop_signal(); !signal.empty()) {
    below.value("Stop Signal", quote(signal));
  }
  if (const auto ports = config.exposed_ports(); !ports.empty()) below.set("Exposed Ports", ports);
  if (const auto volumes = config.volumes(); !volumes.empty()) below.set("Volumes", volumes);
  if (const auto labels = config.labels(); !labels.empty()) below.map("Labels", labels);
}

void print_history(std::ostream& out, const std::vector<HistoryReport>& history) {
  TextTable table({"LAYER", "CREATED", "CREATED BY", "SIZE", "COMMENT"});
  for (const HistoryReport& report : history) {
    table.add({report.layer ? quote_lax(report.layer->digest.text()) : "<none>",
               quote_lax(display_date(report.line.created.value_or(""))),
               quote_lax(report.line.created_by),
               report.layer ? human_size(report.layer->size_bytes) : "<none>",
               quote_lax(report.line.comment)});
  }
  table.print(out);
}

}  // namespace

void print_text(std::ostream& out, const ImageReport& report) {
  Outline outline(out);
  print_manifest(outline, report);
  if (!report.config) return;
  outline.line("");
  outline.line("== CONFIG ==");
  if (report.config->image) print_image_config(outline, *report.config->image);
  print_descriptor(outline, report.config->descriptor);
  if (!report.config->image) return;
  outline.line("");
  outline.line("== HISTORY ==");
  print_history(out, report.history);
}

}  // namespace umoci::cli
