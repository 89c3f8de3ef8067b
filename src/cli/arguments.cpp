// SPDX-License-Identifier: Apache-2.0
#include <cli/arguments.hpp>

#include <umoci/base/error.hpp>

#include <fmt/format.h>

namespace umoci::cli {

void require_positionals(const Invocation& line, const std::vector<std::string_view>& names) {
  if (line.positionals.size() != names.size()) {
    std::string expected;
    for (const std::string_view name : names) {
      expected += fmt::format("{}<{}>", expected.empty() ? "" : " ", name);
    }
    throw Error(ErrorKind::invalid_argument,
                fmt::format("invalid number of positional arguments: expected {}, got {}",
                            expected.empty() ? "none" : expected, line.positionals.size()));
  }
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (line.positionals[i].empty()) {
      throw Error(ErrorKind::invalid_argument, fmt::format("<{}> cannot be empty", names[i]));
    }
  }
}

Flag json_flag() { return {.name = "json", .description = "print one object of JSON"}; }

std::vector<Flag> join_flags(std::vector<std::vector<Flag>> groups) {
  std::vector<Flag> all;
  for (auto& group : groups) {
    for (auto& flag : group) all.push_back(std::move(flag));
  }
  return all;
}

}  // namespace umoci::cli
