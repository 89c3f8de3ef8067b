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

/// What is wrong with an assignment; empty: nothing.
std::string_view fault_of(std::string_view text) {
  const std::size_t equals = text.find('=');
  if (equals == std::string_view::npos) return "environment variable must contain '='";
  return equals == 0 ? "environment variable must have non-empty name" : "";
}

}  // namespace

bool has_variable(const std::vector<std::string>& environment, std::string_view name) {
  return std::any_of(environment.begin(), environment.end(),
                     [&](const std::string& variable) { return name_of(variable) == name; });
}

void set_variables(std::vector<std::string>& environment,
                   const std::vector<std::string>& assignments, MalformedVariables malformed,
                   Log& log) {
  std::unordered_map<std::string, std::size_t> positions;
  for (std::size_t i = 0; i < environment.size(); ++i) {
    positions.emplace(name_of(environment[i]), i);
  }
  std::unordered_set<std::string_view> seen;
  for (const std::string& assignment : assignments) {
    if (const std::string_view fault = fault_of(assignment); !fault.empty()) {
      if (malformed == MalformedVariables::are_errors) {
        throw Error(ErrorKind::invalid_data, std::string(fault) + ": " + quoted(assignment));
      }
      log.warn("malformed environment variable is left out", {{"variable", quoted(assignment)}});
      continue;
    }
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
