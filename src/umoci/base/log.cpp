// SPDX-License-Identifier: Apache-2.0
#include <umoci/base/log.hpp>

namespace umoci {
namespace {

class SilentLog final : public Log {
 public:
  void write(LogLevel, std::string_view, const std::vector<LogField>&) override {}
};

}  // namespace

Log& silent_log() {
  static SilentLog log;
  return log;
}

}  // namespace umoci
