// SPDX-License-Identifier: Apache-2.0
#include <cli/arguments/progress.hpp>

#include <umoci/base/error.hpp>

#include <utility>

namespace umoci::cli {

std::vector<Flag> progress_flags() {
  return {{.name = "progress",
           .kind = FlagKind::single,
           .value_name = "form",
           .description = "show progress: auto (on a terminal), plain, json or none",
           .default_text = "auto",
           .hint = ValueHint::choice,
           .choices = {"auto", "plain", "json", "none"}},
          {.name = "quiet", .description = "show no progress, and no messages but errors"}};
}

ProgressForm progress_form(const ParsedFlags& flags, const Io& io) {
  const auto given = flags.value("progress");
  const std::string value = given.value_or(flags.is_set("quiet") ? "none" : "auto");
  if (value == "none") return ProgressForm::none;
  if (value == "plain") return ProgressForm::plain;
  if (value == "json") return ProgressForm::json;
  if (value != "auto") {
    throw Error(ErrorKind::invalid_argument,
                "invalid --progress: " + quoted(value) + " is not auto, plain, json or none");
  }
  const bool can_change_lines = io.err_is_terminal && io.environment("TERM") != "dumb";
  return can_change_lines ? ProgressForm::line : ProgressForm::none;
}

std::unique_ptr<Progress> open_progress(const Invocation& line, std::string name) {
  const ProgressForm form = progress_form(line.flags, line.io);
  if (form == ProgressForm::none) return nullptr;
  return std::make_unique<ProgressDisplay>(form, std::move(name), line.io, line.status_line);
}

std::unique_ptr<Progress> open_progress(const Invocation& line, const ImageArgument& image) {
  const image::Reference& meant = image.reference;
  return open_progress(line, meant.digest ? meant.digest->text() : meant.ref_name);
}

}  // namespace umoci::cli
