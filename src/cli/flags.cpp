// SPDX-License-Identifier: Apache-2.0
#include <cli/flags.hpp>

namespace umoci::cli {

std::string value_form(const Flag& flag) {
  if (flag.kind != FlagKind::boolean) return " " + std::string(flag.value_name);
  std::string words;
  for (const std::string& word : flag.words) words += (words.empty() ? "" : "|") + word;
  return words.empty() ? "" : "[=" + words + "]";
}

bool ParsedFlags::given(std::string_view name) const { return values_.contains(name); }

bool ParsedFlags::is_set(std::string_view name) const {
  return value(name).value_or("false") != "false";
}

std::optional<std::string> ParsedFlags::value(std::string_view name) const {
  const auto found = values_.find(name);
  if (found == values_.end()) return std::nullopt;
  return found->second.back();
}

std::vector<std::string> ParsedFlags::values(std::string_view name) const {
  const auto found = values_.find(name);
  return found == values_.end() ? std::vector<std::string>{} : found->second;
}

void ParsedFlags::set(std::string_view name, FlagKind kind, std::string value) {
  auto& values = values_[std::string(name)];
  if (kind != FlagKind::list) values.clear();
  values.push_back(std::move(value));
}

}  // namespace umoci::cli
