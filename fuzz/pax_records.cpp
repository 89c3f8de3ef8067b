// SPDX-License-Identifier: Apache-2.0
// Bodies of extended headers, beside a plain parser; what was read, written again, is the same
// bytes if lengths had no needless zeros in front.
#include <fuzz/target.hpp>

#include <umoci/base/error.hpp>
#include <umoci/tar/numbers.hpp>
#include <umoci/tar/pax_records.hpp>

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <vector>

namespace umoci::tar {
namespace {

using fuzz::expect;

struct Record {
  std::string key;
  std::string value;

  friend bool operator==(const Record&, const Record&) = default;
};

struct Body {
  std::vector<Record> records;
  bool is_canonical = true;  ///< no length has more digits than it needs
};

/// True of 10, 100, …: with a digit less the record would be one byte shorter, and that is a
/// possible length, too.
bool is_needlessly_long(std::uint64_t length) {
  while (length % 10 == 0 && length > 10) length /= 10;
  return length == 10;
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// What POSIX makes of `body`, and nullopt if it makes nothing of it.
std::optional<Body> parse_plainly(std::string_view body) {
  static const std::array<std::string, 4> texts{"path", "linkpath", "uname", "gname"};
  Body result;
  while (!body.empty()) {
    std::size_t digits = 0;
    std::uint64_t length = 0;
    while (digits < body.size() && is_digit(body[digits])) {
      length = std::min<std::uint64_t>(length * 10 + static_cast<unsigned>(body[digits++] - '0'),
                                       body.size() + 1);
    }
    if (digits == 0 || digits == body.size() || body[digits] != ' ') return std::nullopt;
    if (length > body.size() || length <= digits + 1) return std::nullopt;
    if (body[static_cast<std::size_t>(length) - 1] != '\n') return std::nullopt;
    if (body.front() == '0' || is_needlessly_long(length)) result.is_canonical = false;
    const std::string_view text =
        body.substr(digits + 1, static_cast<std::size_t>(length) - digits - 2);
    body.remove_prefix(static_cast<std::size_t>(length));
    const std::size_t equals = text.find('=');
    if (equals == std::string_view::npos || equals == 0) return std::nullopt;
    const Record& record = result.records.emplace_back(
        Record{std::string(text.substr(0, equals)), std::string(text.substr(equals + 1))});
    const bool is_text = std::find(texts.begin(), texts.end(), record.key) != texts.end();
    if (record.key.find('\0') != std::string::npos) return std::nullopt;
    if (is_text && record.value.find('\0') != std::string::npos) return std::nullopt;
  }
  return result;
}

std::optional<std::vector<Record>> parse(std::string_view body) {
  std::vector<Record> records;
  try {
    while (!body.empty()) {
      const std::size_t before = body.size();
      const PaxRecord record = next_pax_record(body);
      expect(body.size() < before, "a record takes no bytes");
      records.push_back({std::string(record.key), std::string(record.value)});
    }
  } catch (const Error& error) {
    expect(error.kind() == ErrorKind::invalid_data, "another kind of error");
    return std::nullopt;
  }
  return records;
}

void check_identity(std::string_view body, const Body& expected) {
  std::string formatted;
  for (const Record& record : expected.records) {
    append_pax_record(formatted, record.key, record.value);
  }
  expect(formatted.size() <= body.size(), "records become longer when they are written again");
  if (expected.is_canonical)
    expect(formatted == body, "records change when they are written again");
  expect(parse(formatted) == expected.records, "what was written again is read as something else");
}

/// The regions that pairs of records name; nullopt if they are malformed.
std::optional<Extents> sparse_pairs(const std::vector<Record>& records) {
  Extents extents;
  bool awaits_size = false;
  for (const Record& record : records) {
    const bool is_size = record.key == "GNU.sparse.numbytes";
    if (!is_size && record.key != "GNU.sparse.offset") continue;
    const auto number = parse_decimal(record.value);
    if (is_size != awaits_size || !number || *number < 0) return std::nullopt;
    if (!is_size) extents.emplace_back();
    (is_size ? extents.back().size_bytes : extents.back().offset_bytes) =
        static_cast<std::uint64_t>(*number);
    awaits_size = !awaits_size;
  }
  return awaits_size ? std::nullopt : std::optional(extents);
}

/// Which records are in force is what a map of them says.
void check_values(const PaxRecords& parsed, const std::vector<Record>& records) {
  std::map<std::string_view, std::string_view> last;
  std::vector<PaxRecords::Xattr> xattrs;
  for (const Record& record : records) {
    last[record.key] = record.value;
    const std::string_view key = record.key;
    if (key.starts_with(pax_xattr_prefix)) {
      xattrs.emplace_back(key.substr(pax_xattr_prefix.size()), record.value);
    }
  }
  expect(parsed.xattrs() == xattrs, "extended attributes differ");
  for (std::size_t i = 0; i < pax_key_count; ++i) {
    const auto key = static_cast<PaxKey>(i);
    const auto found = last.find(name_of(key));
    const std::string_view expected = found == last.end() ? std::string_view() : found->second;
    expect(parsed.value(key) == expected, "another value is in force");
    try {
      const auto number = parsed.number(key);
      expect(number.has_value() != expected.empty(), "a number that is not there");
      if (number) expect(number == parse_decimal(expected), "another number");
    } catch (const Error& error) {
      expect(error.kind() == ErrorKind::invalid_data, "another kind of error");
      expect(!parse_decimal(expected), "a number is refused");
    }
  }
}

void check(std::string_view text) {
  const std::optional<Body> expected = parse_plainly(text);
  const std::optional<std::vector<Record>> records = parse(text);
  expect(records.has_value() == expected.has_value(), "the model judges the records otherwise");
  if (records) {
    expect(*records == expected->records, "the model reads other records");
    check_identity(text, *expected);
  }

  constexpr std::uint64_t most_extents = 3;
  const bool has_nameless_xattr =
      records && std::any_of(records->begin(), records->end(),
                             [](const Record& record) { return record.key == pax_xattr_prefix; });
  const std::optional<Extents> extents = records ? sparse_pairs(*records) : std::nullopt;
  std::string body(text);
  PaxRecords parsed;
  try {
    Limits limits;
    limits.sparse_extents = most_extents;
    parsed.parse(body, limits);
  } catch (const Error& error) {
    if (error.kind() == ErrorKind::limit_exceeded) return;
    expect(error.kind() == ErrorKind::invalid_data, "another kind of error");
    expect(!extents || has_nameless_xattr, "good records are refused");
    return;
  }
  expect(extents.has_value() && !has_nameless_xattr, "bad records are accepted");
  expect(extents->size() <= most_extents, "more sparse regions than the limit allows");
  expect(parsed.sparse_pairs() == *extents, "other sparse regions");
  check_values(parsed, *records);
}

}  // namespace
}  // namespace umoci::tar

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  umoci::tar::check(umoci::fuzz::as_text(data, size));
  return 0;
}
