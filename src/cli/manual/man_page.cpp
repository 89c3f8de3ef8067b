// SPDX-License-Identifier: Apache-2.0
#include <cli/manual/man_page.hpp>

#include <cli/arguments/layout_access.hpp>
#include <cli/arguments/limits.hpp>
#include <cli/global_flags.hpp>
#include <cli/manual/roff.hpp>
#include <cli/version.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>

namespace umoci::cli {
namespace {

/// What a page is about.
enum class PageKind { program, group, command };

std::string bold(std::string_view text) { return "\\fB" + roff_escaped(text) + "\\fR"; }
std::string italic(std::string_view text) { return "\\fI" + roff_escaped(text) + "\\fR"; }

/// A line of help as a sentence.
std::string sentence(std::string_view text) {
  std::string out(text);
  // What is typed keeps its case.
  if (!out.empty() && !out.starts_with("umoci ")) {
    out.front() = static_cast<char>(std::toupper(static_cast<unsigned char>(out.front())));
  }
  return out + ".";
}

void add_blocks(RoffPage& page, const std::vector<TextBlock>& blocks) {
  for (const TextBlock& block : blocks) {
    switch (block.kind) {
      case TextBlock::Kind::paragraph:
        page.paragraph(block.text);
        break;
      case TextBlock::Kind::item:
        if (block.term.empty()) {
          page.bullet(block.text);
        } else {
          page.item(bold(block.term), block.text);
        }
        break;
      case TextBlock::Kind::example:
        page.example(block.text);
        break;
    }
  }
}

std::string term_of(const Flag& flag) {
  std::string term;
  for (const std::string& spelling : spellings(flag)) {
    if (!term.empty()) term += ", ";
    term += bold(spelling);
    if (flag.kind == FlagKind::boolean) {
      term += value_form(flag);
    } else {
      term += " " + italic(flag.value_name);
    }
  }
  return term;
}

void add_options(RoffPage& page, std::string_view title, const std::vector<Flag>& flags) {
  page.section(title);
  for (const Flag& flag : flags) {
    std::string text = sentence(flag.description);
    if (!flag.detail.empty()) text += fmt::format(" {}", flag.detail);
    if (flag.presence == Presence::required) text += " The flag is required.";
    if (flag.kind == FlagKind::list) text += " The flag may be repeated.";
    if (!flag.default_text.empty()) text += fmt::format(" Default: {}.", flag.default_text);
    page.item(term_of(flag), text);
  }
}

void add_limits(RoffPage& page) {
  const Limits defaults;
  page.section("LIMITS");
  page.paragraph(
      "These are the names for `--limit`, what they count, and their defaults. K, M, G and T "
      "behind "
      "a value are powers of 1024.");
  for (const LimitName& limit : limit_names()) {
    page.item(bold(limit.name),
              fmt::format("{} Default: {}.", sentence(limit.meaning), defaults.*limit.limit));
  }
}

/// The sections that come last, in this order; all others stand where the options end.
constexpr std::array<std::string_view, 5> last_sections{"Exit status", "Environment", "Files",
                                                        "Examples", "See also"};

std::string upper(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return out;
}

void add_middle_sections(RoffPage& page, const ManualText& text) {
  for (const TextSection& section : text.sections) {
    if (std::ranges::find(last_sections, section.title) != last_sections.end()) continue;
    page.section(upper(section.title));
    add_blocks(page, section.blocks);
  }
}

/// `flags` are those of the command that the page is about, if it is about one.
void add_exit_status(RoffPage& page, const ManualText& text, PageKind kind,
                     std::span<const Flag> flags = {}) {
  page.section("EXIT STATUS");
  page.item(bold("0"), "Success.");
  page.item(bold("1"), "An error. The last line on standard error tells which.");
  if (kind != PageKind::command) {
    page.item(bold("3"), "There is no command or help topic of that name.");
  }
  if (std::ranges::find(flags, lock_timeout_flag, &Flag::name) != flags.end()) {
    page.item(bold(std::to_string(exit_conflict)),
              "Somebody else was faster or holds a lock, if `--if-match` or `--lock-timeout` asked "
              "for a status of its own.");
  }
  page.item(bold("129") + ", " + bold("130") + ", " + bold("143"),
            "SIGHUP, SIGINT or SIGTERM ended the command. What was half done is undone.");
  add_blocks(page, text.section("Exit status"));
}

void add_last_sections(RoffPage& page, const ManualText& text, PageKind kind) {
  for (const std::string_view title : last_sections) {
    if (title == "Exit status") continue;
    const auto blocks = text.section(title);
    if (title == "Environment" && kind != PageKind::program) {
      page.section(upper(title));
      add_blocks(page, blocks);
      page.paragraph("What all commands heed is in umoci(1).");
    } else if (title == "See also" && blocks.empty()) {
      page.section(upper(title));
      page.paragraph("umoci(1)");
    } else if (!blocks.empty()) {
      page.section(upper(title));
      add_blocks(page, blocks);
    }
  }
}

RoffPage begin_page(std::string_view topic, std::string_view summary, std::string_view date) {
  const std::string name = page_name(topic);
  RoffPage page(upper(name), date, fmt::format("umoci {}", version));
  page.section("NAME");
  // One line, without fonts: that is what whatis(1) reads.
  page.paragraph(fmt::format("{} - {}", name, summary));
  return page;
}

void add_commands(RoffPage& page, const std::vector<Command>& commands, std::string_view prefix) {
  for (const Command& command : commands) {
    if (command.visibility == Visibility::hidden) continue;
    std::string term;
    for (const std::string_view alias : command.aliases) term += ", " + bold(alias);
    const std::string topic = fmt::format("{}{}", prefix, command.name);
    std::string text = sentence(command.summary);
    if (command.run || command.judge || !command.subcommands.empty()) {
      text += fmt::format(" See {}(1).", page_name(topic));
    }
    page.item(bold(topic) + term, text);
  }
}

void add_paragraphs(RoffPage& page, std::string_view text) {
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    page.paragraph(text.substr(0, end));
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
}

}  // namespace

std::string page_name(std::string_view topic) {
  std::string name = "umoci";
  if (!topic.empty()) name += fmt::format("-{}", topic);
  std::ranges::replace(name, ' ', '-');
  return name;
}

std::string man_page(const Manual& manual, const Topic& topic, const ManualText& text,
                     std::string_view date) {
  const Command& command = *topic.command;
  const PageKind kind = command.subcommands.empty() ? PageKind::command : PageKind::group;
  RoffPage page = begin_page(topic.name, command.summary, date);
  page.section("SYNOPSIS");
  page.paragraph(fmt::format("`umoci {}` {}", topic.name,
                             kind == PageKind::group
                                 ? "<command> [<option>...] [<argument>...]"
                                 : fmt::format("[<option>...] {}", command.usage)));
  page.section("DESCRIPTION");
  add_paragraphs(page, command.description);
  add_blocks(page, text.description);
  const std::string group = topic.name.substr(0, topic.name.size() - command.name.size());
  for (const std::string_view alias : command.aliases) {
    page.paragraph(fmt::format("`umoci {}{}` is the same command.", group, alias));
  }
  if (kind == PageKind::group) {
    page.section("COMMANDS");
    add_commands(page, command.subcommands, topic.name + " ");
  }
  std::vector<Flag> flags = command.flags;
  flags.push_back(help_flag());
  add_options(page, "OPTIONS", flags);
  add_options(page, "GLOBAL OPTIONS", manual.global_flags);
  const bool has_limits = std::ranges::find(flags, limit_flag, &Flag::name) != flags.end();
  if (has_limits) add_limits(page);
  add_middle_sections(page, text);
  add_exit_status(page, text, kind, flags);
  add_last_sections(page, text, kind);
  return page.text();
}

std::string program_page(const Manual& manual, const ManualText& text, std::string_view date) {
  RoffPage page = begin_page("", "modify Open Container images", date);
  page.section("SYNOPSIS");
  page.paragraph("`umoci` [<global-option>...] <command> [<option>...] [<argument>...]");
  page.section("DESCRIPTION");
  add_blocks(page, text.description);
  page.section("COMMANDS");
  add_commands(page, manual.commands, "");
  std::vector<Flag> flags = manual.global_flags;
  flags.push_back(help_flag());
  add_options(page, "GLOBAL OPTIONS", flags);
  add_middle_sections(page, text);
  add_exit_status(page, text, PageKind::program);
  add_last_sections(page, text, PageKind::program);
  return page.text();
}

}  // namespace umoci::cli
