// SPDX-License-Identifier: Apache-2.0
#include <cli/run.hpp>

#include <cli/commands/commands.hpp>
#include <cli/go_quote.hpp>
#include <cli/help.hpp>
#include <cli/log_printer.hpp>
#include <cli/parse_line.hpp>
#include <cli/print_version.hpp>

#include <umoci/base/error.hpp>

#include <algorithm>
#include <cerrno>
#include <exception>
#include <new>
#include <ostream>
#include <span>

namespace umoci::cli {
namespace {

constexpr int exit_success = 0;
constexpr int exit_failure = 1;
constexpr int exit_unknown_command = 3;

const Flag help_flag{.name = "help", .aliases = {"h"}};

std::vector<Flag> global_flags() {
  return {
      {.name = "verbose", .description = "same as --log=info"},
      {.name = "log",
       .kind = FlagKind::single,
       .value_name = "level",
       .description = "print messages of this level and above: debug, info, warn, error, fatal",
       .default_text = "warn"},
      {.name = "version", .aliases = {"v"}, .description = "print versions and exit"},
  };
}

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

  static ParsedLine parse(std::vector<Flag> flags, Words words, ParseMode mode) {
    flags.push_back(help_flag);
    return parse_line(flags, words, mode);
  }

  int run_caught(const std::vector<std::string>& arguments) {
    try {
      return dispatch(arguments);
    } catch (const std::bad_alloc&) {
      return fail("out of memory");
    } catch (const std::exception& error) {
      return fail(error.what());
    }
  }

  int fail(std::string_view text) {
    log_.debug(text);
    log_.write(LogLevel::fatal, text, {});
    return exit_failure;
  }

  int dispatch(const std::vector<std::string>& arguments) {
    const ParsedLine line = parse(global_flags(), arguments, ParseMode::until_positional);
    if (!line.problem.empty()) {
      io_.out << "Incorrect Usage. " << escape_invisible(line.problem) << "\n\n";
      print_application_help(io_.out, commands_, global_flags());
      return fail(line.problem);
    }
    if (line.flags.is_set("help")) return print_application();
    if (line.flags.is_set("version")) {
      print_version(io_.out);
      return exit_success;
    }
    set_log_level(line.flags);
    if (line.positionals.empty()) return print_application();
    return run_command(line.positionals);
  }

  void set_log_level(const ParsedFlags& flags) {
    const auto level = flags.value("log");
    if (flags.is_set("verbose")) {
      if (level) {
        throw Error(ErrorKind::invalid_argument, "--log and --verbose are mutually exclusive");
      }
      log_.set_level(LogLevel::info);
    }
    if (!level) return;
    const auto parsed = parse_log_level(*level);
    if (!parsed) {
      throw Error(ErrorKind::invalid_argument,
                  "parsing log level: unknown level " + quoted(*level));
    }
    log_.set_level(*parsed);
  }

  int print_application() {
    print_application_help(io_.out, commands_, global_flags());
    return exit_success;
  }

  int unknown_topic(std::string_view name) {
    io_.err << "no help topic for " << quoted(name) << "\n";
    return exit_unknown_command;
  }

  int run_command(Words words) {
    const std::string& name = words.front();
    if (name == "help" || name == "h") return print_topic(commands_, "", words.subspan(1));
    const Command* command = find_command(commands_, name);
    if (command == nullptr) return unknown_topic(name);
    if (command->subcommands.empty()) return run_parsed(*command, "", words.subspan(1));
    return run_group(*command, words.subspan(1));
  }

  int run_group(const Command& group, Words words) {
    const ParsedLine line = parse(group.flags, words, ParseMode::until_positional);
    if (!line.problem.empty()) {
      io_.out << "Incorrect Usage. " << escape_invisible(line.problem) << "\n\n";
      print_group_help(io_.out, group);
      return fail(line.problem);
    }
    if (line.flags.is_set("help") || line.positionals.empty()) {
      print_group_help(io_.out, group);
      return exit_success;
    }
    const Words rest(line.positionals);
    const std::string& name = rest.front();
    const std::string prefix = std::string(group.name) + " ";
    if (name == "help" || name == "h") {
      if (rest.size() > 1) return print_topic(group.subcommands, prefix, rest.subspan(1));
      print_group_help(io_.out, group);
      return exit_success;
    }
    const Command* command = find_command(group.subcommands, name);
    return command == nullptr ? unknown_topic(name) : run_parsed(*command, prefix, rest.subspan(1));
  }

  int print_topic(const std::vector<Command>& commands, const std::string& prefix, Words topic) {
    if (topic.empty() || topic.front().starts_with('-')) return print_application();
    const Command* command = find_command(commands, topic.front());
    if (command == nullptr) return unknown_topic(topic.front());
    if (command->arguments == ArgumentStyle::unparsed) command->run(invocation({}, {}));
    if (command->subcommands.empty()) {
      print_command_help(io_.out, prefix + std::string(command->name), *command);
    } else {
      print_group_help(io_.out, *command);
    }
    return exit_success;
  }

  int run_parsed(const Command& command, const std::string& prefix, Words words) {
    if (command.arguments == ArgumentStyle::unparsed) {
      command.run(invocation({}, {}));
      return exit_success;
    }
    const std::string name = prefix + std::string(command.name);
    const ParsedLine line = parse(command.flags, words, ParseMode::whole_line);
    if (!line.problem.empty()) {
      io_.out << "Incorrect Usage: " << escape_invisible(line.problem) << "\n\n";
      print_command_help(io_.out, name, command);
      return fail(line.problem);
    }
    if (line.flags.is_set("help")) {
      print_command_help(io_.out, name, command);
      return exit_success;
    }
    for (const Flag& flag : command.flags) {
      if (flag.presence == Presence::optional || line.flags.given(flag.name)) continue;
      print_command_help(io_.out, name, command);
      return fail("missing mandatory argument: --" + std::string(flag.name));
    }
    try {
      command.run(invocation(line.flags, line.positionals));
    } catch (const Error& error) {
      hint_at_rootless(command, line.flags, error);
      throw;
    }
    return exit_success;
  }

  Invocation invocation(const ParsedFlags& flags, const std::vector<std::string>& positionals) {
    return {flags, positionals, io_, log_};
  }

  void hint_at_rootless(const Command& command, const ParsedFlags& flags, const Error& error) {
    const bool denied = error.code() == std::errc::permission_denied ||
                        error.code() == std::errc::operation_not_permitted;
    const bool has_flag = std::any_of(command.flags.begin(), command.flags.end(),
                                      [](const Flag& flag) { return flag.name == "rootless"; });
    if (denied && has_flag && !flags.is_set("rootless")) {
      log_.warn("umoci met a permission error: maybe --rootless will help");
    }
  }

  Io& io_;
  LogPrinter log_;
  const std::vector<Command> commands_ = all_commands();
};

}  // namespace

int run(const std::vector<std::string>& arguments, Io& io) { return Program(io).run(arguments); }

}  // namespace umoci::cli
