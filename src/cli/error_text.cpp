// SPDX-License-Identifier: Apache-2.0
#include <cli/error_text.hpp>

#include <ranges>
#include <string_view>

namespace umoci::cli {
namespace {

/// What a place is known by: its name in quotes, or all of it.
std::string_view name_of(std::string_view place) {
  const auto quote = place.find('"');
  return quote == std::string_view::npos ? place : place.substr(quote);
}

std::string cause_of(const Error& error) {
  std::string text;
  const auto append = [&text](std::string_view part) {
    if (!text.empty() && !part.empty()) text += ": ";
    text += part;
  };
  for (const ErrorFrame& frame : error.context()) {
    if (frame.kind == ErrorFrame::Kind::verdict) append(frame.text);
  }
  append(error.message());
  if (error.code()) append(error.code().message());
  return text;
}

}  // namespace

std::string error_text(const Error& error) {
  std::string text = cause_of(error);
  // Where the work was when somebody ended it says nothing.
  if (error.kind() == ErrorKind::cancelled) return text;
  const char* separator = " (";
  for (const ErrorFrame& frame : std::views::reverse(error.context())) {
    const bool is_place = frame.kind == ErrorFrame::Kind::place;
    if (!is_place || text.find(name_of(frame.text)) != std::string::npos) continue;
    text += separator + frame.text;
    separator = ", ";
  }
  if (separator[0] == ',') text += ')';
  return text;
}

}  // namespace umoci::cli
