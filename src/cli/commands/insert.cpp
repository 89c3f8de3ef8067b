// SPDX-License-Identifier: Apache-2.0
#include <cli/arguments.hpp>
#include <cli/arguments/compression.hpp>
#include <cli/arguments/dates.hpp>
#include <cli/arguments/history.hpp>
#include <cli/arguments/image.hpp>
#include <cli/arguments/input_file.hpp>
#include <cli/arguments/layout_access.hpp>
#include <cli/arguments/limits.hpp>
#include <cli/arguments/overrides.hpp>
#include <cli/arguments/ownership.hpp>
#include <cli/arguments/progress.hpp>
#include <cli/change_report.hpp>
#include <cli/commands/commands.hpp>
#include <cli/pair_list.hpp>

#include <umoci/base/error.hpp>
#include <umoci/bundle/insert.hpp>
#include <umoci/image/resolve.hpp>

#include <fmt/format.h>

#include <array>
#include <iosfwd>

namespace umoci::cli {
namespace {

using tree::TreePath;

constexpr std::uint64_t list_limit_bytes = 64ULL << 20U;

std::vector<bundle::Insertion> parse_insertions(std::string_view text) {
  std::vector<bundle::Insertion> insertions;
  for (auto& [source, target] : parse_pairs(text)) {
    insertions.push_back({.source = std::move(source), .target = TreePath::clean(target)});
  }
  if (insertions.empty()) throw Error(ErrorKind::invalid_data, "it is empty");
  return insertions;
}

/// What --from-file says.
std::vector<bundle::Insertion> listed_insertions(const std::string& path, const Io& io) {
  constexpr std::string_view what = "list of insertions";
  const auto in_list = [&](auto&& fn) {
    return in_context([&] { return fmt::format("{} {}", what, quoted(path)); }, fn);
  };
  const std::string text = path == "-"
                               ? in_list([&] { return read_input(io.in, list_limit_bytes); })
                               : read_input(path, what, list_limit_bytes, io.stop);
  return in_list([&] { return parse_insertions(text); });
}

/// --whiteout hides something and inserts nothing: what says how to insert has no meaning with it.
void check_whiteout_conflict(const ParsedFlags& flags) {
  constexpr std::array<std::string_view, 5> others{"chown", "chmod", "mtime", "from-file",
                                                   "parents"};
  for (const std::string_view name : others) {
    if (flags.given(name)) {
      throw Error(ErrorKind::invalid_argument,
                  fmt::format("--whiteout and --{} may not be specified together", name));
    }
  }
}

void add_content(const Invocation& line, bundle::InsertRequest& request) {
  if (line.flags.is_set("whiteout")) {
    check_whiteout_conflict(line.flags);
    require_positionals(line, {"target"});
    request.whiteouts.push_back(TreePath::clean(line.positionals[0]));
    return;
  }
  if (const auto list = line.flags.value("from-file")) {
    require_positionals(line, {});
    request.insertions = listed_insertions(*list, line.io);
  } else {
    require_positionals(line, {"source", "target"});
    request.insertions.push_back(
        {.source = line.positionals[0], .target = TreePath::clean(line.positionals[1])});
  }
  if (!line.flags.is_set("opaque")) return;
  for (const auto& insertion : request.insertions) {
    request.opaque_directories.push_back(insertion.target);
  }
}

void insert(const Invocation& line) {
  const auto image = require_image(line.flags);
  bundle::InsertOptions options;
  options.compression = compression(line.flags);
  check_history_conflict(line.flags);
  bundle::InsertRequest request;
  request.ref_name = destination_tag(line.flags, image);
  add_content(line, request);
  options.ownership = ownership(line);
  options.overrides = overrides(line.flags);
  if (line.flags.is_set("parents")) options.parents = bundle::ParentDirectories::added;
  options.history = history_request(line, "umoci insert");
  if (options.history) options.history->default_author = image::DefaultAuthor::none;
  options.newest_mtime = source_date_epoch(line.io);
  options.log = &line.log;
  auto progress = open_progress(line, request.ref_name);
  options.progress = progress.get();

  store::Layout layout = open_layout_to_change(image.layout, request.ref_name, line);
  request.image = image::resolve(layout, image.reference);
  const auto path = bundle::insert(layout, request, options);
  progress.reset();
  report_new_image(line, layout, path, request.ref_name);
}

}  // namespace

Command insert_command() {
  Command command;
  command.name = "insert";
  command.category = Category::image;
  command.summary = "put files into an image as a new layer, without unpacking it";
  command.usage = "<source> <target>";
  command.positional_hints = {ValueHint::file, ValueHint::text};
  command.description =
      "Adds one layer that holds <source>, a file or a directory with everything below it, under "
      "the name <target>. The name is that of the object itself: a file inserted as /dir/ becomes "
      "/dir. A link is inserted as a link. Links of the image on the way to <target> are followed "
      "by whoever unpacks it, and directories it lacks are made then; --parents puts them into the "
      "layer instead, for which the image's layers are read.\n"
      "--whiteout takes one argument, <target>, and hides it. --opaque hides what lower layers "
      "have in <target> and then inserts <source>.\n"
      "--from-file inserts several objects in one layer. Each line of the file is \"source "
      "target\", "
      "separated by blanks; lines that begin with # are comments. A backslash takes the meaning "
      "from a blank, a # or another backslash; \\n, \\t and \\ooo (three octal digits) stand for "
      "other bytes. Sources are relative to the current directory. No target may come twice; "
      "directories of several sources become one, with the owner, mode and time of the first.";
  command.flags = join_flags(
      {image_flags(),
       platform_flags(),
       tag_flags(),
       {{.name = "opaque", .description = "hide what lower layers have in <target>"},
        {.name = "whiteout", .description = "hide <target> instead of inserting something"},
        {.name = "from-file",
         .kind = FlagKind::single,
         .value_name = "file",
         .description = "insert what the lines of this file say; - is standard input",
         .hint = ValueHint::file},
        {.name = "parents",
         .description = "also add directories above <target> that the image lacks, with mode 0755 "
                        "and owner 0:0"}},
       override_flags(),
       ownership_flags(),
       compress_flags(),
       history_flags(image::DefaultAuthor::none),
       progress_flags(),
       change_flags(),
       limit_flags()});
  command.run = insert;
  return command;
}

}  // namespace umoci::cli
