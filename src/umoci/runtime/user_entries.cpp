// SPDX-License-Identifier: Apache-2.0
#include <umoci/runtime/user_entries.hpp>

#include <umoci/base/error.hpp>
#include <umoci/base/number.hpp>

#include <algorithm>
#include <array>
#include <system_error>

namespace umoci::runtime {
namespace {

std::string_view trim(std::string_view text) {
  constexpr std::string_view white_space = " \t\n\v\f\r";
  const std::size_t start = text.find_first_not_of(white_space);
  if (start == std::string_view::npos) return {};
  return text.substr(start, text.find_last_not_of(white_space) - start + 1);
}

/// Cuts off what lies before the first `separator`, and the separator.
std::string_view cut(std::string_view& rest, char separator) {
  const std::size_t end = rest.find(separator);
  const std::string_view part = rest.substr(0, end);
  rest = end == std::string_view::npos ? std::string_view() : rest.substr(end + 1);
  return part;
}

/// The first N fields of a line; missing ones are empty.
template <std::size_t N>
std::array<std::string_view, N> fields_of(std::string_view line) {
  std::array<std::string_view, N> fields;
  for (std::string_view& field : fields) field = cut(line, ':');
  return fields;
}

std::optional<std::uint32_t> parse_id(std::string_view text) {
  const auto id = parse_number<std::uint32_t>(text);
  return id && *id <= max_id ? id : std::nullopt;
}

}  // namespace

std::optional<std::string_view> EntryLines::next() {
  while (!rest_.empty()) {
    const std::string_view line = trim(cut(rest_, '\n'));
    if (line.empty() || std::string_view("#+-").find(line.front()) != std::string_view::npos) {
      continue;
    }
    // No C program could have written or read such a line.
    if (line.find('\0') == std::string_view::npos) return line;
    skip(line);
  }
  return std::nullopt;
}

void EntryLines::skip(std::string_view line) {
  constexpr std::size_t shown_bytes = 80;
  if (skipped_count_ == 0) first_skipped_ = line.substr(0, shown_bytes);
  ++skipped_count_;
}

void EntryLines::report_skipped(std::string_view file, Log& log) const {
  if (skipped_count_ == 0) return;
  log.warn("skipped malformed lines", {{"file", std::string(file)},
                                       {"lines", std::to_string(skipped_count_)},
                                       {"first", quoted(first_skipped_)}});
}

std::optional<UserEntry> UserEntries::next() {
  while (const std::optional<std::string_view> line = lines_.next()) {
    const auto [name, password, uid, gid, comment, home] = fields_of<6>(*line);
    const std::optional<std::uint32_t> user = parse_id(uid);
    const std::optional<std::uint32_t> group = parse_id(gid);
    if (user && group) return UserEntry{.name = name, .uid = *user, .gid = *group, .home = home};
    lines_.skip(*line);
  }
  return std::nullopt;
}

std::optional<SubidEntry> SubidEntries::next() {
  while (const std::optional<std::string_view> line = lines_.next()) {
    const auto [owner, start, count, more] = fields_of<4>(*line);
    const bool has_three = std::count(line->begin(), line->end(), ':') == 2;
    const std::optional<std::uint32_t> first = parse_id(start);
    const std::optional<std::uint32_t> size = parse_id(count);
    if (has_three && !owner.empty() && first && size && *size > 0 && *size - 1 <= max_id - *first) {
      return SubidEntry{.owner = owner, .start = *first, .count = *size};
    }
    lines_.skip(*line);
  }
  return std::nullopt;
}

bool GroupEntry::has_member(std::string_view user) const {
  std::string_view rest = members;
  while (!rest.empty()) {
    if (cut(rest, ',') == user) return true;
  }
  return false;
}

std::optional<GroupEntry> GroupEntries::next() {
  while (const std::optional<std::string_view> line = lines_.next()) {
    const auto [name, password, gid, members] = fields_of<4>(*line);
    if (const std::optional<std::uint32_t> group = parse_id(gid)) {
      return GroupEntry{.name = name, .gid = *group, .members = members};
    }
    lines_.skip(*line);
  }
  return std::nullopt;
}

}  // namespace umoci::runtime
