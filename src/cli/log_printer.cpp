// SPDX-License-Identifier: Apache-2.0
#include <cli/log_printer.hpp>

#include <cli/code_points.hpp>
#include <cli/go_quote.hpp>
#include <cli/progress/progress_event.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace umoci::cli {
namespace {

constexpr std::size_t message_width = 25;

int color_code(LogLevel level) {
  switch (level) {
    case LogLevel::debug:
      return 37;
    case LogLevel::info:
      return 34;
    case LogLevel::warn:
      return 33;
    case LogLevel::error:
    case LogLevel::fatal:
      break;
  }
  return 31;
}

}  // namespace

std::optional<LogLevel> parse_log_level(std::string_view text) {
  std::string word(text);
  std::transform(word.begin(), word.end(), word.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  if (word == "debug") return LogLevel::debug;
  if (word == "info") return LogLevel::info;
  if (word == "warn" || word == "warning") return LogLevel::warn;
  if (word == "error") return LogLevel::error;
  if (word == "fatal") return LogLevel::fatal;
  return std::nullopt;
}

void LogPrinter::write(LogLevel level, std::string_view message,
                       const std::vector<LogField>& fields) {
  if (level < level_) return;
  status_line_.print(form_ == LogForm::events ? message_event(level, message, fields)
                                              : text_line(level, message, fields));
}

std::string LogPrinter::text_line(LogLevel level, std::string_view message,
                                  const std::vector<LogField>& fields) const {
  auto sorted = fields;
  std::sort(sorted.begin(), sorted.end(),
            [](const LogField& a, const LogField& b) { return a.key < b.key; });

  const std::string_view symbol = level >= LogLevel::error ? "   ⨯" : "   •";
  const std::string color = color_ == Color::on ? fmt::format("\x1b[{}m", color_code(level)) : "";
  const std::string_view reset = color_ == Color::on ? "\x1b[0m" : "";
  // Nothing in a message may break the line or talk to the terminal.
  const std::string text = escape_invisible(message);
  const std::size_t width = count_code_points(text);
  std::string line = color_ == Color::on
                         ? fmt::format("{}\x1b[1m{}\x1b[22m {}", color, symbol, text)
                         : fmt::format("{} {}", symbol, text);
  line.append(width < message_width ? message_width - width : 0, ' ');
  line += reset;
  for (const LogField& field : sorted) {
    line += fmt::format(" {}{}{}={}", color, escape_invisible(field.key), reset,
                        escape_invisible(field.value));
  }
  return line + '\n';
}

}  // namespace umoci::cli
