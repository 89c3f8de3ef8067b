// SPDX-License-Identifier: Apache-2.0
#include <cli/arguments/check.hpp>

#include <cli/arguments/layout_access.hpp>

#include <umoci/base/error.hpp>
#include <umoci/base/number.hpp>
#include <umoci/check/rule.hpp>

#include <cerrno>
#include <ostream>

namespace umoci::cli {
namespace {

constexpr int exit_valid = 0;
constexpr int exit_invalid = 1;

void add_ids(std::string_view list, RuleIds& ids) {
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

}  // namespace

std::vector<Flag> check_flags() {
  return {
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
  };
}

RuleIds ignored_rules(const ParsedFlags& flags) {
  RuleIds ids;
  for (const std::string& list : flags.values("ignore")) add_ids(list, ids);
  return ids;
}

check::Findings wanted_findings(const ParsedFlags& flags) {
  return check::Findings(ignored_rules(flags), most_errors(flags));
}

check::LayoutCheckOptions layout_check_options(const Invocation& line) {
  using Options = check::LayoutCheckOptions;
  Options options;
  const store::LayoutOptions layout = layout_options(line);
  options.limits = layout.limits;
  options.lock_timeout = layout.lock_timeout;
  options.log = layout.log;
  if (line.flags.is_set("deep")) options.depth = Options::Depth::layers;
  if (line.flags.is_set("all-blobs")) options.blobs = Options::Blobs::all;
  if (line.flags.is_set("complete")) options.missing = Options::Missing::error;
  options.stop = layout.stop;
  return options;
}

void flush_verdict(const Invocation& line) {
  errno = 0;
  line.io.out.flush();
  if (!line.io.out) throw Error::from_errno(errno != 0 ? errno : EIO, "write standard output");
}

int tell_verdict(const Invocation& line, const std::string& noun, const check::Findings& findings) {
  const std::size_t errors = findings.count(check::Severity::error);
  const std::size_t warnings = findings.count(check::Severity::warning);
  const bool is_valid = errors == 0 && (warnings == 0 || !line.flags.is_set("strict"));
  line.log.info(noun + (is_valid ? " is valid" : " is not valid"),
                {{"errors", std::to_string(errors)},
                 {"warnings", std::to_string(warnings)},
                 {"infos", std::to_string(findings.count(check::Severity::info))}});
  return is_valid ? exit_valid : exit_invalid;
}

}  // namespace umoci::cli
