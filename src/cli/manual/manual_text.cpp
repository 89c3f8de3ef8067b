// SPDX-License-Identifier: Apache-2.0
#include <cli/manual/manual_text.hpp>

#include <algorithm>

namespace umoci::cli {
namespace {

constexpr std::string_view example_indent = "    ";

std::string without_comments(std::string_view text) {
  std::string rest;
  while (true) {
    const std::size_t begin = text.find("<!--");
    rest += text.substr(0, begin);
    if (begin == std::string_view::npos) return rest;
    const std::size_t end = text.find("-->", begin);
    if (end == std::string_view::npos) return rest;
    text.remove_prefix(end + 3);
  }
}

class Parser {
 public:
  ManualText parse(std::string_view text) {
    while (!text.empty()) {
      const std::size_t end = text.find('\n');
      add(text.substr(0, end));
      text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    }
    return std::move(manual_);
  }

 private:
  void add(std::string_view line) {
    if (line.find_first_not_of(' ') == std::string_view::npos) {
      ++blank_lines_;
      return;
    }
    add_filled(line);
    blank_lines_ = 0;
  }

  void add_filled(std::string_view line) {
    if (line.starts_with("# ")) return;
    if (line.starts_with("## ")) {
      manual_.sections.push_back({.title = std::string(line.substr(3)), .blocks = {}});
    } else if (line.starts_with(example_indent)) {
      add_example(line.substr(example_indent.size()));
    } else if (line.starts_with("- ")) {
      add_item(line.substr(2));
    } else if (blank_lines_ == 0 && !blocks().empty() &&
               blocks().back().kind != TextBlock::Kind::example) {
      line.remove_prefix(line.find_first_not_of(' '));
      blocks().back().text += ' ' + std::string(line);
    } else {
      blocks().push_back({.text = std::string(line)});
    }
  }

  void add_example(std::string_view line) {
    if (blocks().empty() || blocks().back().kind != TextBlock::Kind::example) {
      blocks().push_back({.kind = TextBlock::Kind::example, .text = std::string(line)});
      return;
    }
    // An empty line of an example is an empty line of the file, too.
    blocks().back().text += std::string(blank_lines_ + 1, '\n') + std::string(line);
  }

  void add_item(std::string_view line) {
    TextBlock item{.kind = TextBlock::Kind::item};
    if (const std::size_t end = line.find("`: "); line.starts_with('`') && end != line.npos) {
      item.term = line.substr(1, end - 1);
      line.remove_prefix(end + 3);
    }
    item.text = line;
    blocks().push_back(std::move(item));
  }

  std::vector<TextBlock>& blocks() {
    return manual_.sections.empty() ? manual_.description : manual_.sections.back().blocks;
  }

  ManualText manual_;
  std::size_t blank_lines_ = 0;
};

}  // namespace

std::vector<TextBlock> ManualText::section(std::string_view title) const {
  const auto found = std::ranges::find(sections, title, &TextSection::title);
  return found == sections.end() ? std::vector<TextBlock>{} : found->blocks;
}

ManualText parse_manual_text(std::string_view text) {
  return Parser().parse(without_comments(text));
}

}  // namespace umoci::cli
