// SPDX-License-Identifier: Apache-2.0
#include <cli/screen.hpp>

#include <algorithm>
#include <string>

namespace umoci::cli {
namespace {

/// The locale that decides of characters, such as "de_DE.UTF-8@euro".
std::string locale_of(const Io& io) {
  for (const char* name : {"LC_ALL", "LC_CTYPE", "LANG"}) {
    // An empty one counts as none.
    if (auto value = io.environment(name); value && !value->empty()) return *value;
  }
  return "C";
}

bool has_utf8(const std::string& locale) {
  const std::size_t dot = locale.find('.');
  if (dot == std::string::npos) return false;
  std::string name;
  for (const char c : locale.substr(dot + 1, locale.find('@', dot) - dot - 1)) {
    if (c != '-') name += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  }
  return name == "utf8";
}

}  // namespace

Screen screen_of(const Io& io) {
  const auto terminal = io.environment("TERM");
  const bool has_glyphs = terminal != "dumb" && terminal != "linux";
  Screen screen;
  screen.columns = io.out_columns().value_or(screen.columns);
  if (has_glyphs && has_utf8(locale_of(io))) screen.characters = CharacterSet::unicode;
  return screen;
}

}  // namespace umoci::cli
