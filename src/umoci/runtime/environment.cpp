// SPDX-License-Identifier: Apache-2.0
#include <umoci/runtime/environment.hpp>

#include <umoci/base/error.hpp>

#include <algorithm>
#include <unordered_map>
#include <unordered_set>

namespace umoci::runtime {
namespace {

std::string_view name_of(std::string_view variable) {
  return variable.substr(0, variable.find('='));
}

void check_assignment(std::string_view text) {
  const std::size_t equals = text.find('=');
  if (equals == std::string_view::npos) {
    throw Error(ErrorKind::invalid_data, "environment variable must contain '=': " + quoted(text));
  }
  if (equals == 0) {
    throw Error(ErrorKind::invalid_data,
                "environment variable must have non-empty name: " + quoted(text));
  }
}

}  // namespace

bool has_variable(const std::vector<std::string>& environment, std::string_view name) {
  return std::any_of(environment.begin(), environment.end(),
                     [&](const std::string& variable) { return name_of(variable) == name; });
}

void set_variables(std::vector<std::string>& environment,
                   const std::vector<std::string>& assignments, Log& log) {
  std::unordered_map<std::string, std::size_t> positions;
  for (std::size_t i = 0; i < environment.size(); ++i) {
    positions.emplace(name_of(environment[i]), i);
  }
  std::unordered_set<std::string_view> seen;
  for (const std::string& assignment : assignments) {
    check_assignment(assignment);
    const std::string_view name = name_of(assignment);
    if (!seen.insert(name).second) {
      log.warn("environment variable is set twice, the last value counts",
               {{"variable", quoted(name)}});
    }
    const auto [position, added] = positions.emplace(name, environment.size());
    if (added) {
      environment.push_back(assignment);
    } else {
      environment[position->second] = assignment;
    }
  }
}

}  // namespace umoci::runtime
