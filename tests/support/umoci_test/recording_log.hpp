// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <umoci/base/log.hpp>

#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace umoci::test {

/// A Log that keeps what it was told, as lines such as `skipped it file=/etc/passwd`.
class RecordingLog final : public Log {
 public:
  void write(LogLevel level, std::string_view message,
             const std::vector<LogField>& fields) override {
    std::string line(message);
    for (const LogField& field : fields) line += " " + field.key + "=" + field.value;
    const std::lock_guard lock(mutex_);
    (level == LogLevel::warn ? warnings_ : others_).push_back(std::move(line));
  }

  [[nodiscard]] const std::vector<std::string>& warnings() const { return warnings_; }
  /// What is no warning.
  [[nodiscard]] const std::vector<std::string>& others() const { return others_; }
  void clear() {
    const std::lock_guard lock(mutex_);
    warnings_.clear();
    others_.clear();
  }

 private:
  std::mutex mutex_;
  std::vector<std::string> warnings_;
  std::vector<std::string> others_;
};

}  // namespace umoci::test
