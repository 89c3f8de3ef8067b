// SPDX-License-Identifier: Apache-2.0
#include <cli/global_flags.hpp>
#include <cli/manual/completion.hpp>

#include <fmt/format.h>

namespace umoci::cli {
namespace {

constexpr std::string_view head = R"fish(# SPDX-License-Identifier: Apache-2.0
# fish completion for umoci, made from the program's table of flags when it was built.

# Prints a path as a program needs it: without the quotes that a shell takes away.
function __umoci_path
    set -l path (string unescape -- $argv[1]; or echo -- $argv[1])
    string replace -r '^~/' $HOME/ -- $path
end

# Prints the tags of a layout. Others could not be given to --image.
function __umoci_tags
    set -l program (commandline -opc)[1]
    command -sq -- $program; or set program umoci
    command $program list --layout $argv[1] 2>/dev/null |
        string match -r '^[A-Za-z0-9][A-Za-z0-9._:@+/-]*$'
end

# The value at the cursor, also of --flag=value.
function __umoci_value
    string replace -r '^--?[A-Za-z][A-Za-z._-]*=' '' -- (commandline -ct)
end

# A layout and, after a colon, a tag.
function __umoci_images
    set -l value (__umoci_value)
    if string match -q '*:*' -- $value
        set -l layout (string replace -r ':.*' '' -- $value)
        for tag in (__umoci_tags (__umoci_path $layout))
            echo -- $layout:$tag
        end
        return
    end
    for directory in (__fish_complete_directories $value | string replace -r '\t.*' '')
        if test -e (__umoci_path $directory)oci-layout
            echo -- (string trim -r -c / -- $directory):
        else
            echo -- $directory
        end
    end
end

# The tags of the layout that the line names.
function __umoci_other_tags
    set -l words (commandline -opc)
    set -l layout ''
    for i in (seq (count $words))
        set -l next $words[(math $i + 1)]
        switch $words[$i]
            case --layout -layout
                set layout $next
            case --image -image
                set layout (string replace -r ':.*' '' -- $next)
            case '--layout=*' '-layout=*'
                set layout (string replace -r '^[^=]*=' '' -- $words[$i])
            case '--image=*' '-image=*'
                set layout (string replace -r '^[^=]*=' '' -- $words[$i] | string replace -r ':.*' '')
        end
    end
    test -n "$layout"; and __umoci_tags (__umoci_path $layout)
end

# Succeeds if the line so far is that of a command: "unpack", "raw add-layer"; "" is none.
function __umoci_is
    set -l words (commandline -opc)
    set -l command
    set -e words[1]
    while set -q words[1]
        switch $words[1]
)fish";

constexpr std::string_view head_end = R"fish(                set -e words[1]
            case '-*'
                # A flag without a value, or with =.
            case '*'
                set -a command $words[1]
                test $words[1] = raw -a (count $command) = 1; or break
        end
        set -e words[1]
    end
    set command "$command"
    switch $command
)fish";

/// Within single quotes only these two mean something to fish.
std::string fish_quoted(std::string_view text) {
  std::string out = "'";
  for (const char c : text) {
    if (c == '\'' || c == '\\') out += '\\';
    out += c;
  }
  return out + "'";
}

std::string condition(std::string_view topic) {
  return "-n " + fish_quoted(fmt::format("__umoci_is {}", fish_quoted(topic)));
}

/// The options of `complete` that offer values.
std::string joined(const std::vector<std::string>& texts) {
  std::string words;
  for (const std::string& text : texts) words += (words.empty() ? "" : " ") + text;
  return words;
}

std::string values_of(ValueHint hint, const std::vector<std::string>& choices) {
  switch (hint) {
    case ValueHint::file:
      return " -F";
    case ValueHint::directory:
    case ValueHint::layout:
      return " -f -a '(__fish_complete_directories (__umoci_value))'";
    case ValueHint::image:
      return " -f -a '(__umoci_images)'";
    case ValueHint::tag:
      return " -f -a '(__umoci_other_tags)'";
    case ValueHint::choice:
      return " -f -a " + fish_quoted(joined(choices));
    case ValueHint::none:
    case ValueHint::text:
      break;
  }
  return " -f";
}

std::string flag_lines(std::string_view topic, const std::vector<Flag>& flags) {
  std::string lines;
  for (const Flag& flag : flags) {
    std::vector<std::string_view> names{flag.name};
    names.insert(names.end(), flag.aliases.begin(), flag.aliases.end());
    for (const std::string_view name : names) {
      lines += fmt::format("complete -c umoci {} {} {}", condition(topic),
                           name.size() == 1 ? "-s" : "-l", name);
      if (flag.kind != FlagKind::boolean) lines += " -r" + values_of(flag.hint, flag.choices);
      // Without -r, only behind the =.
      if (!flag.words.empty()) lines += " -a " + fish_quoted(joined(flag.words));
      lines += " -d " + fish_quoted(flag.description) + "\n";
    }
  }
  return lines;
}

std::string command_lines(std::string_view topic, const std::vector<Command>& commands) {
  std::string lines;
  for (const Command& command : commands) {
    for (const std::string& name : offered_names({command})) {
      lines += fmt::format("complete -c umoci {} -a {} -d {}\n", condition(topic), name,
                           fish_quoted(command.summary));
    }
  }
  return lines;
}

std::string positional_lines(const Topic& topic) {
  std::string lines;
  for (const ValueHint hint : topic.command->positional_hints) {
    if (hint == ValueHint::text) continue;
    lines += fmt::format("complete -c umoci {}{}\n", condition(topic.name), values_of(hint, {}));
  }
  return lines;
}

/// `case` lines that give the name of a command for its aliases.
std::string alias_lines(const std::vector<Topic>& all) {
  std::string lines;
  for (const Topic& topic : all) {
    for (const std::string_view alias : topic.command->aliases) {
      const std::string prefix =
          topic.name.substr(0, topic.name.size() - topic.command->name.size());
      lines += fmt::format("        case {}\n            set command {}\n",
                           fish_quoted(prefix + std::string(alias)), fish_quoted(topic.name));
    }
  }
  return lines + "        case ''\n    end\n    test \"$command\" = \"$argv[1]\"\nend\n\n";
}

/// The `case` of those flags before the command that take the next word.
std::string valued_flags(const std::vector<Flag>& flags) {
  std::string line = "            case";
  for (const Flag& flag : flags) {
    if (flag.kind == FlagKind::boolean) continue;
    for (const std::string& name : spellings(flag)) {
      line += fmt::format(" {}", name);
      if (name.starts_with("--")) line += fmt::format(" {}", name.substr(1));
    }
  }
  return line + "\n";
}

}  // namespace

std::string fish_completion(const Manual& manual) {
  const std::vector<Topic> all = topics(manual.commands);
  std::vector<Flag> flags = manual.global_flags;
  flags.push_back(help_flag());
  std::string out = fmt::format("{}{}{}{}complete -c umoci -f\n", head, valued_flags(flags),
                                head_end, alias_lines(all));
  out += command_lines("", manual.commands) + flag_lines("", flags);
  out += command_lines("help", manual.commands);
  for (const Topic& topic : all) {
    const Command& command = *topic.command;
    out += command_lines(topic.name, command.subcommands);
    if (!command.subcommands.empty()) {
      out += command_lines(topic.name + " help", command.subcommands);
    }
    out += positional_lines(topic);
    out += flag_lines(topic.name, with_global_flags(command.flags));
  }
  return out;
}

}  // namespace umoci::cli
