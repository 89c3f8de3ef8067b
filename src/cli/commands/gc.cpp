// SPDX-License-Identifier: Apache-2.0
#include <cli/arguments.hpp>
#include <cli/arguments/image.hpp>
#include <cli/arguments/limits.hpp>
#include <cli/arguments/progress.hpp>
#include <cli/commands/commands.hpp>

#include <umoci/store/collect_garbage.hpp>

namespace umoci::cli {
namespace {

void gc(const Invocation& line) {
  const auto argument = require_layout(line.flags);
  require_positionals(line, {});
  auto progress = open_progress(line, argument.path.string());
  store::Layout layout = open_layout(argument.path, line);
  const auto report = store::collect_garbage(layout, line.log, progress.get());
  progress.reset();
  std::uint64_t removed_bytes = 0;
  for (const auto& blob : report.removed) removed_bytes += blob.size_bytes;
  line.log.info("garbage collected", {{"removed_blobs", std::to_string(report.removed.size())},
                                      {"removed_bytes", std::to_string(removed_bytes)},
                                      {"kept_blobs", std::to_string(report.kept_blobs)}});
}

}  // namespace

Command gc_command() {
  Command command;
  command.name = "gc";
  command.category = Category::layout;
  command.summary = "remove blobs that no image of an OCI layout uses";
  command.description =
      "Removes every blob that cannot be reached from the layout's index, and what dead writers "
      "left behind. If anything that would have to be followed is missing or damaged, nothing is "
      "removed.";
  command.flags = join_flags({layout_flags(), progress_flags(), limit_flags()});
  command.run = gc;
  return command;
}

}  // namespace umoci::cli
