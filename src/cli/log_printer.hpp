// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cli/status_line.hpp>

#include <umoci/base/log.hpp>

#include <iosfwd>
#include <optional>
#include <string>
#include <string_view>

namespace umoci::cli {

enum class Color { off, on };
/// How messages look.
enum class LogForm {
  text,    ///< for people
  events,  ///< one JSON object a line. Spec: docs/formats/progress.md
};

/// The level of that name, in any case; nullopt for another word.
[[nodiscard]] std::optional<LogLevel> parse_log_level(std::string_view text);

/// Prints each message as one line for people: symbol, message, fields by key; or as an event.
/// Fatal lines are printed whatever the level.
class LogPrinter final : public Log {
 public:
  LogPrinter(std::ostream& err, Color color) : status_line_(err), color_(color) {}

  void set_level(LogLevel level) noexcept { level_ = level; }
  void set_form(LogForm form) noexcept { form_ = form; }
  /// For whoever else writes to standard error meanwhile.
  [[nodiscard]] StatusLine& status_line() noexcept { return status_line_; }
  void write(LogLevel level, std::string_view message,
             const std::vector<LogField>& fields) override;

 private:
  [[nodiscard]] std::string text_line(LogLevel level, std::string_view message,
                                      const std::vector<LogField>& fields) const;

  StatusLine status_line_;
  Color color_;
  LogForm form_ = LogForm::text;
  LogLevel level_ = LogLevel::warn;
};

}  // namespace umoci::cli
