// SPDX-License-Identifier: Apache-2.0
#include <cli/arguments/layout_access.hpp>

#include <cli/arguments.hpp>
#include <cli/arguments/limits.hpp>

#include <umoci/base/error.hpp>
#include <umoci/base/number.hpp>
#include <umoci/store/ref_name.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <optional>

namespace umoci::cli {
namespace {

/// Seconds that no wait for a lock can exceed, so that they fit whatever counts them: a year.
constexpr std::uint32_t most_seconds = 365U * 24 * 60 * 60;

std::optional<std::chrono::milliseconds> lock_timeout(const ParsedFlags& flags) {
  const auto text = flags.value(lock_timeout_flag);
  if (!text) return std::nullopt;
  const auto seconds = parse_number<std::uint32_t>(*text);
  if (!seconds || *seconds > most_seconds) {
    throw Error(ErrorKind::invalid_argument,
                fmt::format("invalid --lock-timeout: {} is not a number of seconds up to {}",
                            quoted(*text), most_seconds));
  }
  return std::chrono::seconds(*seconds);
}

/// What a name has to mean; without digest: nothing.
struct Match {
  std::string tag;
  std::optional<digest::Digest> digest;

  void require(const oci::Index& index) const {
    const auto found = store::find_ref(index, tag);
    const auto is_it = [&](const oci::Descriptor& entry) { return entry.digest == *digest; };
    if (digest ? !found.empty() && std::ranges::all_of(found, is_it) : found.empty()) return;
    const auto other = digest ? std::ranges::find_if_not(found, is_it) : found.begin();
    throw Error(ErrorKind::conflict,
                fmt::format("--if-match does not hold: tag {} {}", quoted(tag),
                            found.empty() ? "does not exist" : "means " + other->digest.text()));
  }
};

std::optional<Match> match(const ParsedFlags& flags, const std::string& tag) {
  const auto text = flags.value("if-match");
  if (!text) return std::nullopt;
  if (*text == "none") return Match{.tag = tag, .digest = std::nullopt};
  return Match{.tag = tag,
               .digest = with_verdict([] { return std::string("invalid --if-match"); },
                                      [&] { return digest::Digest::parse(*text); })};
}

}  // namespace

std::vector<Flag> lock_flags() {
  return {{.name = lock_timeout_flag,
           .kind = FlagKind::single,
           .value_name = "seconds",
           .description = "how long to wait for others that work on the layout; 0: not at all",
           .default_text = "for ever",
           .hint = ValueHint::text,
           .detail = "With this flag the exit status is 4 if that was too short."}};
}

std::vector<Flag> sync_flags() {
  return {{.name = "no-sync",
           .description = "do not wait for the disk: a power cut may damage the layout",
           .detail = "For layouts that are made anew if need be. UMOCI_NO_SYNC=1 in the "
                     "environment does the same for all commands."}};
}

Flag dry_run_flag() {
  return {.name = "dry-run",
          .description = "print what would change, and change nothing",
          .detail =
              "Each blob that would be written is a line `blob DIGEST SIZE`, each tag that "
              "would change a line `tag NAME OLD -> NEW`; `none` stands for a tag that is not "
              "there. With SOURCE_DATE_EPOCH, or dates given by other flags, the digests are "
              "those that the command makes without this one. What could not be written is "
              "an error."};
}

std::vector<Flag> change_flags() {
  return join_flags(
      {{dry_run_flag()},
       lock_flags(),
       sync_flags(),
       {{.name = "if-match",
         .kind = FlagKind::single,
         .value_name = "digest",
         .description = "fail if the tag that changes does not mean this, or is there "
                        "if this is \"none\"",
         .hint = ValueHint::text,
         .detail = "The digest is that of the tag's entry in the index, which "
                   "`umoci list --json` prints. The exit status is 4 then. It is "
                   "looked at once more at the moment of the change."}}});
}

bool is_foreseen(const ParsedFlags& flags) { return flags.is_set("dry-run"); }

bool tells_conflicts(const ParsedFlags& flags) {
  return flags.given("if-match") || flags.given("on-moved") || flags.given(lock_timeout_flag);
}

fs::Durability durability(const Invocation& line) {
  const bool is_scratch =
      line.flags.is_set("no-sync") || line.io.environment("UMOCI_NO_SYNC") == "1";
  return is_scratch ? fs::Durability::unsynced : fs::Durability::synced;
}

store::LayoutOptions layout_options(const Invocation& line) {
  store::LayoutOptions options;
  options.limits = limits(line.flags);
  options.lock_timeout = lock_timeout(line.flags);
  options.durability = durability(line);
  options.log = &line.log;
  options.stop = line.io.stop;
  if (is_foreseen(line.flags)) options.changes = store::Changes::foreseen;
  options.temporary_directory = line.io.environment("TMPDIR").value_or("");
  return options;
}

store::Layout open_layout(const std::filesystem::path& path, const Invocation& line) {
  return store::Layout::open(path, layout_options(line));
}

store::Layout open_layout_to_change(const std::filesystem::path& path, const std::string& tag,
                                    const Invocation& line) {
  const auto required = match(line.flags, tag);
  store::LayoutOptions options = layout_options(line);
  if (required) {
    options.precondition = [required](const oci::Index& index) { required->require(index); };
  }
  store::Layout layout = store::Layout::open(path, options);
  layout.hold_blobs();
  if (required) required->require(layout.read_index());
  return layout;
}

}  // namespace umoci::cli
