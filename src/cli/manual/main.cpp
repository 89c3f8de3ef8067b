// SPDX-License-Identifier: Apache-2.0

// usage: umoci_manual TEXT-DIRECTORY OUTPUT-DIRECTORY
// Writes the man pages and the completion scripts, laid out as below share/ of a system. It runs
// when umoci is built and is not installed. Pages have a date only if SOURCE_DATE_EPOCH gives one.

#include <cli/arguments/dates.hpp>
#include <cli/commands/commands.hpp>
#include <cli/global_flags.hpp>
#include <cli/manual/completion.hpp>
#include <cli/manual/man_page.hpp>

#include <umoci/base/error.hpp>
#include <umoci/base/timestamp.hpp>

#include <cstdlib>
#include <exception>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <optional>
#include <sstream>
#include <string>
#include <string_view>

namespace umoci::cli {
namespace {

namespace stdfs = std::filesystem;

/// Empty if there is no such file: not every page has more to say than the table of flags.
ManualText read_text(const stdfs::path& path) {
  if (!stdfs::exists(path)) return {};
  const std::ifstream file(path);
  std::ostringstream text;
  text << file.rdbuf();
  if (!file || !text) throw Error(ErrorKind::io, "cannot read " + quoted(path.native()));
  return parse_manual_text(text.str());
}

void write(const stdfs::path& path, const std::string& text) {
  stdfs::create_directories(path.parent_path());
  std::ofstream file(path);
  file << text;
  file.close();
  if (!file) throw Error(ErrorKind::io, "cannot write " + quoted(path.native()));
}

std::string page_date() {
  const auto environment = [](std::string_view name) -> std::optional<std::string> {
    const char* const value = std::getenv(std::string(name).c_str());
    return value == nullptr ? std::nullopt : std::optional<std::string>(value);
  };
  const Io io{.in = std::cin, .out = std::cout, .err = std::cerr, .environment = environment};
  const auto seconds = source_date_epoch(io);
  if (!seconds) return "";
  constexpr std::size_t day_length = 10;  // 2026-01-31
  return format_timestamp({.time = {.seconds = *seconds, .nanoseconds = 0}, .offset_minutes = 0})
      .substr(0, day_length);
}

void write_manual(const stdfs::path& texts, const stdfs::path& output) {
  const Manual manual{.commands = all_commands(), .global_flags = global_flags()};
  const std::string date = page_date();
  const stdfs::path pages = output / "man/man1";
  write(pages / "umoci.1", program_page(manual, read_text(texts / "umoci.md"), date));
  for (const Topic& topic : topics(manual.commands)) {
    const std::string name = page_name(topic.name);
    write(pages / (name + ".1"), man_page(manual, topic, read_text(texts / (name + ".md")), date));
  }
  write(output / "bash-completion/completions/umoci", bash_completion(manual));
  write(output / "zsh/site-functions/_umoci", zsh_completion(manual));
  write(output / "fish/vendor_completions.d/umoci.fish", fish_completion(manual));
}

}  // namespace
}  // namespace umoci::cli

int main(int argc, char** argv) {
  if (argc != 3) {
    std::cerr << "usage: umoci_manual TEXT-DIRECTORY OUTPUT-DIRECTORY\n";
    return 1;
  }
  try {
    umoci::cli::write_manual(argv[1], argv[2]);
  } catch (const std::exception& error) {
    std::cerr << "umoci_manual: " << error.what() << '\n';
    return 1;
  }
  return 0;
}
