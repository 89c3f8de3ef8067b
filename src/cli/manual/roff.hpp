// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace umoci::cli {

/// `text`, so that roff prints it as it is: a dash is a dash that can be copied, and nothing in it
/// is a request. Lines may begin with anything.
[[nodiscard]] std::string roff_escaped(std::string_view text);

/// The same of a sentence of ours: what is in backquotes, flags, and names such as runc(8) become
/// bold, <names> italic.
[[nodiscard]] std::string roff_marked(std::string_view text);

/// A man page that grows from top to bottom.
class RoffPage {
 public:
  /// `date` may be empty.
  RoffPage(std::string_view title, std::string_view date, std::string_view source);

  void section(std::string_view title);
  void paragraph(std::string_view sentences);
  /// `term` is roff already.
  void item(std::string_view term, std::string_view sentences);
  void bullet(std::string_view sentences);
  void example(std::string_view lines);

  [[nodiscard]] const std::string& text() const { return text_; }

 private:
  void begin_paragraph();
  void fill(std::string_view sentences);

  std::string text_;
  bool section_is_empty_ = true;
};

}  // namespace umoci::cli
