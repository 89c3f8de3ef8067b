// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <umoci/base/log.hpp>

#include <iosfwd>
#include <mutex>
#include <optional>
#include <string_view>

namespace umoci::cli {

enum class Color { off, on };

/// The level of that name, in any case; nullopt for another word.
[[nodiscard]] std::optional<LogLevel> parse_log_level(std::string_view text);

/// Prints each message as one line for people: symbol, message, fields by key. Fatal lines are
/// printed whatever the level.
class LogPrinter final : public Log {
 public:
  LogPrinter(std::ostream& err, Color color) : err_(err), color_(color) {}

  void set_level(LogLevel level) noexcept { level_ = level; }
  void write(LogLevel level, std::string_view message,
             const std::vector<LogField>& fields) override;

 private:
  std::ostream& err_;
  Color color_;
  LogLevel level_ = LogLevel::warn;
  std::mutex mutex_;
};

}  // namespace umoci::cli
