// SPDX-License-Identifier: Apache-2.0
#include <cli/status_line.hpp>

#include <ostream>

namespace umoci::cli {
namespace {

constexpr std::string_view line_start = "\r";
constexpr std::string_view erase_rest = "\x1b[K";

}  // namespace

void StatusLine::print(std::string_view lines) {
  const std::lock_guard lock(mutex_);
  if (shown_.empty()) return write(lines);
  std::string text(line_start);
  text.append(erase_rest).append(lines).append(shown_);
  write(text);
}

void StatusLine::show(std::string_view text) {
  const std::lock_guard lock(mutex_);
  if (text == shown_) return;
  std::string whole(line_start);
  // What is typed is echoed behind the line: it goes with the next one. Erasing last does not
  // flicker.
  whole.append(text).append(erase_rest);
  shown_ = text;
  write(whole);
}

void StatusLine::hide() {
  const std::lock_guard lock(mutex_);
  if (shown_.empty()) return;
  shown_.clear();
  write(std::string(line_start).append(erase_rest));
}

void StatusLine::abandon() {
  const std::lock_guard lock(mutex_);
  shown_.clear();
}

/// At once: two processes may write to one terminal.
void StatusLine::write(std::string_view text) { err_ << text << std::flush; }

}  // namespace umoci::cli
