// SPDX-License-Identifier: Apache-2.0
#include <cli/global_flags.hpp>
#include <cli/manual/completion.hpp>
#include <cli/shell_quote.hpp>

#include <fmt/format.h>

#include <algorithm>

namespace umoci::cli {
namespace {

constexpr std::string_view head = R"zsh(#compdef umoci
# SPDX-License-Identifier: Apache-2.0
# zsh completion for umoci, made from the program's table of flags when it was built.

# _umoci_tags LAYOUT: offers its tags.
_umoci_tags() {
  local layout=${(Q)1}
  [[ $layout != '~/'* ]] || layout=$HOME/${layout#'~/'}
  local -a tags
  tags=(${(f)"$(command $umoci_program list --layout "$layout" 2>/dev/null)"})
  # Others could not be given to --image.
  tags=(${(M)tags:#[A-Za-z0-9][A-Za-z0-9._:@+/-]#})
  shift
  compadd "$@" -a tags
}

# A tag of the layout that the line names.
_umoci_tag() {
  local layout=${opt_args[--layout]:-${opt_args[--image]%%:*}}
  [[ -z $layout ]] || _umoci_tags "$layout" "$@"
}

# A layout and, after a colon, a tag.
_umoci_image() {
  local layout=${PREFIX%%:*}
  if compset -P 1 '*:'; then
    _umoci_tags "$layout" "$@"
    return
  fi
  # Behind the name of a layout a tag comes.
  local directory=${(Q)PREFIX}
  [[ $directory != '~/'* ]] || directory=$HOME/${directory#'~/'}
  if [[ -n $directory && -e $directory/oci-layout ]]; then
    compadd -U -Q -i "$IPREFIX" -S '' -- "${PREFIX%%/#}:"
  else
    _directories
  fi
}

)zsh";

constexpr std::string_view tail = R"zsh(
_umoci_arguments() {
  local -a flags positionals commands
  local curcontext=$curcontext state state_descr line ret=1
  typeset -A opt_args
  _umoci_table $1 || return 1
  # One dash is as good as two.
  words=("${(@)words/#(#b)-([a-zA-Z][a-zA-Z])/--$match[1]}")
  if (( ! $#commands )); then
    _arguments -S $flags $positionals
    return
  fi
  # Flags behind the command are looked at there.
  _arguments -C -S $flags '(-)1: :->command' '(-)*:: :->arguments' && ret=0
  case $state in
    command) _describe -t commands 'command' commands && ret=0 ;;
    arguments) _umoci_arguments "$1 $words[1]" && ret=0 ;;
  esac
  return ret
}

_umoci() {
  setopt localoptions extendedglob
  local umoci_program=${(Q)words[1]}
  (( $+commands[$umoci_program] )) || [[ -x $umoci_program ]] || umoci_program=umoci
  _umoci_arguments umoci
}

_umoci "$@"
)zsh";

/// Within a specification for _arguments or _describe, these characters end a field.
std::string field(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '[' || c == ']' || c == ':' || c == '\\') out += '\\';
    out += c;
  }
  return out;
}

std::string action_of(ValueHint hint, const std::vector<std::string>& choices) {
  switch (hint) {
    case ValueHint::file:
      return "_files";
    case ValueHint::directory:
    case ValueHint::layout:
      return "_directories";
    case ValueHint::image:
      return "_umoci_image";
    case ValueHint::tag:
      return "_umoci_tag";
    case ValueHint::choice: {
      const bool is_open = std::ranges::any_of(choices, [](const std::string& choice) {
        return choice.ends_with('=') || choice.ends_with(':');
      });
      std::string words;
      for (const std::string& choice : choices) words += " " + field(choice);
      return is_open ? fmt::format("{{compadd \"$@\" -S \"\" --{}}}", words)
                     : fmt::format("({})", words.substr(1));
    }
    case ValueHint::none:
    case ValueHint::text:
      break;
  }
  return " ";
}

std::string flag_lines(const std::vector<Flag>& flags) {
  std::string lines;
  for (const Flag& flag : flags) {
    const std::vector<std::string> names = spellings(flag);
    std::string exclusive;
    if (flag.kind == FlagKind::list) {
      exclusive = "*";
    } else {
      for (const std::string& name : names) exclusive += (exclusive.empty() ? "" : " ") + name;
      exclusive = "(" + exclusive + ")";
    }
    for (const std::string& name : names) {
      std::string spec = fmt::format("{}{}", exclusive, name);
      if (flag.kind != FlagKind::boolean && name.starts_with("--")) spec += "=";
      // They can only stand behind the =.
      if (!flag.words.empty()) spec += "=-";
      spec += fmt::format("[{}]", field(flag.description));
      if (!flag.words.empty()) {
        spec += "::value:" + action_of(ValueHint::choice, flag.words);
      } else if (flag.kind != FlagKind::boolean) {
        spec += fmt::format(":{}:{}", field(flag.value_name), action_of(flag.hint, flag.choices));
      }
      lines += "        " + shell_quoted(spec) + "\n";
    }
  }
  return lines;
}

std::string command_lines(const std::vector<Command>& commands) {
  std::string lines;
  for (const Command& command : commands) {
    if (command.visibility == Visibility::hidden) continue;
    for (const std::string& name : offered_names({command})) {
      lines += fmt::format("        {}\n",
                           shell_quoted(fmt::format("{}:{}", name, field(command.summary))));
    }
  }
  return lines;
}

/// The words of "<source> <target>", without what is around them.
std::vector<std::string> positional_names(std::string_view usage) {
  std::vector<std::string> names;
  while (true) {
    const std::size_t begin = usage.find('<');
    const std::size_t end = usage.find('>');
    if (begin == std::string_view::npos || end == std::string_view::npos) return names;
    names.emplace_back(usage.substr(begin + 1, end - begin - 1));
    usage.remove_prefix(end + 1);
  }
}

std::string positional_lines(const Command& command) {
  const auto names = positional_names(command.usage);
  std::string lines;
  for (std::size_t i = 0; i < command.positional_hints.size(); ++i) {
    const std::string spec = fmt::format("{}:{}:{}", i + 1, field(i < names.size() ? names[i] : ""),
                                         action_of(command.positional_hints[i], {}));
    lines += "        " + shell_quoted(spec) + "\n";
  }
  return lines;
}

std::string entry(const std::vector<std::string>& names, const std::vector<Flag>& flags,
                  const std::string& commands, const std::string& positionals) {
  std::string patterns;
  for (const std::string& name : names) {
    patterns += (patterns.empty() ? "" : "|") + shell_quoted(name);
  }
  std::string out = fmt::format("    {})\n", patterns);
  const auto add_list = [&](std::string_view name, const std::string& lines) {
    if (!lines.empty()) out += fmt::format("      {}=(\n{}      )\n", name, lines);
  };
  add_list("flags", flag_lines(flags));
  add_list("commands", commands);
  add_list("positionals", positionals);
  return out + "      ;;\n";
}

std::string help_entry(const std::string& prefix, const std::vector<Command>& commands) {
  std::string topics;
  for (const std::string& name : offered_names(commands)) topics += " " + name;
  return entry({prefix + " help", prefix + " h"}, {}, {},
               "        " + shell_quoted("1:command:(" + topics.substr(1) + ")") + "\n");
}

std::string table(const Manual& manual) {
  std::vector<Flag> flags = manual.global_flags;
  flags.push_back(help_flag());
  std::string out = entry({"umoci"}, flags, command_lines(manual.commands), {}) +
                    help_entry("umoci", manual.commands);
  for (const Topic& topic : topics(manual.commands)) {
    const Command& command = *topic.command;
    std::vector<std::string> names{"umoci " + topic.name};
    for (const std::string_view alias : command.aliases) {
      names.push_back(names.front().substr(0, names.front().size() - command.name.size()) +
                      std::string(alias));
    }
    std::string commands = command_lines(command.subcommands);
    if (!commands.empty()) {
      out += help_entry(names.front(), command.subcommands);
      commands += "        'help:show the list of commands, or the help of one'\n";
    }
    out += entry(names, with_global_flags(command.flags), commands, positional_lines(command));
  }
  return out;
}

}  // namespace

std::string zsh_completion(const Manual& manual) {
  return fmt::format(
      "{}# _umoci_table COMMAND: sets `flags`, `commands` and `positionals`, what may follow it.\n"
      "_umoci_table() {{\n  case $1 in\n{}    *) return 1 ;;\n  esac\n}}\n{}",
      head, table(manual), tail);
}

}  // namespace umoci::cli
