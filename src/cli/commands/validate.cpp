// SPDX-License-Identifier: Apache-2.0
#include <cli/arguments.hpp>
#include <cli/arguments/check.hpp>
#include <cli/arguments/image.hpp>
#include <cli/arguments/layout_access.hpp>
#include <cli/arguments/limits.hpp>
#include <cli/arguments/progress.hpp>
#include <cli/commands/commands.hpp>
#include <cli/finding_report.hpp>

#include <umoci/base/error.hpp>
#include <umoci/check/check.hpp>

#include <ostream>
#include <string>
#include <string_view>
#include <utility>

namespace umoci::cli {
namespace {

void print(const Invocation& line, const check::Findings& findings) {
  std::ostream& out = line.io.out;
  if (line.flags.is_set("json")) {
    print_json(line.io, findings);
  } else if (line.flags.is_set("sarif")) {
    print_sarif(line.io, findings);
  } else {
    print_text(out, findings);
  }
  flush_verdict(line);
}

[[noreturn]] void fail(std::string message) {
  throw Error(ErrorKind::invalid_argument, std::move(message));
}

/// The flags that are about layouts alone.
void refuse_beside_bundle(const ParsedFlags& flags) {
  for (const std::string_view name :
       {"image", "deep", "all-blobs", "complete", "lock-timeout", "progress"}) {
    if (!flags.given(name)) continue;
    fail(std::string("--").append(name) + " and --bundle may not be specified together");
  }
}

void check_layout(const Invocation& line, check::Findings& findings) {
  if (line.flags.is_set("host")) fail("--host needs --bundle");
  const auto argument = require_layout(line.flags);
  auto options = layout_check_options(line);
  options.ref_name = argument.tag;
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
  check::Findings findings = wanted_findings(line.flags);
  const auto bundle = line.flags.value("bundle");
  if (bundle) {
    check_bundle(line, *bundle, findings);
  } else {
    check_layout(line, findings);
  }
  print(line, findings);
  return tell_verdict(line, bundle ? "bundle" : "layout", findings);
}

std::vector<Flag> bundle_flags() {
  return {
      {.name = "bundle",
       .kind = FlagKind::single,
       .value_name = "path",
       .description = "check this bundle; --layout is where its image is looked up, then",
       .hint = ValueHint::directory},
      {.name = "host", .description = "of a bundle: also whether this machine has what it needs"},
  };
}

std::vector<Flag> output_flags() {
  return {
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
  command.flags = join_flags({layout_flags(), bundle_flags(), check_flags(), output_flags(),
                              lock_flags(), progress_flags(), limit_flags()});
  command.judge = validate;
  return command;
}

}  // namespace umoci::cli
