// SPDX-License-Identifier: Apache-2.0
#include <cli/global_flags.hpp>
#include <cli/manual/completion.hpp>
#include <cli/shell_quote.hpp>

#include <fmt/format.h>

namespace umoci::cli {
namespace {

constexpr std::string_view head = R"bash(# shellcheck shell=bash
# shellcheck disable=SC1003,SC2088  # quotes and tildes are text here
# SPDX-License-Identifier: Apache-2.0
# bash completion for umoci, made from the program's table of flags when it was built.

)bash";

constexpr std::string_view body = R"bash(
# _umoci_unquote TEXT: sets `plain` to what the shell would make of it. Fails where it would replace
# something: nothing is ever evaluated here.
_umoci_unquote() {
  local text=$1 quote='' character i
  plain=''
  for ((i = 0; i < ${#text}; i++)); do
    character=${text:i:1}
    case $quote$character in
      "'"[!\'] | '"'[!\"\\\$\`]) plain+=$character ;;
      "''" | '""') quote='' ;;
      "'" | '"') quote=$character ;;
      \\ | '"\')
        ((++i))
        plain+=${text:i:1}
        ;;
      \$ | '`' | '"$' | '"`') return 1 ;;
      *) plain+=$character ;;
    esac
  done
}

# _umoci_words: sets `words` to those up to the cursor, `segment` to the part of the last one that
# readline will replace. It ends words at = and :, we do not.
_umoci_words() {
  local rest=${COMP_LINE:0:COMP_POINT} i word blanks
  words=()
  for ((i = 0; i <= COMP_CWORD; i++)); do
    word=${COMP_WORDS[i]}
    blanks=${rest%%[![:space:]]*}
    rest=${rest#"$blanks"}
    # The cursor may stand inside of it.
    [[ $rest == "$word"* ]] || word=$rest
    rest=${rest#"$word"}
    segment=$word
    if [[ $i == 0 || -n $blanks ]]; then
      words+=("$word")
    else
      words[${#words[@]} - 1]+=$word
    fi
  done
  [[ -n ${segment//[:=]/} ]] || segment=''
}

# _umoci_kind FLAG: sets `kind` to what the table says of its value; empty if it has none.
_umoci_kind() {
  local name=$1 flag
  name=${name#-}
  name=${name#-}
  kind=''
  for flag in "${flags[@]}"; do
    [[ ${flag%% *} == "$name" && $flag == *' '* ]] || continue
    kind=${flag#* }
    return
  done
}

# _umoci_add CANDIDATE: offers it, less what readline keeps.
_umoci_add() {
  local candidate=$1
  [[ $candidate == "$kept"* ]] || return
  candidate=${candidate#"$kept"}
  if [[ ${words[${#words[@]} - 1]} == *[\'\"]* ]]; then
    # Within quotes, only what means nothing there.
    [[ $candidate != *[\'\"\\\$\`]* ]] || return
  elif [[ $candidate == '~/'* ]]; then
    printf -v candidate '~/%q' "${candidate#'~/'}"
  elif [[ -n $candidate ]]; then
    printf -v candidate %q "$candidate"
  fi
  COMPREPLY+=("$candidate")
}

_umoci_add_tags() { # LAYOUT WHAT-COMES-BEFORE-THE-TAG
  local tag tags directory=$1
  [[ $directory != '~/'* ]] || directory=$HOME/${directory#'~/'}
  mapfile -t tags < <("$program" list --layout "$directory" 2>/dev/null)
  for tag in "${tags[@]}"; do
    [[ $tag =~ ^[A-Za-z0-9][A-Za-z0-9._:@+/-]*$ && $2$tag == "$before$value"* ]] || continue
    _umoci_add "$2$tag"
  done
}

# _umoci_add_directories END-OF-A-LAYOUT: a layout and other directories, with what may come next.
_umoci_add_directories() {
  local directory directories real
  mapfile -t directories < <(compgen -d -- "$value")
  for directory in "${directories[@]}"; do
    real=$directory
    [[ $real != '~/'* ]] || real=$HOME/${real#'~/'}
    if [[ -e $real/oci-layout ]]; then
      _umoci_add "$before$directory$1"
    else
      _umoci_add "$before$directory/"
    fi
  done
  [[ ${COMPREPLY[*]} != *[:/] ]] || compopt -o nospace 2>/dev/null
}

_umoci_add_files() { # COMPGEN-OPTION
  local file files
  mapfile -t files < <(compgen "$1" -- "$value")
  for file in "${files[@]}"; do
    file=$before$file
    COMPREPLY+=("${file#"$kept"}")
  done
  # Readline quotes these.
  compopt -o filenames 2>/dev/null
}

# _umoci_add_value KIND CHOICE...: what can stand for the flag or argument at the cursor.
_umoci_add_value() {
  local choice
  case $1 in
    choice | word)
      for choice in "${@:2}"; do
        [[ $choice != "$value"* ]] || _umoci_add "$before$choice"
      done
      [[ ${COMPREPLY[*]} != *[=:] ]] || compopt -o nospace 2>/dev/null
      ;;
    file) _umoci_add_files -f ;;
    directory) _umoci_add_files -d ;;
    layout) _umoci_add_directories '' ;;
    image)
      if [[ $value == *:* ]]; then
        _umoci_add_tags "${value%%:*}" "$before${value%%:*}:"
      else
        _umoci_add_directories :
      fi
      ;;
    tag) [[ -z $layout ]] || _umoci_add_tags "$layout" "$before" ;;
  esac
}

# What the words before the cursor say: the command, the layout, and what is expected now.
_umoci_read_words() {
  local i word name kind is_flag=yes
  local last=$((${#words[@]} - 1))
  for ((i = 1; i < last; i++)); do
    word=${words[i]}
    if [[ $word == -- ]]; then
      is_flag=no
    elif [[ $is_flag == yes && $word == -?* ]]; then
      name=${word%%=*}
      _umoci_kind "$name"
      # A word can only stand behind the =.
      [[ -n $kind && ($kind != word\ * || $word == *=*) ]] || continue
      if [[ $word == *=* ]]; then
        word=${word#*=}
      elif ((i + 1 == last)); then
        expected=$kind
        return
      else
        word=${words[++i]}
      fi
      if [[ $kind == image || $kind == layout ]] && _umoci_unquote "$word"; then
        layout=$plain
        [[ $kind == layout ]] || layout=${layout%%:*}
      fi
    elif [[ ${#commands[@]} -gt 0 ]]; then
      command+=" $word"
      _umoci_table "$command"
    else
      count=$((count + 1))
    fi
  done
  word=${words[last]}
  if [[ $is_flag == yes && $word == -*=* ]]; then
    _umoci_kind "${word%%=*}"
    before=${word%%=*}=
    expected=$kind
  elif [[ $is_flag == yes && $word == -* ]]; then
    expected=flag
  elif [[ ${#commands[@]} -gt 0 ]]; then
    expected="choice ${commands[*]}"
  else
    expected=${positionals[count]-flag}
    # Many flags are no help where a positional argument is.
    [[ $expected != flag || -z $word ]] || expected=''
  fi
}

_umoci() {
  local program=$1 plain words segment command=umoci layout='' expected='' before='' kept count=0
  local commands=() flags=() positionals=() value flag expected_words
  type -P -- "$program" >/dev/null || program=umoci
  COMPREPLY=()
  _umoci_words
  _umoci_table "$command"
  _umoci_read_words
  local current=${words[${#words[@]} - 1]}
  _umoci_unquote "${current#"$before"}" || return 0
  value=$plain
  _umoci_unquote "${current%"$segment"}" || return 0
  kept=$plain
  if [[ $expected == flag ]]; then
    for flag in "${flags[@]}"; do
      flag=${flag%% *}
      if [[ ${#flag} == 1 ]]; then flag=-$flag; else flag=--$flag; fi
      [[ $flag != "$value"* ]] || _umoci_add "$flag"
    done
  else
    read -r -a expected_words <<<"$expected"
    _umoci_add_value "${expected_words[@]}"
  fi
}

complete -F _umoci umoci
)bash";

std::string_view word_of(ValueHint hint) {
  switch (hint) {
    case ValueHint::file:
      return "file";
    case ValueHint::directory:
      return "directory";
    case ValueHint::layout:
      return "layout";
    case ValueHint::image:
      return "image";
    case ValueHint::tag:
      return "tag";
    case ValueHint::choice:
      return "choice";
    case ValueHint::none:
    case ValueHint::text:
      break;
  }
  return "text";
}

std::string words_of(const std::vector<std::string>& texts) {
  std::string words;
  for (const std::string& text : texts) {
    words += (words.empty() ? "" : " ") + shell_quoted(text);
  }
  return words;
}

std::string flag_lines(const std::vector<Flag>& flags) {
  std::string lines;
  for (const Flag& flag : flags) {
    std::string kind;
    if (flag.kind != FlagKind::boolean) kind = fmt::format(" {}", word_of(flag.hint));
    for (const std::string& choice : flag.choices) kind += " " + choice;
    if (!flag.words.empty()) kind = " word " + words_of(flag.words);
    std::vector<std::string> names{fmt::format("{}{}", flag.name, kind)};
    for (const std::string_view alias : flag.aliases) {
      names.push_back(fmt::format("{}{}", alias, kind));
    }
    for (const std::string& name : names) lines += "        " + shell_quoted(name) + "\n";
  }
  return lines;
}

/// What may follow `names`, the command with its aliases.
std::string table_entry(const std::vector<std::string>& names, const std::vector<Flag>& flags,
                        const std::vector<std::string>& commands,
                        const std::vector<ValueHint>& positionals) {
  std::string patterns;
  for (const std::string& name : names) {
    patterns += (patterns.empty() ? "" : " | ") + shell_quoted(name);
  }
  std::vector<std::string> kinds;
  kinds.reserve(positionals.size());
  for (const ValueHint hint : positionals) kinds.emplace_back(word_of(hint));
  return fmt::format(
      "    {})\n      flags=(\n{}      )\n      commands=({})\n      positionals=({})\n"
      "      ;;\n",
      patterns, flag_lines(flags), words_of(commands), words_of(kinds));
}

std::vector<std::string> typed_names(const std::string& prefix, const Command& command) {
  std::vector<std::string> names{fmt::format("{} {}", prefix, command.name)};
  for (const std::string_view alias : command.aliases) {
    names.push_back(fmt::format("{} {}", prefix, alias));
  }
  return names;
}

/// `help` takes the name of a command, and nothing is said about what follows.
std::string help_entry(const std::string& prefix, const std::vector<Command>& commands) {
  std::string topics = "choice";
  for (const std::string& name : offered_names(commands)) topics += " " + name;
  return fmt::format(
      "    {} | {})\n      flags=()\n      commands=()\n      positionals=({})\n      ;;\n",
      shell_quoted(prefix + " help"), shell_quoted(prefix + " h"), shell_quoted(topics));
}

std::string table(const Manual& manual) {
  std::vector<Flag> flags = manual.global_flags;
  flags.push_back(help_flag());
  std::string out = table_entry({"umoci"}, flags, offered_names(manual.commands), {}) +
                    help_entry("umoci", manual.commands);
  for (const Topic& topic : topics(manual.commands)) {
    const Command& command = *topic.command;
    const std::size_t blank = topic.name.rfind(' ');
    const std::string prefix =
        blank == std::string::npos ? "umoci" : "umoci " + topic.name.substr(0, blank);
    std::vector<std::string> commands = offered_names(command.subcommands);
    if (!commands.empty()) {
      out += help_entry("umoci " + topic.name, command.subcommands);
      commands.emplace_back("help");
    }
    out += table_entry(typed_names(prefix, command), with_global_flags(command.flags), commands,
                       command.positional_hints);
  }
  return out;
}

}  // namespace

std::string bash_completion(const Manual& manual) {
  return fmt::format(
      "{}# _umoci_table COMMAND: sets what may follow it. A flag is its name, the kind of its "
      "value, and\n"
      "# the choices there are.\n"
      "_umoci_table() {{\n"
      "  flags=() commands=() positionals=()\n"
      "  case $1 in\n{}  esac\n}}\n{}",
      head, table(manual), body);
}

}  // namespace umoci::cli
