// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <iosfwd>
#include <mutex>
#include <string>
#include <string_view>

namespace umoci::cli {

/// Standard error: lines that stay, and below them at most one line that changes. As long as no
/// changing line is shown nothing but the lines is written, so that this serves files as well. What
/// is written for it is a carriage return and "erase to the end of the line", nothing else.
/// Thread-safe.
class StatusLine {
 public:
  explicit StatusLine(std::ostream& err) : err_(err) {}

  /// Prints whole lines above the one that changes.
  void print(std::string_view lines);
  /// Makes `text` the line that changes. It must fit in the terminal's line and hold nothing that
  /// steers it.
  void show(std::string_view text);
  /// Takes the line that changes away.
  void hide();
  /// Leaves the line that changes where it is: whoever writes to the terminal now shall not see it
  /// go.
  void abandon();

 private:
  void write(std::string_view text);

  std::ostream& err_;
  std::mutex mutex_;
  std::string shown_;  ///< empty: none
};

}  // namespace umoci::cli
