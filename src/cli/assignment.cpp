// SPDX-License-Identifier: Apache-2.0
#include <cli/assignment.hpp>

#include <umoci/base/error.hpp>

#include <fmt/format.h>

namespace umoci::cli {
namespace {

Assignment parse(std::string_view flag, const std::string& text, EmptyName empty_name) {
  const std::size_t equals = text.find('=');
  if (equals == std::string::npos || (equals == 0 && empty_name == EmptyName::refused)) {
    throw Error(ErrorKind::invalid_argument,
                fmt::format("invalid --{}: {} is not of the form name=value", flag, quoted(text)));
  }
  return {.name = text.substr(0, equals), .value = text.substr(equals + 1)};
}

}  // namespace

std::vector<Assignment> parse_assignments(const ParsedFlags& flags, std::string_view flag,
                                          EmptyName empty_name) {
  std::vector<Assignment> assignments;
  for (const std::string& text : flags.values(flag)) {
    assignments.push_back(parse(flag, text, empty_name));
  }
  return assignments;
}

}  // namespace umoci::cli
