// SPDX-License-Identifier: Apache-2.0
#include <cli/arguments/history.hpp>

#include <cli/arguments/dates.hpp>
#include <cli/shell_quote.hpp>
#include <umoci/base/error.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace umoci::cli {
namespace {

constexpr std::array<std::string_view, 4> history_members{"history.author", "history.comment",
                                                          "history.created", "history.created_by"};

[[noreturn]] void fail_conflict(std::string_view one, std::string_view other) {
  throw Error(ErrorKind::invalid_argument,
              fmt::format("--{} and --{} may not be specified together", one, other));
}

}  // namespace

std::vector<Flag> history_flags(image::DefaultAuthor author) {
  return {
      {.name = "no-history", .description = "add no line to the image's history"},
      {.name = "history.author",
       .kind = FlagKind::single,
       .value_name = "text",
       .description = "author named in the line of history",
       .default_text = author == image::DefaultAuthor::image ? "the image's" : "none",
       .hint = ValueHint::text},
      {.name = "history.comment",
       .kind = FlagKind::single,
       .value_name = "text",
       .description = "comment in the line of history",
       .hint = ValueHint::text},
      {.name = "history.created",
       .kind = FlagKind::single,
       .value_name = "date",
       .description = "its date: RFC 3339 or now",
       .default_text = "SOURCE_DATE_EPOCH or now",
       .hint = ValueHint::text},
      {.name = "history.created_by",
       .kind = FlagKind::single,
       .value_name = "text",
       .description = "command named in the line of history",
       .default_text = "the name of this one",
       .hint = ValueHint::text},
      {.name = "history.auto",
       .description = "name the whole command line there, secrets in it included"},
  };
}

void check_history_conflict(const ParsedFlags& flags) {
  const bool is_auto = flags.is_set("history.auto");
  if (is_auto && flags.given("history.created_by")) {
    fail_conflict("history.auto", "history.created_by");
  }
  if (!flags.is_set("no-history")) return;
  if (is_auto) fail_conflict("no-history", "history.auto");
  for (const std::string_view name : history_members) {
    if (flags.given(name)) fail_conflict("no-history", name);
  }
}

std::optional<image::HistoryRequest> history_request(const Invocation& line,
                                                     std::string_view created_by) {
  // Parsed even if nothing needs it: a malformed epoch must not go unnoticed.
  static_cast<void>(source_date_epoch(line.io));
  if (line.flags.is_set("no-history")) return std::nullopt;
  const auto created = line.flags.value("history.created");
  image::HistoryRequest request;
  request.created =
      created ? parse_time_flag("--history.created", *created, line.io) : creation_time(line.io);
  request.default_created_by = line.flags.is_set("history.auto")
                                   ? shell_line(created_by, line.words)
                                   : std::string(created_by);
  request.created_by = line.flags.value("history.created_by");
  request.author = line.flags.value("history.author");
  request.comment = line.flags.value("history.comment");
  return request;
}

std::optional<oci::History> history_line(const ParsedFlags& flags,
                                         const std::optional<image::HistoryRequest>& request,
                                         const image::Edit& edit) {
  const bool is_asked_for =
      flags.is_set("history.auto") ||
      std::ranges::any_of(history_members, [&](auto name) { return flags.given(name); });
  if (!request || (!edit.is_image() && !is_asked_for)) return std::nullopt;
  return request->line(edit.config());
}

}  // namespace umoci::cli
