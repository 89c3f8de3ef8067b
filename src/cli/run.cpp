// SPDX-License-Identifier: Apache-2.0
#include <cli/run.hpp>

#include <cli/arguments/layout_access.hpp>
#include <cli/arguments/progress.hpp>
#include <cli/commands/commands.hpp>
#include <cli/error_text.hpp>
#include <cli/global_flags.hpp>
#include <cli/go_quote.hpp>
#include <cli/help.hpp>
#include <cli/log_printer.hpp>
#include <cli/nearest_name.hpp>
#include <cli/parse_line.hpp>
#include <cli/print_version.hpp>

#include <umoci/base/error.hpp>

#include <algorithm>
#include <cerrno>
#include <exception>
#include <new>
#include <optional>
#include <ostream>
#include <span>

namespace umoci::cli {
namespace {

constexpr int exit_success = 0;
constexpr int exit_failure = 1;
constexpr int exit_unknown_command = 3;
// Of commands whose status 1 is an answer.
constexpr int exit_usage = 2;
constexpr int exit_no_answer = 3;

Color choose_color(const Io& io) {
  const auto is_filled = [](const std::optional<std::string>& value) {
    return value && !value->empty();
  };
  const bool plain = is_filled(io.environment("NO_COLOR")) || io.environment("TERM") == "dumb";
  return io.err_is_terminal && !plain ? Color::on : Color::off;
}

/// One run of the program.
class Program {
 public:
  explicit Program(Io& io) : io_(io), log_(io.err, choose_color(io)) {}

  int run(const std::vector<std::string>& arguments) {
    const int status = run_caught(arguments);
    errno = 0;
    io_.out.flush();
    // What went wrong before was told already.
    if (io_.out || status != exit_success) return status;
    return fail(Error::from_errno(errno != 0 ? errno : EIO, "write standard output").what());
  }

 private:
  using Words = std::span<const std::string>;

  int run_caught(const std::vector<std::string>& arguments) {
    try {
      return dispatch(arguments);
    } catch (const std::bad_alloc&) {
      return fail("out of memory");
    } catch (const Error& error) {
      fail(error_text(error));
      return tells_conflicts_ && error.kind() == ErrorKind::conflict ? exit_conflict : exit_failure;
    } catch (const std::exception& error) {
      return fail(error.what());
    }
  }

  int fail(std::string_view text) {
    log_.debug(text);
    log_.write(LogLevel::fatal, text, {});
    return exit_failure;
  }

  int dispatch(Words words) {
    const ParsedLine line = parse_line(with_global_flags({}), words, ParseMode::until_positional);
    if (!line.problem.empty()) {
      return misuse(line, "umoci --help", "Incorrect Usage. ", [&](HelpPage page) {
        print_application_help(page, commands_, global_flags());
      });
    }
    if (line.flags.is_set("help")) return print_application();
    if (const auto status = apply_global_flags(line.flags)) return *status;
    if (line.positionals.empty()) return print_application();
    return run_command(line.positionals);
  }

  /// Takes what the global flags on this part of the line say. Returns the status if that is all.
  std::optional<int> apply_global_flags(const ParsedFlags& flags) {
    if (flags.is_set("version")) {
      print_version(io_.out);
      return exit_success;
    }
    if (flags.given("verbose")) verbose_ = flags.is_set("verbose");
    if (flags.given("log")) log_level_ = flags.value("log");
    if (verbose_ && log_level_) {
      throw Error(ErrorKind::invalid_argument, "--log and --verbose are mutually exclusive");
    }
    if (verbose_) log_.set_level(LogLevel::info);
    if (!log_level_) return std::nullopt;
    const auto parsed = parse_log_level(*log_level_);
    if (!parsed) {
      throw Error(ErrorKind::invalid_argument,
                  "parsing log level: unknown level " + quoted(*log_level_));
    }
    log_.set_level(*parsed);
    return std::nullopt;
  }

  int print_application() {
    print_application_help(help_page(io_), commands_, global_flags());
    return exit_success;
  }

  /// A line that cannot be understood: why, and the help that `print_help` prints.
  template <class PrintHelp>
  int misuse(const ParsedLine& line, std::string_view help_line, std::string_view headline,
             const PrintHelp& print_help) {
    // Where umoci prints it, so that what merges or separates both streams sees what it did.
    const bool apart = !io_.out_is_terminal && io_.environment("UMOCI_USAGE_STDERR") == "1";
    std::ostream& out = apart ? io_.err : io_.out;
    out << headline << escape_invisible(line.problem) << "\n\n";
    print_help(apart ? HelpPage{.out = io_.err} : help_page(io_));
    std::string text = line.problem;
    if (!line.suggestion.empty()) text += "; did you mean --" + line.suggestion + "?";
    return fail(text + " (see " + std::string(help_line) + ")");
  }

  int unknown_topic(const std::vector<Command>& commands, std::string_view name) {
    std::vector<std::string_view> names;
    for (const Command& command : commands) {
      names.push_back(command.name);
      names.insert(names.end(), command.aliases.begin(), command.aliases.end());
    }
    io_.err << "no help topic for " << quoted(name);
    if (const auto nearest = nearest_name(name, names))
      io_.err << "; did you mean " << *nearest << '?';
    io_.err << '\n';
    return exit_unknown_command;
  }

