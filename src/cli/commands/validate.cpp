// SPDX-License-Identifier: Apache-2.0
#include <cli/arguments.hpp>
#include <cli/arguments/image.hpp>
#include <cli/arguments/limits.hpp>
#include <cli/arguments/progress.hpp>
#include <cli/commands/commands.hpp>
#include <cli/finding_report.hpp>

#include <umoci/base/error.hpp>
#include <umoci/base/number.hpp>
#include <umoci/check/check.hpp>
#include <umoci/check/rule.hpp>

#include <cerrno>
#include <ostream>
#include <set>
#include <string>
#include <string_view>
#include <utility>

namespace umoci::cli {
namespace {

constexpr int exit_valid = 0;
constexpr int exit_invalid = 1;

using Ids = std::set<std::string, std::less<>>;

void add_ids(std::string_view list, Ids& ids) {
  for (;;) {
    const std::size_t comma = list.find(',');
    const std::string_view id = list.substr(0, comma);
    if (check::find_rule(id) == nullptr) {
      throw Error(ErrorKind::invalid_argument, "invalid --ignore: there is no rule " + quoted(id));
    }
    ids.emplace(id);
    if (comma == std::string_view::npos) return;
    list.remove_prefix(comma + 1);
  }
}

Ids ignored_rules(const ParsedFlags& flags) {
  Ids ids;
  for (const std::string& list : flags.values("ignore")) add_ids(list, ids);
  return ids;
}

std::size_t most_errors(const ParsedFlags& flags) {
  const auto text = flags.value("max-errors");
  if (!text) return 0;
  const auto value = parse_number<std::size_t>(*text);
  if (!value || *value == 0) {
    throw Error(ErrorKind::invalid_argument,
                "invalid --max-errors: expected a number from 1, got " + quoted(*text));
  }
  return *value;
}

check::LayoutCheckOptions check_options(const Invocation& line, const LayoutArgument& argument) {
  using Options = check::LayoutCheckOptions;
  Options options;
  options.limits = limits(line.flags);
  options.ref_name = argument.tag;
  if (line.flags.is_set("deep")) options.depth = Options::Depth::layers;
  if (line.flags.is_set("all-blobs")) options.blobs = Options::Blobs::all;
  if (line.flags.is_set("complete")) options.missing = Options::Missing::error;
  options.stop = line.io.stop;
  return options;
}

void print(const Invocation& line, const check::Findings& findings) {
  std::ostream& out = line.io.out;
  if (line.flags.is_set("json")) {
    print_json(out, findings);
  } else if (line.flags.is_set("sarif")) {
    print_sarif(out, findings);
  } else {
    print_text(out, findings);
  }
  // A verdict that nobody could read is none.
  errno = 0;
  out.flush();
  if (!out) throw Error::from_errno(errno != 0 ? errno : EIO, "write standard output");
}

[[noreturn]] void fail(std::string message) {
  throw Error(ErrorKind::invalid_argument, std::move(message));
}

/// The flags that are about layouts alone.
void refuse_beside_bundle(const ParsedFlags& flags) {
  for (const std::string_view name : {"image", "deep", "all-blobs", "complete", "progress"}) {
    if (!flags.given(name)) continue;
    fail(std::string("--").append(name) + " and --bundle may not be specified together");
  }
}

void check_layout(const Invocation& line, check::Findings& findings) {
  if (line.flags.is_set("host")) fail("--host needs --bundle");
  const auto argument = require_layout(line.flags);
  auto options = check_options(line, argument);
  const auto progress = open_progress(line, argument.path.string());
  options.progress = progress.get();
  check::check_layout(argument.path, options, findings);
}

void check_bundle(const Invocation& line, const std::string& bundle, check::Findings& findings) {
  refuse_beside_bundle(line.flags);
  if (bundle.empty()) fail("invalid --bundle: path is empty");
  using Options = check::BundleCheckOptions;
  Options options;
  options.limits = limits(line.flags);
  if (line.flags.given("layout")) options.layout = require_layout(line.flags).path;
  if (line.flags.is_set("host")) options.host = Options::Host::checked;
  check::check_bundle(bundle, options, findings);
}

int validate(const Invocation& line) {
  require_positionals(line, {});
  if (line.flags.is_set("json") && line.flags.is_set("sarif")) {
    fail("--json and --sarif may not be specified together");
  }
  check::Findings findings(ignored_rules(line.flags), most_errors(line.flags));
  const auto bundle = line.flags.value("bundle");
  if (bundle) {
    check_bundle(line, *bundle, findings);
  } else {
    check_layout(line, findings);
  }
  print(line, findings);
  const std::size_t errors = findings.count(check::Severity::error);
  const std::size_t warnings = findings.count(check::Severity::warning);
  const bool is_valid = errors == 0 && (warnings == 0 || !line.flags.is_set("strict"));
  line.log.info(
      std::string(bundle ? "bundle" : "layout") + (is_valid ? " is valid" : " is not valid"),
      {{"errors", std::to_string(errors)},
       {"warnings", std::to_string(warnings)},
       {"infos", std::to_string(findings.count(check::Severity::info))}});
  return is_valid ? exit_valid : exit_invalid;
}

std::vector<Flag> validate_flags() {
  return {
      {.name = "bundle",
       .kind = FlagKind::single,
       .value_name = "path",
       .description = "check this bundle; --layout is where its image is looked up, then",
       .hint = ValueHint::directory},
      {.name = "host", .description = "of a bundle: also whether this machine has what it needs"},
      {.name = "deep", .description = "read the layers, too"},
      {.name = "all-blobs", .description = "verify blobs that nothing leads to, too"},
      {.name = "complete", .description = "a missing blob is an error, not a warning"},
      {.name = "strict", .description = "warnings are as bad as errors"},
      {.name = "ignore",
       .kind = FlagKind::list,
       .value_name = "id[,id...]",
       .description = "leave these rules out",
       .hint = ValueHint::text},
      {.name = "max-errors",
       .kind = FlagKind::single,
       .value_name = "number",
       .description = "print no more errors than that; all are counted",
       .hint = ValueHint::text},
      json_flag(),
      {.name = "sarif", .description = "print the findings as SARIF 2.1.0"},
  };
}

}  // namespace

Command validate_command() {
  Command command;
  command.name = "validate";
  command.category = Category::layout;
  command.summary = "tell what is wrong with an OCI layout or a bundle";
  command.description =
      "Checks the files of a layout, the documents in it and the digests of all blobs that they "
      "lead to, and prints what it finds, one a line: how grave it is, the rule, the place and "
      "what "
      "is wrong there. Nothing is changed, and nothing ends the check early. With --image PATH:TAG "
      "only what that name leads to is checked. With --bundle the config.json of a bundle and the "
      "files that umoci keeps beside it are checked instead. The exit status is 0 if there are no "
      "errors, 1 if "
      "there are, 2 if the command line is wrong and 3 if the layout or bundle cannot be read.";
  command.flags = join_flags({layout_flags(), validate_flags(), progress_flags(), limit_flags()});
  command.judge = validate;
  return command;
}

}  // namespace umoci::cli
