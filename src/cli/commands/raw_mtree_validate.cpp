// SPDX-License-Identifier: Apache-2.0
#include <cli/arguments.hpp>
#include <cli/arguments/input_file.hpp>
#include <cli/commands/commands.hpp>
#include <cli/delta_report.hpp>
#include <cli/go_quote.hpp>

#include <umoci/base/error.hpp>
#include <umoci/fs/walker.hpp>
#include <umoci/mtree/compare.hpp>
#include <umoci/tree/cancellable_entries.hpp>

#include <fmt/format.h>

#include <ostream>

namespace umoci::cli {
namespace {

using mtree::Keyword;
using mtree::KeywordSet;

std::string require_value(std::string value, std::string_view flag) {
  if (value.empty()) {
    throw Error(ErrorKind::invalid_argument, fmt::format("--{} cannot be empty", flag));
  }
  return value;
}

KeywordSet keyword_list(const ParsedFlags& flags, std::string_view flag) {
  return with_verdict([&] { return fmt::format("invalid --{}", flag); },
                      [&] { return mtree::parse_keyword_list(flags.value(flag).value_or("")); });
}

/// The keywords that the user asks for.
struct Selection {
  std::optional<KeywordSet> base;  ///< absent: those of the manifest
  KeywordSet named;                ///< one by one, in --use-keywords or --add-keywords

  [[nodiscard]] mtree::CompareOptions options(const mtree::Manifest& manifest) const {
    constexpr KeywordSet sizes{Keyword::size, Keyword::nlink};
    mtree::CompareOptions options;
    options.keywords = base.value_or(manifest.used_keywords()) | named;
    options.keywords.add(Keyword::type);
    // Of directories they say more of the file system than of the tree.
    const bool means_sizes = !(named & sizes).empty();
    options.directory_sizes =
        means_sizes ? mtree::DirectorySizes::compare : mtree::DirectorySizes::ignore;
    options.facts.owner_names = mtree::host_owner_names();
    return options;
  }
};

Selection select(const ParsedFlags& flags) {
  Selection selection{.base = std::nullopt, .named = keyword_list(flags, "add-keywords")};
  if (flags.given("use-keywords")) {
    selection.base = keyword_list(flags, "use-keywords");
    if (selection.base->empty()) {
      throw Error(ErrorKind::invalid_argument, "invalid --use-keywords: it names no keyword");
    }
    selection.named = selection.named | *selection.base;
  } else if (flags.is_set("umoci-keywords")) {
    selection.base = mtree::bundle_keywords;
  }
  return selection;
}

mtree::Manifest read_manifest(const std::string& path, const std::stop_token& stop) {
  const std::string text = read_input(path, "manifest", Limits().mtree_bytes, stop);
  return in_context([&] { return "manifest " + quoted(path); },
                    [&] { return mtree::Manifest::parse(text); });
}

std::vector<mtree::Delta> compare(const mtree::Manifest& manifest, const fs::Root& root,
                                  const mtree::CompareOptions& options, std::stop_token stop) {
  fs::WalkOptions walk;
  walk.xattrs = options.keywords.has(Keyword::xattr);
  walk.descend = [&](const tree::Entry& entry) {
    const mtree::Record* const record = manifest.find(entry.path);
    return record == nullptr || !record->ignore;
  };
  fs::Walker walker(root, walk);
  tree::CancellableEntries entries(walker, std::move(stop));
  return mtree::compare(manifest, entries, options);
}

void print(const Invocation& line, const std::vector<mtree::Delta>& deltas) {
  if (line.flags.is_set("json")) return print_json(line.io, deltas);
  const auto lines = line.flags.is_set("verbose-diff") ? keyword_lines(deltas) : path_lines(deltas);
  for (const std::string& text : lines) {
    // A program gets the bytes; a terminal must not be steered by them.
    line.io.out << (line.io.out_is_terminal ? escape_invisible(text) : text) << '\n';
  }
}

void mtree_validate(const Invocation& line) {
  const ParsedFlags& flags = line.flags;
  const std::string manifest_path = require_value(*flags.value("manifest"), "manifest");
  const std::string path = require_value(*flags.value("path"), "path");
  const Selection selection = select(flags);

  const mtree::Manifest manifest = read_manifest(manifest_path, line.io.stop);
  const auto access =
      flags.is_set("rootless") ? fs::Access::grant_to_owner : fs::Access::as_granted;
  const auto deltas = compare(manifest, fs::Root::open(path, {.access = access}),
                              selection.options(manifest), line.io.stop);
  print(line, deltas);
  if (!deltas.empty()) {
    throw Error(ErrorKind::invalid_data,
                fmt::format("{} and {} differ in {} {}", quoted(manifest_path), quoted(path),
                            deltas.size(), deltas.size() == 1 ? "path" : "paths"));
  }
}

std::vector<Flag> mtree_flags() {
  return {
      {.name = "manifest",
       .aliases = {"f", "file"},
       .kind = FlagKind::single,
       .presence = Presence::required,
       .value_name = "file",
       .description = "the mtree manifest",
       .hint = ValueHint::file},
      {.name = "path",
       .aliases = {"p"},
       .kind = FlagKind::single,
       .presence = Presence::required,
       .value_name = "directory",
       .description = "the tree",
       .hint = ValueHint::directory},
      {.name = "use-keywords",
       .aliases = {"k"},
       .kind = FlagKind::single,
       .value_name = "keywords",
       .description = "compare only these keywords, separated by commas or blanks, and type",
       .default_text = "those that the manifest uses",
       .hint = ValueHint::text},
      {.name = "add-keywords",
       .aliases = {"K"},
       .kind = FlagKind::single,
       .value_name = "keywords",
       .description = "compare these keywords, too",
       .hint = ValueHint::text},
      {.name = "umoci-keywords",
       .description = "compare the keywords that `umoci repack` compares"},
      {.name = "rootless", .description = "read also what the owner lacks the permission for"},
      {.name = "verbose-diff",
       .description = "print all keywords on which a path differs, a line each"},
      json_flag(),
  };
}

}  // namespace

Command raw_mtree_validate_command() {
  Command command;
  command.name = "mtree-validate";
  command.category = Category::devtools;
  command.visibility = Visibility::hidden;
  command.summary = "compare a directory with an mtree manifest";
  command.description =
      "Prints a line for each path on which the directory and the manifest differ, sorted by path, "
      "and fails if there is one; prints nothing if there is none. Size and nlink of directories "
      "are compared only if they are asked for by name: they depend on the file system.";
  command.flags = mtree_flags();
  command.run = mtree_validate;
  return command;
}

}  // namespace umoci::cli
