// SPDX-License-Identifier: Apache-2.0
#include <cli/arguments/garbage.hpp>

#include <cli/arguments/input_file.hpp>
#include <cli/arguments/layout_access.hpp>

#include <umoci/base/error.hpp>
#include <umoci/base/number.hpp>

#include <fmt/format.h>

#include <array>
#include <optional>
#include <sstream>
#include <string>
#include <string_view>
#include <utility>

namespace umoci::cli {
namespace {

using std::chrono::seconds;

/// Of a list of digests, in bytes: half a million of them.
constexpr std::uint64_t longest_list_bytes = 64ULL << 20U;

void add_digests(std::string_view text, std::vector<digest::Digest>& digests) {
  std::istringstream words{std::string(text)};
  for (std::string word; words >> word;) digests.push_back(digest::Digest::parse(word));
}

std::vector<digest::Digest> kept_digests(const Invocation& line) {
  std::vector<digest::Digest> digests;
  for (const std::string& value : line.flags.values("keep")) {
    with_verdict(
        [] { return std::string("invalid --keep"); },
        [&] {
          if (!value.starts_with('@')) return digests.push_back(digest::Digest::parse(value));
          const std::string path = value.substr(1);
          const std::string text = path == "-"
                                       ? read_input(line.io.in, longest_list_bytes)
                                       : read_input(path, "list", longest_list_bytes, line.io.stop);
          in_context([&] { return "list " + quoted(path); }, [&] { add_digests(text, digests); });
        });
  }
  return digests;
}

/// A number of seconds, or of what the letter behind it says.
std::optional<seconds> parse_duration(std::string_view text) {
  constexpr std::array<std::pair<char, std::int64_t>, 4> units{
      {{'s', 1}, {'m', 60}, {'h', 60 * 60}, {'d', 24 * 60 * 60}}};
  // More than a thousand years are a mistake, and so much fits any count of seconds.
  constexpr std::uint32_t most = 366'000;
  std::int64_t unit_seconds = 1;
  for (const auto& [letter, length] : units) {
    if (!text.ends_with(letter)) continue;
    unit_seconds = length;
    text.remove_suffix(1);
    break;
  }
  const auto count = parse_number<std::uint32_t>(text);
  if (!count || (unit_seconds > 1 && *count > most)) return std::nullopt;
  return seconds(*count * unit_seconds);
}

}  // namespace

std::vector<Flag> garbage_flags() {
  Flag dry_run = dry_run_flag();
  dry_run.description = "print what would be removed, and remove nothing";
  dry_run.detail = {};
  return {
      std::move(dry_run),
      {.name = "keep",
       .kind = FlagKind::list,
       .value_name = "digest|@file",
       .description = "leave this blob and all it leads to, or those listed in a file",
       .hint = ValueHint::text,
       .detail = "The file holds digests with blanks or line breaks between them; - is the "
                 "standard input. Digests of no blob are passed over."},
      {.name = "min-age",
       .kind = FlagKind::single,
       .value_name = "time",
       .description = "leave what was written less than this ago: seconds, or 10m, 24h, 7d",
       .hint = ValueHint::text},
      {.name = "keep-referrers",
       .description = "leave documents whose subject stays, with all they lead to",
       .detail = "These are signatures and the like that no entry of the index leads to, and "
                 "what is about them in turn. Small blobs that nothing leads to are read for "
                 "that."},
      {.name = "force",
       .description = "go on if an index or manifest on the way is missing or damaged",
       .detail = "A warning names it. What it led to stays as far as its bytes are there and can "
                 "be understood; other blobs to which nothing else leads are removed. Without "
                 "a legible index.json nothing is removed all the same."},
      {.name = "prune-junk",
       .description = "also remove files among the blobs whose names are no digests",
       .detail = "--min-age holds for them, too. Directories and links are left alone. Which "
                 "files would go a dry run tells with --json."},
      {.name = "clean-foreign",
       .description = "also remove what skopeo began to write more than a day ago"}};
}

store::CollectOptions collect_options(const Invocation& line) {
  store::CollectOptions options;
  if (const auto text = line.flags.value("min-age")) {
    const auto age = parse_duration(*text);
    if (!age) {
      throw Error(ErrorKind::invalid_argument,
                  fmt::format("invalid --min-age: {} is no number of seconds, or of what m, h or d "
                              "stand for, up to a thousand years",
                              quoted(*text)));
    }
    options.min_age = *age;
  }
  const ParsedFlags& flags = line.flags;
  if (flags.is_set("keep-referrers")) options.referrers = store::Referrers::kept;
  if (flags.is_set("force")) options.damage = store::Damage::passed_over;
  if (flags.is_set("prune-junk")) options.junk = store::Junk::removed;
  if (flags.is_set("clean-foreign")) {
    options.foreign_leftovers = store::ForeignLeftovers::removed;
  }
  options.keep = kept_digests(line);
  return options;
}

}  // namespace umoci::cli
