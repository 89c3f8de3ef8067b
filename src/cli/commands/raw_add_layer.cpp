// SPDX-License-Identifier: Apache-2.0
#include <cli/arguments.hpp>
#include <cli/commands/commands.hpp>

#include <umoci/base/error.hpp>
#include <umoci/image/edit.hpp>
#include <umoci/image/new_layer.hpp>

#include <sys/stat.h>

#include <fcntl.h>

namespace umoci::cli {
namespace {

/// Opens what the user names: a file, a pipe, the standard input's device, but no directory.
UniqueFd open_input(const std::string& path) {
  UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd) throw_errno("open layer archive " + quoted(path));
  struct stat status{};
  if (::fstat(fd.get(), &status) != 0) throw_errno("look at layer archive " + quoted(path));
  if (S_ISDIR(status.st_mode)) {
    throw Error(ErrorKind::invalid_argument, "layer archive " + quoted(path) + " is a directory");
  }
  return fd;
}

void add_layer(const Invocation& line) {
  const auto image = require_image(line.flags);
  const auto requested = compression(line.flags);
  check_history_conflict(line.flags);
  const std::string tag = destination_tag(line.flags, image.tag);
  require_positionals(line, {"layer.tar"});
  const auto history = history_request(line, "umoci raw add-layer");
  store::Layout layout = open_layout(image.layout, line.log);
  const auto path = image::resolve(layout, image.tag);
  image::Edit edit(image::Image::open(layout, path));
  io::FileSource archive(open_input(line.positionals.front()));

  const auto algorithm = requested.value_or(image::preferred_compression(edit.manifest()));
  const auto layer = image::write_layer(layout, algorithm,
                                        [&](io::Sink& tar_bytes) { io::copy(archive, tar_bytes); });
  if (!history) {
    line.log.warn("new layer has no history entry: this will confuse many tools");
    edit.append_layer(layer, std::nullopt);
  } else {
    edit.append_layer(layer, history->line(edit.config()));
  }
  const auto result = edit.commit(layout, tag);
  line.log.info("new image manifest created",
                {{"digest", path.target().digest.text() + "->" + result.target().digest.text()},
                 {"tag", tag}});
}

}  // namespace

Command raw_add_layer_command() {
  Command command;
  command.name = "add-layer";
  command.category = Category::image;
  command.summary = "put an archive as a layer on top of an image";
  command.usage = "<layer.tar>";
  command.description =
      "Adds the bytes of an uncompressed tar archive, as they are, as the topmost layer.";
  command.flags = join_flags({image_flags(), tag_flags(), compress_flags(), history_flags()});
  command.run = add_layer;
  return command;
}

}  // namespace umoci::cli
