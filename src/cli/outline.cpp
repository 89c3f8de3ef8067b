// SPDX-License-Identifier: Apache-2.0
#include <cli/outline.hpp>

#include <cli/go_quote.hpp>
#include <cli/hex_dump.hpp>

#include <fmt/format.h>

#include <ostream>

namespace umoci::cli {
namespace {

std::string quote(std::string_view text) { return quote_if_needed(text, QuoteWhen::blank); }

}  // namespace

void Outline::line(std::string_view text) { out_ << std::string(depth_, '\t') << text << '\n'; }

void Outline::value(std::string_view name, std::string_view text) {
  line(fmt::format("{}: {}", name, text));
}

Outline Outline::section(std::string_view name) {
  line(fmt::format("{}:", name));
  return nested();
}

void Outline::list(std::string_view name, const std::vector<std::string>& items) {
  Outline below = section(name);
  for (const auto& item : items) below.line(quote(item));
}

void Outline::map(std::string_view name, const std::map<std::string, std::string>& items) {
  Outline below = section(name);
  for (const auto& [key, text] : items) below.value(quote(key), quote(text));
}

void Outline::set(std::string_view name, const std::vector<std::string>& items) {
  std::string joined;
  for (const auto& item : items) {
    if (!joined.empty()) joined += ", ";
    joined += quote_if_needed(item, QuoteWhen::blank_or_comma);
  }
  value(name, joined);
}

void Outline::hex_dump(std::string_view name, std::string_view data) {
  value(name, fmt::format("({} bytes)", data.size()));
  Outline below = nested();
  for (const auto& row : cli::hex_dump(data)) below.line(row);
}

}  // namespace umoci::cli
