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

constexpr std::size_t line_width = 100;
constexpr std::size_t indent = 3;

struct Row {
  std::string left;
  std::string right;
};

/// Words of `text` in lines that end before `line_width`, the second and later ones indented.
std::string wrap(std::string_view text, std::size_t column) {
  std::string out;
  std::size_t at = column;
  while (!text.empty()) {
    const std::size_t space = text.find(' ');
    const std::string_view word = text.substr(0, space);
    text = space == std::string_view::npos ? std::string_view{} : text.substr(space + 1);
    if (at > column && at + 1 + word.size() > line_width) {
      out += "\n" + std::string(column, ' ');
      at = column;
    } else if (at > column) {
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
void print_rows(std::ostream& out, const std::vector<Row>& rows) {
  constexpr std::size_t widest_left = 36;
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
    out << wrap(row.right, column) << '\n';
  }
}

Row row_of(const Flag& flag) {
  Row row;
  const auto spell = [&](std::string_view name) {
    if (!row.left.empty()) row.left += ", ";
    row.left += name.size() == 1 ? "-" : "--";
    row.left += name;
    if (flag.kind != FlagKind::boolean) row.left += fmt::format(" {}", flag.value_name);
  };
  spell(flag.name);
  for (const std::string_view alias : flag.aliases) spell(alias);
  row.right = flag.description;
  if (flag.kind == FlagKind::list) row.right += " (may be repeated)";
  if (!flag.default_text.empty()) row.right += fmt::format(" (default: {})", flag.default_text);
  return row;
}

void print_options(std::ostream& out, std::string_view title, std::span<const Flag> flags) {
  std::vector<Row> rows;
  for (const Flag& flag : flags) rows.push_back(row_of(flag));
  rows.push_back({"--help, -h", "show this help"});
  out << '\n' << title << ":\n";
  print_rows(out, rows);
}

void print_limits(std::ostream& out) {
  const Limits defaults;
  std::vector<Row> rows;
  for (const LimitName& limit : limit_names()) {
    rows.push_back({std::string(limit.name),
                    fmt::format("{} (default: {})", limit.meaning, defaults.*limit.limit)});
  }
  out << "\n   Names for --limit; K, M, G and T behind a value are powers of 1024:\n";
  print_rows(out, rows);
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

void print_name(std::ostream& out, std::string_view name, std::string_view summary) {
  out << "NAME:\n" << std::string(indent, ' ') << name << " - " << summary << "\n";
}

void print_commands(std::ostream& out, std::span<const Command> commands) {
  out << "\nCOMMANDS:\n";
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
      out << (is_first ? " " : "\n ") << name_of(category) << ":\n";
    }
    print_rows(out, rows);
    is_first = false;
  }
}

}  // namespace

void print_application_help(std::ostream& out, std::span<const Command> commands,
                            std::span<const Flag> global_flags) {
  print_name(out, "umoci", "umoci modifies Open Container images");
  out << "\nUSAGE:\n   umoci [global options] command [command options] [arguments...]\n";
  out << "\nVERSION:\n   " << version << "\n";
  out << "\nAUTHOR:\n   The umoci authors\n";
  print_commands(out, commands);
  print_options(out, "GLOBAL OPTIONS", global_flags);
}

void print_command_help(std::ostream& out, std::string_view name, const Command& command,
                        HelpDetail detail) {
  print_name(out, fmt::format("umoci {}", name), command.summary);
  out << "\nUSAGE:\n   umoci " << name << " [command options]";
  if (!command.usage.empty()) out << ' ' << command.usage;
  out << '\n';
  std::string_view rest = command.description;
  while (!rest.empty()) {
    const std::size_t end = rest.find('\n');
    const std::string_view paragraph = rest.substr(0, end);
    rest = end == std::string_view::npos ? std::string_view{} : rest.substr(end + 1);
    out << '\n' << std::string(indent, ' ') << wrap(paragraph, indent) << '\n';
  }
  if (command.category != Category::none) {
    out << "\nCATEGORY:\n   " << name_of(command.category) << '\n';
  }
  print_options(out, "OPTIONS", command.flags);
  const bool has_limits =
      std::ranges::find(command.flags, limit_flag, &Flag::name) != command.flags.end();
  if (has_limits && detail == HelpDetail::all) print_limits(out);
}

void print_group_help(std::ostream& out, const Command& group) {
  print_name(out, fmt::format("umoci {}", group.name), group.summary);
  out << "\nUSAGE:\n   umoci " << group.name << " command [command options] [arguments...]\n";
  print_commands(out, group.subcommands);
  print_options(out, "OPTIONS", group.flags);
}

}  // namespace umoci::cli