  int run_command(Words words) {
    const std::string& name = words.front();
    if (name == "help" || name == "h") return print_topic(commands_, "", words.subspan(1));
    const Command* command = find_command(commands_, name);
    if (command == nullptr) return unknown_topic(commands_, name);
    if (command->subcommands.empty()) return run_parsed(*command, "", words.subspan(1));
    return run_group(*command, words.subspan(1));
  }

  int run_group(const Command& group, Words words) {
    const ParsedLine line =
        parse_line(with_global_flags(group.flags), words, ParseMode::until_positional);
    const std::string prefix = std::string(group.name) + " ";
    if (!line.problem.empty()) {
      return misuse(line, "umoci " + prefix + "--help", "Incorrect Usage. ",
                    [&](HelpPage page) { print_group_help(page, group); });
    }
    if (line.flags.is_set("help")) return print_group(group);
    if (const auto status = apply_global_flags(line.flags)) return *status;
    if (line.positionals.empty()) return print_group(group);
    const Words rest(line.positionals);
    const std::string& name = rest.front();
    if (name == "help" || name == "h") {
      return rest.size() > 1 ? print_topic(group.subcommands, prefix, rest.subspan(1))
                             : print_group(group);
    }
    const Command* command = find_command(group.subcommands, name);
    if (command == nullptr) return unknown_topic(group.subcommands, name);
    return run_parsed(*command, prefix, rest.subspan(1));
  }

  int print_group(const Command& group) {
    print_group_help(help_page(io_), group);
    return exit_success;
  }

  int print_topic(const std::vector<Command>& commands, const std::string& prefix, Words topic) {
    if (topic.empty() || topic.front().starts_with('-')) return print_application();
    const Command* command = find_command(commands, topic.front());
    if (command == nullptr) return unknown_topic(commands, topic.front());
    const std::string name = prefix + std::string(command->name);
    if (command->subcommands.empty()) {
      print_command_help(help_page(io_), name, *command);
      return exit_success;
    }
    const Words below = topic.subspan(1);
    return below.empty() || below.front().starts_with('-')
               ? print_group(*command)
               : print_topic(command->subcommands, name + " ", below);
  }

  int run_parsed(const Command& command, const std::string& prefix, Words words) {
    if (!command.judge) return run_line(command, prefix, words);
    try {
      return run_line(command, prefix, words);
    } catch (const Error& error) {
      fail(error_text(error));
      if (tells_conflicts_ && error.kind() == ErrorKind::conflict) return exit_conflict;
      return error.kind() == ErrorKind::invalid_argument ? exit_usage : exit_no_answer;
    } catch (const std::bad_alloc&) {
      fail("out of memory");
      return exit_no_answer;
    }
  }

  int run_line(const Command& command, const std::string& prefix, Words words) {
    const std::string name = prefix + std::string(command.name);
    const int misused = command.judge ? exit_usage : exit_failure;
    const ParsedLine line =
        parse_line(with_global_flags(command.flags), words, ParseMode::whole_line);
    if (!line.problem.empty()) {
      misuse(line, "umoci " + name + " --help", "Incorrect Usage: ", [&](HelpPage page) {
        print_command_help(page, name, command, HelpDetail::flags);
      });
      return misused;
    }
    if (line.flags.is_set("help")) {
      print_command_help(help_page(io_), name, command);
      return exit_success;
    }
    if (const auto status = apply_global_flags(line.flags)) return *status;
    for (const Flag& flag : command.flags) {
      if (flag.presence == Presence::optional || line.flags.given(flag.name)) continue;
      print_command_help(help_page(io_), name, command);
      fail("missing mandatory argument: --" + std::string(flag.name));
      return misused;
    }
    set_output(line.flags);
    tells_conflicts_ = tells_conflicts(line.flags);
    return execute(command, invocation(line.flags, line.positionals, words));
  }

  int execute(const Command& command, const Invocation& line) {
    if (command.judge) return command.judge(line);
    try {
      command.run(line);
    } catch (const Error& error) {
      hint_at_rootless(command, line.flags, error);
      throw;
    }
    return exit_success;
  }

  Invocation invocation(const ParsedFlags& flags, const std::vector<std::string>& positionals,
                        Words words) {
    return {flags, positionals, io_, log_, log_.status_line(), words};
  }

  /// Of flags that only some commands have.
  void set_output(const ParsedFlags& flags) {
    const bool is_level_given = verbose_ || log_level_.has_value();
    if (flags.is_set("quiet") && !is_level_given) log_.set_level(LogLevel::error);
    if (progress_form(flags, io_) == ProgressForm::json) log_.set_form(LogForm::events);
  }

  void hint_at_rootless(const Command& command, const ParsedFlags& flags, const Error& error) {
    const bool denied = error.code() == std::errc::permission_denied ||
                        error.code() == std::errc::operation_not_permitted;
    const bool has_flag = std::any_of(
        command.flags.begin(), command.flags.end(),
        [](const Flag& flag) { return flag.name == "rootless" && flag.use == FlagUse::heeded; });
    if (denied && has_flag && !flags.is_set("rootless")) {
      log_.warn("umoci met a permission error: maybe --rootless will help");
    }
  }

  Io& io_;
  LogPrinter log_;
  bool verbose_ = false;
  bool tells_conflicts_ = false;
  std::optional<std::string> log_level_;
  const std::vector<Command> commands_ = all_commands();
};

}  // namespace

int run(const std::vector<std::string>& arguments, Io& io) { return Program(io).run(arguments); }

}  // namespace umoci::cli
