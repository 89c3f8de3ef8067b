// SPDX-License-Identifier: Apache-2.0
#include <umoci/mtree/value.hpp>

#include <umoci/base/base64.hpp>
#include <umoci/base/error.hpp>
#include <umoci/base/number.hpp>
#include <umoci/mtree/vis.hpp>

#include <algorithm>
#include <charconv>
#include <concepts>
#include <optional>
#include <utility>

namespace umoci::mtree {
namespace {

using tree::EntryType;

constexpr std::pair<EntryType, std::string_view> type_words[] = {
    {EntryType::file, "file"},          {EntryType::directory, "dir"},
    {EntryType::symlink, "link"},       {EntryType::char_device, "char"},
    {EntryType::block_device, "block"}, {EntryType::fifo, "fifo"},
    {EntryType::socket, "socket"},
};

std::string type_text(EntryType type) {
  for (const auto& [known, word] : type_words) {
    if (known == type) return std::string(word);
  }
  return "file";  // a hard link is another name of an object that is none
}

std::string mode_text(std::uint32_t mode) {
  char digits[12];
  const auto end = std::to_chars(std::begin(digits), std::end(digits), mode, 8).ptr;
  return (mode == 0 ? "" : "0") + std::string(std::begin(digits), end);
}

std::string time_text(std::int64_t seconds, std::uint32_t nanoseconds) {
  const std::string fraction = std::to_string(nanoseconds);
  return std::to_string(seconds) + '.' + std::string(9 - fraction.size(), '0') + fraction;
}

[[noreturn]] void fail(Keyword keyword, std::string_view text) {
  throw Error(ErrorKind::invalid_data,
              "invalid " + std::string(name_of(keyword)) + " " + quoted(text));
}

/// All of `text` as a number, which it must be. Throws: invalid_data.
template <std::integral Number>
Number read_number(Keyword keyword, std::string_view text, int base = 10) {
  const auto number = parse_number<Number>(text, base);
  if (!number) fail(keyword, text);
  return *number;
}

/// A number as C writes it: 0x and hex, 0 and octal, or decimal.
template <std::integral Number>
std::optional<Number> parse_c_number(std::string_view text) {
  if (text.starts_with("0x") || text.starts_with("0X")) {
    return parse_number<Number>(text.substr(2), 16);
  }
  return parse_number<Number>(text, text.starts_with('0') ? 8 : 10);
}

EntryType read_type(std::string_view text) {
  for (const auto& [type, word] : type_words) {
    if (word == text) return type;
  }
  fail(Keyword::type, text);
}

std::uint32_t read_mode(std::string_view text) {
  const auto mode = read_number<std::uint32_t>(Keyword::mode, text, 8);
  if (mode > 07777) fail(Keyword::mode, text);
  return mode;
}

/// SECONDS or SECONDS.NANOSECONDS; the latter is a number of its own, not a decimal fraction.
Time read_time(Keyword keyword, std::string_view text) {
  const std::size_t dot = text.find('.');
  Time time;
  time.seconds = read_number<std::int64_t>(keyword, text.substr(0, dot));
  if (dot != std::string_view::npos) {
    time.nanoseconds = read_number<std::uint32_t>(keyword, text.substr(dot + 1));
    if (time.nanoseconds > 999'999'999) fail(keyword, text);
  }
  return time;
}

std::string read_sha256(std::string_view text) {
  if (text.size() != 64) fail(Keyword::sha256digest, text);
  std::string hex(text);
  for (char& c : hex) {
    if (c >= 'A' && c <= 'F') c = static_cast<char>(c - 'A' + 'a');
    const bool is_digit = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
    if (!is_digit) fail(Keyword::sha256digest, text);
  }
  return hex;
}

/// `FORMAT,MAJOR,MINOR`, or one number, which is taken for what Linux calls it in st_rdev. nullopt
/// for all else, such as the `bsdos,MAJOR,UNIT,SUBUNIT` of mtree(5).
std::optional<tree::DeviceNumber> parse_device(std::string_view text) {
  const std::size_t comma = text.find(',');
  if (comma == std::string_view::npos) {
    const auto number = parse_c_number<std::uint64_t>(text);
    if (!number) return std::nullopt;
    return tree::DeviceNumber{
        .major =
            static_cast<std::uint32_t>((*number >> 8U & 0xfffU) | (*number >> 32U & 0xfffff000U)),
        .minor = static_cast<std::uint32_t>((*number & 0xffU) | (*number >> 12U & 0xffffff00U))};
  }
  const std::string_view numbers = text.substr(comma + 1);
  const std::size_t second = numbers.find(',');
  if (second == std::string_view::npos) return std::nullopt;
  const auto major = parse_c_number<std::uint32_t>(numbers.substr(0, second));
  const auto minor = parse_c_number<std::uint32_t>(numbers.substr(second + 1));
  if (!major || !minor) return std::nullopt;
  return tree::DeviceNumber{.major = *major, .minor = *minor};
}

/// A mode in the words of chmod(1), such as "u=rwx,go=rx".
bool is_symbolic_mode(std::string_view text) {
  return text.find_first_of("+-=") != std::string_view::npos &&
         text.find_first_not_of("ugoa+-=rwxXst,") == std::string_view::npos;
}

/// Decodes what must not contain NUL, because the system could not have given it.
std::string read_text(std::string_view text) {
  std::string bytes = unvis(text);
  if (bytes.find('\0') != std::string::npos) {
    throw Error(ErrorKind::invalid_data, quoted(text) + " contains a NUL byte");
  }
  return bytes;
}

/// Where in NAME=BASE64 the "=" is. A name may contain "=" itself, so the first one with a possible
/// value behind it counts; only the last three can have one, since there are at most two "=" in
/// BASE64. npos if there is none.
std::size_t find_xattr_value(std::string_view word) {
  std::size_t candidates[3];
  std::size_t count = 0;
  std::size_t position = word.size();
  while (count < 3 && position > 0) {
    position = word.rfind('=', position - 1);
    if (position == std::string_view::npos) break;
    candidates[count++] = position;
  }
  while (count > 0) {
    const std::size_t candidate = candidates[--count];
    if (parse_base64(word.substr(candidate + 1))) return candidate;
  }
  return std::string_view::npos;
}

}  // namespace

std::string value_text(const Record& record, Keyword keyword) {
  switch (keyword) {
    case Keyword::size:
      return std::to_string(record.size_bytes);
    case Keyword::type:
      return type_text(record.type);
    case Keyword::uid:
      return std::to_string(record.uid);
    case Keyword::gid:
      return std::to_string(record.gid);
    case Keyword::mode:
      return mode_text(record.mode);
    case Keyword::link:
      return vis(record.link);
    case Keyword::nlink:
      return std::to_string(record.link_count);
    case Keyword::time:
      return time_text(record.time.seconds, record.time.nanoseconds);
    case Keyword::tar_time:
      return time_text(record.time.seconds, 0);
    case Keyword::sha256digest:
      return record.sha256;
    case Keyword::device:
      return "native," + std::to_string(record.device.major) + ',' +
             std::to_string(record.device.minor);
    case Keyword::xattr:
      break;
    default:
      if (const auto found = record.texts.find(keyword); found != record.texts.end()) {
        return found->second;
      }
  }
  return {};
}

bool is_understood(Keyword keyword, std::string_view text) {
  if (keyword == Keyword::device) return parse_device(text).has_value();
  return keyword != Keyword::mode || !is_symbolic_mode(text);
}

void read_value(Record& record, Keyword keyword, std::string_view text) {
  switch (keyword) {
    case Keyword::size:
      record.size_bytes = read_number<std::uint64_t>(keyword, text);
      break;
    case Keyword::type:
      record.type = read_type(text);
      break;
    case Keyword::uid:
      record.uid = read_number<std::uint32_t>(keyword, text);
      break;
    case Keyword::gid:
      record.gid = read_number<std::uint32_t>(keyword, text);
      break;
    case Keyword::mode:
      record.mode = read_mode(text);
      break;
    case Keyword::link:
      record.link = read_text(text);
      break;
    case Keyword::nlink:
      record.link_count = read_number<std::uint64_t>(keyword, text);
      break;
    case Keyword::time:
      record.time = read_time(keyword, text);
      break;
    case Keyword::tar_time: {
      const Time time = read_time(keyword, text);
      // The field holds both; `time` says more.
      if (!record.keywords.has(Keyword::time)) record.time = {.seconds = time.seconds};
      break;
    }
    case Keyword::sha256digest:
      record.sha256 = read_sha256(text);
      break;
    case Keyword::device:
      if (const auto number = parse_device(text)) {
        record.device = *number;
        break;
      }
      fail(keyword, text);
    case Keyword::xattr:
      return;
    default:
      record.texts.insert_or_assign(keyword, std::string(text));
  }
  record.keywords.add(keyword);
}

std::string xattr_word(std::string_view name, std::string_view value) {
  std::string word = vis(name);
  const std::size_t name_bytes = word.size();
  word += '=';
  word += format_base64(value);
  // umoci writes "=" in a name as it is. We do so as long as it reads back.
  if (find_xattr_value(word) != name_bytes) {
    for (std::size_t at = word.rfind('=', name_bytes - 1); at != std::string::npos;
         at = at == 0 ? std::string::npos : word.rfind('=', at - 1)) {
      word.replace(at, 1, "\\075");
    }
  }
  return "xattr." + word;
}

void read_xattr(Record& record, std::string_view word) {
  const std::size_t end = find_xattr_value(word);
  if (end == std::string_view::npos) {
    throw Error(ErrorKind::invalid_data,
                "extended attribute " + quoted(word) + " has no value in base64");
  }
  record.xattrs.insert_or_assign(read_text(word.substr(0, end)),
                                 parse_base64(word.substr(end + 1)).value_or(""));
  record.keywords.add(Keyword::xattr);
}

}  // namespace umoci::mtree
