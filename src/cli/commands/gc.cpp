// SPDX-License-Identifier: Apache-2.0
#include <cli/arguments.hpp>
#include <cli/arguments/garbage.hpp>
#include <cli/arguments/image.hpp>
#include <cli/arguments/layout_access.hpp>
#include <cli/arguments/limits.hpp>
#include <cli/arguments/progress.hpp>
#include <cli/commands/commands.hpp>
#include <cli/garbage_report.hpp>

#include <umoci/store/collect_garbage.hpp>

namespace umoci::cli {
namespace {

void gc(const Invocation& line) {
  const auto argument = require_layout(line.flags);
  require_positionals(line, {});
  store::CollectOptions options = collect_options(line);
  auto progress = open_progress(line, argument.path.string());
  options.progress = progress.get();
  store::Layout layout = open_layout(argument.path, line);
  const bool is_dry_run = is_foreseen(line.flags);
  const auto report = store::collect_garbage(layout, line.log, options);
  progress.reset();
  if (line.flags.is_set("json")) {
    print_json(line.io, report, is_dry_run ? store::Changes::foreseen : store::Changes::kept);
  } else if (is_dry_run) {
    print_text(line.io.out, report);
  }
  const std::string removed = is_dry_run ? "removable" : "removed";
  line.log.info(is_dry_run ? "nothing removed: dry run" : "garbage collected",
                {{removed + "_blobs", std::to_string(report.removed.size())},
                 {removed + "_bytes", std::to_string(removed_bytes(report))},
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
      "removed. --dry-run removes nothing: it prints the digest and the size in bytes of each blob "
      "that would go, one a line.";
  command.flags = join_flags({layout_flags(),
                              garbage_flags(),
                              {json_flag()},
                              progress_flags(),
                              lock_flags(),
                              limit_flags()});
  command.run = gc;
  return command;
}

}  // namespace umoci::cli
