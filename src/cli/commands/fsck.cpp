// SPDX-License-Identifier: Apache-2.0
#include <cli/arguments.hpp>
#include <cli/arguments/check.hpp>
#include <cli/arguments/image.hpp>
#include <cli/arguments/layout_access.hpp>
#include <cli/arguments/limits.hpp>
#include <cli/arguments/progress.hpp>
#include <cli/commands/commands.hpp>
#include <cli/finding_report.hpp>
#include <cli/json_line.hpp>
#include <cli/repair_report.hpp>

#include <umoci/base/error.hpp>
#include <umoci/check/check.hpp>
#include <umoci/check/repair.hpp>

#include <filesystem>
#include <ostream>
#include <vector>

namespace umoci::cli {
namespace {

/// One run of the command.
class Fsck {
 public:
  explicit Fsck(const Invocation& line)
      : line_(line),
        is_json_(line.flags.is_set("json")),
        findings_(wanted_findings(line.flags)),
        check_options_(layout_check_options(line)) {
    repair_options_.ignored = ignored_rules(line.flags);
    repair_options_.layout = layout_options(line);
    const auto argument = require_layout(line.flags);
    if (argument.tag) {
      throw Error(ErrorKind::invalid_argument,
                  "a layout is meant here, not one image of it: tag " + quoted(*argument.tag));
    }
    path_ = argument.path;
  }

  int run() {
    if (line_.flags.is_set("repair")) {
      repair();
      check();
      print_findings();
    } else {
      foresee();
    }
    if (is_json_) print_json_line(line_.io, to_json(findings_, repairs_));
    flush_verdict(line_);
    return tell_verdict(line_, "layout", findings_);
  }

 private:
  void foresee() {
    const auto planned = check::collect_repairs(path_, repair_options_);
    for (const check::Repair& repair : planned)
      repairs_.push_back({.repair = repair, .result = {}});
    try {
      check();
    } catch (const Error& error) {
      // What keeps us from looking may be what the plan is about.
      if (error.kind() == ErrorKind::permission) print_foreseen(planned);
      throw;
    }
    print_foreseen(planned);
  }

  void print_foreseen(const std::vector<check::Repair>& planned) {
    print_findings();
    if (!is_json_) print_plan(line_.io.out, planned);
  }

  void repair() {
    check::repair_layout(path_, repair_options_,
                         {.plan = [&](const auto& planned) { explain(planned); },
                          .result =
                              [&](const auto& repair, const auto& result) {
                                repairs_.push_back({.repair = repair, .result = result});
                                if (!is_json_) print_result(line_.io.out, repair, result);
                              }});
  }

  void explain(const std::vector<check::Repair>& planned) {
    if (is_json_) return;
    print_plan(line_.io.out, planned);
    // Nothing is done that could not be explained.
    flush_verdict(line_);
  }

  void check() {
    const auto progress = open_progress(line_, path_.string());
    check_options_.progress = progress.get();
    check::check_layout(path_, check_options_, findings_);
    check_options_.progress = nullptr;
  }

  void print_findings() {
    if (!is_json_) print_text(line_.io.out, findings_);
  }

  const Invocation& line_;
  const bool is_json_;
  check::Findings findings_;
  check::LayoutCheckOptions check_options_;
  check::RepairOptions repair_options_;
  std::filesystem::path path_;
  std::vector<ReportedRepair> repairs_;
};

int fsck(const Invocation& line) {
  require_positionals(line, {});
  return Fsck(line).run();
}

std::vector<Flag> repair_flags() {
  return {{.name = "repair", .description = "repair what can be repaired without losing anything"},
          json_flag()};
}

}  // namespace

Command fsck_command() {
  Command command;
  command.name = "fsck";
  command.category = Category::layout;
  command.summary = "check an OCI layout and repair it";
  command.description =
      "Checks a layout as validate does, and tells what --repair would do about it, one repair a "
      "line. Without --repair nothing is changed. With it the repairs are told first and then "
      "done: permissions that keep its owner from using the layout, missing directories and files "
      "whose content is certain, what dead writers left behind, and entries of the index whose "
      "blob is gone, which are moved to a file beside the index. No blob is ever changed or "
      "removed. What is found afterwards remains. The exit status is 0 if there are no errors "
      "(any more), 1 if there are, 2 if the command line is wrong and 3 if the layout cannot be "
      "read or repaired.";
  command.flags = join_flags({layout_flags(), repair_flags(), check_flags(), progress_flags(),
                              lock_flags(), sync_flags(), limit_flags()});
  command.judge = fsck;
  return command;
}

}  // namespace umoci::cli
