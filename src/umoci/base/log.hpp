// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

namespace umoci {

enum class LogLevel { debug, info, warn, error, fatal };

struct LogField {
  std::string key;
  std::string value;
};

/// Where the library tells what it does. Implementations must be callable from any thread.
class Log {
 public:
  Log() = default;
  Log(const Log&) = delete;
  Log& operator=(const Log&) = delete;
  virtual ~Log() = default;

  virtual void write(LogLevel level, std::string_view message,
                     const std::vector<LogField>& fields) = 0;

  void debug(std::string_view message, const std::vector<LogField>& fields = {}) {
    write(LogLevel::debug, message, fields);
  }
  void info(std::string_view message, const std::vector<LogField>& fields = {}) {
    write(LogLevel::info, message, fields);
  }
  void warn(std::string_view message, const std::vector<LogField>& fields = {}) {
    write(LogLevel::warn, message, fields);
  }
};

/// A Log that forgets everything.
[[nodiscard]] Log& silent_log();

}  // namespace umoci
