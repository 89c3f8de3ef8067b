// SPDX-License-Identifier: Apache-2.0
#include <umoci/mtree/lines.hpp>

#include <umoci/base/error.hpp>

#include <algorithm>

namespace umoci::mtree {
namespace {

constexpr std::size_t max_line_bytes = 16U << 20U;

/// Anything else, CR and form feed included, is part of a word.
bool is_blank(char c) { return c == ' ' || c == '\t'; }

/// True if the last backslash of the line is not itself escaped.
bool is_continued(std::string_view line) {
  const std::size_t last_other = line.find_last_not_of('\\');
  const std::size_t backslashes =
      line.size() - (last_other == std::string_view::npos ? 0 : last_other + 1);
  return backslashes % 2 == 1;
}

void check_size(std::size_t size_bytes) {
  if (size_bytes > max_line_bytes) {
    throw Error(ErrorKind::limit_exceeded, "line is longer than 16 MiB");
  }
}

}  // namespace

std::string_view next_word(std::string_view& rest) {
  const auto first = std::find_if_not(rest.begin(), rest.end(), is_blank);
  const auto last = std::find_if(first, rest.end(), is_blank);
  const std::string_view word(first, last);
  rest = std::string_view(last, rest.end());
  return word;
}

bool is_comment(std::string_view line) {
  const auto first = std::find_if_not(line.begin(), line.end(), is_blank);
  return first != line.end() && *first == '#';
}

std::string_view LineReader::next_part() {
  const std::size_t end = rest_.find('\n');
  std::string_view part = rest_.substr(0, end);
  rest_.remove_prefix(end == std::string_view::npos ? rest_.size() : end + 1);
  ++next_number_;
  if (part.ends_with('\r')) part.remove_suffix(1);
  return part;
}

std::optional<std::string_view> LineReader::next() {
  if (rest_.empty()) return std::nullopt;
  number_ = next_number_;
  std::string_view part = next_part();
  check_size(part.size());
  if (!is_continued(part) || is_comment(part)) return part;

  joined_.clear();
  while (is_continued(part)) {
    part.remove_suffix(1);
    joined_ += part;
    part = next_part();
    check_size(joined_.size() + part.size());
  }
  joined_ += part;
  return joined_;
}

}  // namespace umoci::mtree
