// SPDX-License-Identifier: Apache-2.0
#include <umoci/tar/pax_records.hpp>

#include <umoci/base/error.hpp>
#include <umoci/base/number.hpp>
#include <umoci/tar/numbers.hpp>

#include <fmt/format.h>

#include <algorithm>

namespace umoci::tar {
namespace {

constexpr std::array<std::string_view, pax_key_count> key_names = {
    "path",
    "linkpath",
    "size",
    "uid",
    "gid",
    "uname",
    "gname",
    "mtime",
    "atime",
    "ctime",
    "GNU.sparse.major",
    "GNU.sparse.minor",
    "GNU.sparse.name",
    "GNU.sparse.size",
    "GNU.sparse.realsize",
    "GNU.sparse.numblocks",
    "GNU.sparse.map",
};

constexpr std::string_view sparse_offset = "GNU.sparse.offset";
constexpr std::string_view sparse_size = "GNU.sparse.numbytes";

/// Enough of a record to recognise it by.
std::string excerpt(std::string_view text) { return quoted(text.substr(0, 64)); }

[[noreturn]] void refuse(std::string_view what, std::string_view record) {
  throw Error(ErrorKind::invalid_data, fmt::format("PAX record {} {}", excerpt(record), what));
}

/// The length in front of a record: at least that of "5 a=\n", at most what is there.
std::size_t record_length(std::string_view rest, std::size_t digits) {
  const auto length = umoci::parse_number<std::size_t>(rest.substr(0, digits));
  if (!length) refuse("does not start with its length", rest);
  if (*length > rest.size()) refuse("is longer than its header", rest);
  if (*length < digits + 2) refuse("has an impossible length", rest);
  return *length;
}

bool is_text_key(std::string_view key) {
  return key == "path" || key == "linkpath" || key == "uname" || key == "gname";
}

std::uint64_t sparse_number(const PaxRecord& record) {
  const auto number = parse_decimal(record.value);
  if (number && *number >= 0) return static_cast<std::uint64_t>(*number);
  throw Error(ErrorKind::invalid_data,
              fmt::format("PAX record {} has the value {}, which is no offset or size", record.key,
                          excerpt(record.value)));
}

}  // namespace

std::string_view name_of(PaxKey key) { return key_names[static_cast<std::size_t>(key)]; }

PaxRecord next_pax_record(std::string_view& rest) {
  const std::size_t space = rest.find(' ');
  if (space == std::string_view::npos) refuse("has no length", rest);
  const std::string_view record = rest.substr(0, record_length(rest, space));
  rest.remove_prefix(record.size());

  if (record.back() != '\n') refuse("does not end in a newline where its length says", record);
  const std::string_view text = record.substr(space + 1, record.size() - space - 2);
  const std::size_t equals = text.find('=');
  if (equals == std::string_view::npos) refuse("has no equals sign", record);
  const PaxRecord result{.key = text.substr(0, equals), .value = text.substr(equals + 1)};
  if (result.key.empty()) refuse("has no key", record);
  if (result.key.find('\0') != std::string_view::npos) refuse("has NUL in its key", record);
  if (is_text_key(result.key) && result.value.find('\0') != std::string_view::npos) {
    refuse("has NUL in its value", record);
  }
  return result;
}

void append_pax_record(std::string& body, std::string_view key, std::string_view value) {
  const std::size_t rest = key.size() + value.size() + 3;
  std::size_t length = rest + fmt::formatted_size("{}", rest);
  // Counting itself may take the length over a power of ten, and then it has one digit more.
  length = rest + fmt::formatted_size("{}", length);
  fmt::format_to(std::back_inserter(body), "{} ", length);
  body.append(key).append(1, '=').append(value).append(1, '\n');
}

void PaxRecords::parse(std::string& body, const Limits& limits) {
  clear();
  body_.swap(body);
  std::string_view rest = body_;
  while (!rest.empty()) take(next_pax_record(rest), limits);
  if (awaits_pair_size_) {
    throw Error(ErrorKind::invalid_data,
                fmt::format("PAX record {} without {}", sparse_offset, sparse_size));
  }
}

void PaxRecords::clear() {
  if (body_.empty()) return;
  body_.clear();
  values_.fill({});
  xattrs_.clear();
  sparse_pairs_.clear();
  awaits_pair_size_ = false;
}

std::optional<std::int64_t> PaxRecords::number(PaxKey key) const {
  const std::string_view text = value(key);
  if (text.empty()) return std::nullopt;
  if (const auto number = parse_decimal(text)) return number;
  throw Error(ErrorKind::invalid_data, fmt::format("PAX record {} has the value {}, no number",
                                                   name_of(key), excerpt(text)));
}

void PaxRecords::take(const PaxRecord& record, const Limits& limits) {
  if (record.key.starts_with(pax_xattr_prefix)) {
    const std::string_view name = record.key.substr(pax_xattr_prefix.size());
    if (name.empty()) refuse("names no extended attribute", record.key);
    xattrs_.emplace_back(name, record.value);
  } else if (record.key == sparse_offset || record.key == sparse_size) {
    take_sparse_pair(record, limits);
  } else {
    const auto* const key = std::find(key_names.begin(), key_names.end(), record.key);
    if (key != key_names.end()) {
      values_[static_cast<std::size_t>(key - key_names.begin())] = record.value;
    }
  }
}

void PaxRecords::take_sparse_pair(const PaxRecord& record, const Limits& limits) {
  if (awaits_pair_size_ != (record.key == sparse_size)) refuse("is out of turn", record.key);
  const std::uint64_t number = sparse_number(record);
  if (awaits_pair_size_) {
    sparse_pairs_.back().size_bytes = number;
  } else {
    check_limit(limits, &Limits::sparse_extents, sparse_pairs_.size() + 1);
    sparse_pairs_.push_back({.offset_bytes = number});
  }
  awaits_pair_size_ = !awaits_pair_size_;
}

}  // namespace umoci::tar
