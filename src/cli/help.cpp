// SPDX-License-Identifier: Apache-2.0
#include <cli/help.hpp>

#include <cli/arguments/limits.hpp>
#include <cli/version.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <ostream>
#include <string>

namespace umoci::cli {
namespace {

constexpr std::size_t indent = 3;

struct Row {
  std::string left;
  std::string right;
};

/// From where to where text goes in a line.
struct Margins {
  std::size_t left;
  std::size_t right;
};

/// Words of `text` in lines between the margins; the first line begins at the left one already.
std::string wrap(std::string_view text, Margins margins) {
  std::string out;
  std::size_t at = margins.left;
  while (!text.empty()) {
    const std::size_t space = text.find(' ');
    const std::string_view word = text.substr(0, space);
    text = space == std::string_view::npos ? std::string_view{} : text.substr(space + 1);
    if (at > margins.left && at + 1 + word.size() > margins.right) {
      out += "\n" + std::string(margins.left, ' ');
      at = margins.left;
    } else if (at > margins.left) {
      out += ' ';
      ++at;
    }
    out += word;
    at += word.size();
  }
  return out;
}

/// Names on the left, what they mean on the right, in as many lines as that takes: names of flags
/// stay whole, for scripts that search help for them.
void print_rows(HelpPage page, const std::vector<Row>& rows) {
  std::ostream& out = page.out;
  const std::size_t widest_left = page.columns * 36 / 100;
  constexpr std::size_t gap = 2;
  std::size_t width = 0;
  for (const Row& row : rows) {
    if (row.left.size() <= widest_left) width = std::max(width, row.left.size());
  }
  const std::size_t column = indent + width + gap;
  for (const Row& row : rows) {
    out << std::string(indent, ' ') << row.left;
    if (row.left.size() <= width) {
      out << std::string(width - row.left.size() + gap, ' ');
    } else {
      out << '\n' << std::string(column, ' ');
    }
    out << wrap(row.right, {.left = column, .right = page.columns}) << '\n';
  }
}

Row row_of(const Flag& flag) {
  Row row;
  const auto spell = [&](std::string_view name) {
    if (!row.left.empty()) row.left += ", ";
    row.left += name.size() == 1 ? "-" : "--";
    row.left += name;
    if (flag.kind != FlagKind::boolean) row.left += value_form(flag);
  };
  spell(flag.name);
  for (const std::string_view alias : flag.aliases) spell(alias);
  row.right = flag.description;
  for (const std::string& word : flag.words) {
    row.right += fmt::format(" (also --{}={})", flag.name, word);
  }
  if (flag.kind == FlagKind::list) row.right += " (may be repeated)";
  if (!flag.default_text.empty()) row.right += fmt::format(" (default: {})", flag.default_text);
  return row;
}

void print_options(HelpPage page, std::string_view title, std::span<const Flag> flags) {
  std::vector<Row> rows;
  for (const Flag& flag : flags) rows.push_back(row_of(flag));
  rows.push_back({"--help, -h", "show this help"});
  page.out << '\n' << title << ":\n";
  print_rows(page, rows);
}

void print_limits(HelpPage page) {
  const Limits defaults;
  std::vector<Row> rows;
  for (const LimitName& limit : limit_names()) {
    rows.push_back({std::string(limit.name),
                    fmt::format("{} (default: {})", limit.meaning, defaults.*limit.limit)});
  }
  page.out << "\n   Names for --limit; K, M, G and T behind a value are powers of 1024:\n";
  print_rows(page, rows);
}

Row row_of(const Command& command) {
  std::string names(command.name);
  for (const std::string_view alias : command.aliases) names += fmt::format(", {}", alias);
  return {std::move(names), std::string(command.summary)};
}

std::string_view name_of(Category category) {
  switch (category) {
    case Category::image:
      return "image";
    case Category::layout:
      return "layout";
    case Category::devtools:
      return "devtools";
    case Category::none:
      break;
  }
  return "";
}

void print_name(HelpPage page, std::string_view name, std::string_view summary) {
  page.out << "NAME:\n"
           << std::string(indent, ' ')
           << wrap(fmt::format("{} - {}", name, summary), {.left = indent, .right = page.columns})
           << '\n';
}

void print_commands(HelpPage page, std::span<const Command> commands) {
  page.out << "\nCOMMANDS:\n";
  bool is_first = true;
  for (const Category category : {Category::none, Category::image, Category::layout}) {
    std::vector<Row> rows;
    for (const Command& command : commands) {
      if (command.category == category && command.visibility == Visibility::listed) {
        rows.push_back(row_of(command));
      }
    }
    if (rows.empty()) continue;
    if (category != Category::none) {
      page.out << (is_first ? " " : "\n ") << name_of(category) << ":\n";
    }
    print_rows(page, rows);
    is_first = false;
  }
}

}  // namespace

HelpPage help_page(const Io& io) {
  constexpr std::size_t widest = 100;
  constexpr std::size_t narrowest = 40;
  const std::size_t columns = io.out_is_terminal ? io.out_columns().value_or(widest) : widest;
  return {.out = io.out, .columns = std::clamp(columns, narrowest, widest)};
}

void print_application_help(HelpPage page, std::span<const Command> commands,
                            std::span<const Flag> global_flags) {
  print_name(page, "umoci", "umoci modifies Open Container images");
  page.out << "\nUSAGE:\n   umoci [global options] command [command options] [arguments...]\n";
  page.out << "\nVERSION:\n   " << version << "\n";
  page.out << "\nAUTHOR:\n   The umoci authors\n";
  print_commands(page, commands);
  print_options(page, "GLOBAL OPTIONS", global_flags);
}

void print_command_help(HelpPage page, std::string_view name, const Command& command,
                        HelpDetail detail) {
  print_name(page, fmt::format("umoci {}", name), command.summary);
  page.out << "\nUSAGE:\n   umoci " << name << " [command options]";
  if (!command.usage.empty()) page.out << ' ' << command.usage;
  page.out << '\n';
  std::string_view rest = command.description;
  while (!rest.empty()) {
    const std::size_t end = rest.find('\n');
    const std::string_view paragraph = rest.substr(0, end);
    rest = end == std::string_view::npos ? std::string_view{} : rest.substr(end + 1);
    page.out << '\n'
             << std::string(indent, ' ') << wrap(paragraph, {.left = indent, .right = page.columns})
             << '\n';
  }
  if (command.category != Category::none) {
    page.out << "\nCATEGORY:\n   " << name_of(command.category) << '\n';
  }
  print_options(page, "OPTIONS", command.flags);
  const bool has_limits =
      std::ranges::find(command.flags, limit_flag, &Flag::name) != command.flags.end();
  if (has_limits && detail == HelpDetail::all) print_limits(page);
}

void print_group_help(HelpPage page, const Command& group) {
  print_name(page, fmt::format("umoci {}", group.name), group.summary);
  page.out << "\nUSAGE:\n   umoci " << group.name << " command [command options] [arguments...]\n";
  print_commands(page, group.subcommands);
  print_options(page, "OPTIONS", group.flags);
}

}  // namespace umoci::cli
