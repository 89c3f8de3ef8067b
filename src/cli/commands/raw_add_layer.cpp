// SPDX-License-Identifier: Apache-2.0
#include <cli/arguments.hpp>
#include <cli/arguments/compression.hpp>
#include <cli/arguments/history.hpp>
#include <cli/arguments/image.hpp>
#include <cli/arguments/input_file.hpp>
#include <cli/arguments/layout_access.hpp>
#include <cli/arguments/limits.hpp>
#include <cli/arguments/progress.hpp>
#include <cli/change_report.hpp>
#include <cli/commands/commands.hpp>
#include <cli/layer_archive.hpp>

#include <umoci/base/error.hpp>
#include <umoci/image/edit.hpp>
#include <umoci/image/new_layer.hpp>
#include <umoci/io/reported_source.hpp>

#include <sys/stat.h>

#include <cstdint>
#include <optional>

namespace umoci::cli {
namespace {

/// nullopt for what has no size, such as a pipe.
std::optional<std::uint64_t> size_of(int fd) {
  struct stat status{};
  if (::fstat(fd, &status) != 0 || !S_ISREG(status.st_mode)) return std::nullopt;
  return static_cast<std::uint64_t>(status.st_size);
}

image::NewLayer write_layer(const Invocation& line, store::Layout& layout,
                            codec::Compression compression, Progress* progress) {
  const std::string& path = line.positionals.front();
  StoppableInput opened = open_input(path, "layer archive", line.io.stop);
  const PhaseReport phase(
      progress, {.activity = ProgressActivity::write_layer,
                 .total_bytes = progress != nullptr ? size_of(opened.fd()) : std::nullopt});
  io::ReportedSource file(opened, progress);
  auto layer = image::write_layer(layout, compression, [&](io::Sink& tar_bytes) {
    if (line.flags.is_set("no-verify")) {
      io::copy(file, tar_bytes);
    } else {
      in_context([&] { return "layer archive " + quoted(path); },
                 [&] { copy_layer_archive(file, tar_bytes, layout.limits(), line.log); });
    }
  });
  phase.finish();
  return layer;
}

void add_layer(const Invocation& line) {
  const auto image = require_image(line.flags);
  const auto requested = compression(line.flags);
  check_history_conflict(line.flags);
  const std::string tag = destination_tag(line.flags, image);
  require_positionals(line, {"layer.tar"});
  const auto history = history_request(line, "umoci raw add-layer");
  auto progress = open_progress(line, tag);

  store::Layout layout = open_layout_to_change(image.layout, tag, line);
  image::Edit edit(image::StoredManifest::open(layout, image::resolve(layout, image.reference)));
  const auto added = history_line(line.flags, history, edit);
  layout.require_writable();
  const auto layer =
      write_layer(line, layout, requested.value_or(image::preferred_compression(edit.manifest())),
                  progress.get());
  if (edit.is_image() && !added) {
    line.log.warn("new layer has no history entry: this will confuse many tools");
  }
  edit.append_layer(layer, added);
  const auto path = edit.commit(layout, tag);
  progress.reset();
  report_new_image(line, layout, path, tag);
}

}  // namespace

Command raw_add_layer_command() {
  Command command;
  command.name = "add-layer";
  command.category = Category::image;
  command.summary = "put an archive as a layer on top of an image";
  command.usage = "<layer.tar>";
  command.positional_hints = {ValueHint::file};
  command.description =
      "Adds the bytes of a tar archive, as they are, as the topmost layer. A gzip or zstd file is "
      "uncompressed first; what could not be unpacked as a layer is refused. An artifact, whose "
      "config is no image configuration, gets the layer without a diff_id and a line of history.";
  command.flags =
      join_flags({image_flags(),
                  platform_flags(),
                  tag_flags(),
                  compress_flags(),
                  {{.name = "no-verify", .description = "add the bytes whatever they are"}},
                  history_flags(),
                  progress_flags(),
                  change_flags(),
                  limit_flags()});
  command.run = add_layer;
  return command;
}

}  // namespace umoci::cli
