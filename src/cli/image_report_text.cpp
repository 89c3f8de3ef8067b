// SPDX-License-Identifier: Apache-2.0
#include <cli/image_report.hpp>

#include <cli/go_quote.hpp>
#include <cli/human_size.hpp>
#include <cli/text_table.hpp>

#include <umoci/base/error.hpp>
#include <umoci/base/timestamp.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <ostream>

namespace umoci::cli {
namespace {

std::string quote(std::string_view text) { return quote_if_needed(text, QuoteWhen::blank); }

/// The document's date in its normal form; as it stands if it is none.
std::string format_date(const std::string& created) {
  try {
    return format_timestamp(parse_timestamp(created));
  } catch (const Error&) {
    return quote_if_needed(created, QuoteWhen::escaped);
  }
}

/// Lines of `name: value`, nested by tabs.
class Outline {
 public:
  explicit Outline(std::ostream& out, std::size_t depth = 0) : out_(out), depth_(depth) {}

  [[nodiscard]] Outline nested() const { return Outline(out_, depth_ + 1); }

  void line(std::string_view text) { out_ << std::string(depth_, '\t') << text << '\n'; }
  void value(std::string_view name, std::string_view text) {
    line(fmt::format("{}: {}", name, text));
  }
  Outline section(std::string_view name) {
    line(fmt::format("{}:", name));
    return nested();
  }

  void list(std::string_view name, const std::vector<std::string>& items) {
    Outline below = section(name);
    for (const auto& item : items) below.line(quote(item));
  }
  void map(std::string_view name, const std::map<std::string, std::string>& items) {
    Outline below = section(name);
    for (const auto& [key, text] : items) below.value(quote(key), quote(text));
  }
  void set(std::string_view name, const std::vector<std::string>& items) {
    std::string joined;
    for (const auto& item : items) {
      if (!joined.empty()) joined += ", ";
      joined += quote_if_needed(item, QuoteWhen::blank_or_comma);
    }
    value(name, joined);
  }

  void hex_dump(std::string_view name, std::string_view data);

 private:
  std::ostream& out_;
  std::size_t depth_;
};

void Outline::hex_dump(std::string_view name, std::string_view data) {
  constexpr std::size_t shown_bytes = 256;
  constexpr std::size_t row_bytes = 16;
  value(name, fmt::format("({} bytes)", data.size()));
  Outline below = nested();
  const std::string_view shown = data.substr(0, shown_bytes);
  for (std::size_t at = 0; at < shown.size(); at += row_bytes) {
    std::string hex;
    std::string text;
    for (std::size_t i = at; i < at + row_bytes; ++i) {
      if (i > at && i % 2 == 0) hex += ' ';
      if (i >= shown.size()) {
        hex += "  ";
        continue;
      }
      const auto byte = static_cast<unsigned char>(shown[i]);
      hex += fmt::format("{:02x}", byte);
      const bool graphic = (byte > 0x20 && byte < 0x7f) || (byte > 0xa0 && byte != 0xad);
      if (byte == 0x20 || (graphic && byte < 0x80)) {
        text += static_cast<char>(byte);
      } else if (graphic) {
        // Latin-1, written as UTF-8.
        text += static_cast<char>(0xc0U | static_cast<unsigned>(byte >> 6U));
        text += static_cast<char>(0x80U | (byte & 0x3fU));
      } else {
        text += '.';
      }
    }
    below.line(fmt::format("{:04x}: {}  {}", at, hex, text));
  }
  if (data.size() > shown_bytes) {
    below.line(fmt::format("....  (extra {} bytes omitted)", data.size() - shown_bytes));
  }
}

void print_platform(Outline outline, const oci::Platform& platform) {
  Outline below = outline.section("Platform");
  below.value("OS", quote(platform.os));
  if (!platform.os_version.empty()) below.value("OS Version", quote(platform.os_version));
  if (!platform.os_features.empty()) below.set("OS Features", platform.os_features);
  std::string architecture = quote(platform.architecture);
  if (!platform.variant.empty()) {
    architecture += fmt::format(" ({})", quote_if_needed(platform.variant, QuoteWhen::escaped));
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
  if (const auto created = config.created()) outline.value("Created", format_date(*created));
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
    const auto lax = [](std::string_view text) {
      return quote_if_needed(text, QuoteWhen::escaped);
    };
    table.add(
        {report.layer ? lax(report.layer->digest.text()) : "<none>",
         report.line.created ? format_date(*report.line.created) : "", lax(report.line.created_by),
         report.layer ? human_size(report.layer->size_bytes) : "<none>", lax(report.line.comment)});
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
