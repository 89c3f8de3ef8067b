// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <iosfwd>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace umoci::cli {

/// Lines of `name: value`, nested by tabs. Names and the values of value() are printed as they are;
/// the items of lists, maps and sets are quoted where that is needed.
class Outline {
 public:
  explicit Outline(std::ostream& out, std::size_t depth = 0) : out_(out), depth_(depth) {}

  void line(std::string_view text);
  void value(std::string_view name, std::string_view text);
  /// Prints the headline `name:`; what is printed to the result stands below it.
  Outline section(std::string_view name);

  /// One item a line, below a headline.
  void list(std::string_view name, const std::vector<std::string>& items);
  /// One `key: value` a line, below a headline.
  void map(std::string_view name, const std::map<std::string, std::string>& items);
  /// All items on one line.
  void set(std::string_view name, const std::vector<std::string>& items);
  void hex_dump(std::string_view name, std::string_view data);

 private:
  [[nodiscard]] Outline nested() const { return Outline(out_, depth_ + 1); }

  std::ostream& out_;
  std::size_t depth_;
};

}  // namespace umoci::cli
