// SPDX-License-Identifier: Apache-2.0
#include <umoci/tar/sparse_map.hpp>

#include <umoci/base/error.hpp>
#include <umoci/tar/numbers.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <limits>

namespace umoci::tar {
namespace {

constexpr std::size_t old_gnu_entry_bytes = 24;
constexpr std::size_t old_gnu_number_bytes = 12;
constexpr Field extension_map{"sparse map", 0, 504};
constexpr Field extension_more{"sparse map continuation", 504, 1};

/// More digits than any number here can have; nobody writes that many zeros in front.
constexpr std::size_t max_digits = 20;

[[noreturn]] void refuse(std::string_view what) {
  throw Error(ErrorKind::invalid_data, fmt::format("sparse map {}", what));
}

std::uint64_t checked(std::optional<std::int64_t> number, std::string_view text) {
  if (!number || *number < 0) {
    refuse("has " + quoted(text.substr(0, 32)) + " for an offset or size");
  }
  return static_cast<std::uint64_t>(*number);
}

/// Cuts the first number off a list separated by commas.
std::uint64_t next_in_list(std::string_view& list) {
  const std::size_t comma = list.find(',');
  const std::string_view number = list.substr(0, comma);
  const std::uint64_t value = checked(parse_decimal(number), number);
  if (comma == std::string_view::npos) {
    list = {};
  } else {
    list.remove_prefix(comma + 1);
    if (list.empty()) refuse("ends in a comma");
  }
  return value;
}

/// The entries of one block; an entry that starts with NUL ends them.
void append_old_gnu_entries(std::string_view entries, const Limits& limits, Extents& extents) {
  for (; !entries.empty() && entries.front() != '\0'; entries.remove_prefix(old_gnu_entry_bytes)) {
    const std::string_view offset = entries.substr(0, old_gnu_number_bytes);
    const std::string_view size = entries.substr(old_gnu_number_bytes, old_gnu_number_bytes);
    check_limit(limits, &Limits::sparse_extents, extents.size() + 1);
    extents.push_back({.offset_bytes = checked(parse_number(offset), offset),
                       .size_bytes = checked(parse_number(size), size)});
  }
}

/// Reads numbers, each on a line of its own, from the data of a member.
class MapReader {
 public:
  MapReader(BlockCursor& archive, std::uint64_t& stored_bytes)
      : archive_(archive), stored_bytes_(stored_bytes) {}

  std::uint64_t next() {
    std::string digits;
    for (char byte = next_byte(); byte != '\n'; byte = next_byte()) {
      digits += byte;
      if (digits.size() > max_digits) refuse("has a line too long for a number");
    }
    return checked(parse_decimal(digits), digits);
  }

  /// Moves on to the data, which starts with a block.
  void finish() {
    release();
    const std::uint64_t padding_bytes = padding_of(read_bytes_);
    if (padding_bytes > stored_bytes_ || archive_.skip(padding_bytes) != padding_bytes) {
      refuse("is not followed by its data");
    }
    stored_bytes_ -= padding_bytes;
  }

 private:
  char next_byte() {
    if (used_ == chunk_.size()) {
      release();
      chunk_ = io::as_text(archive_.peek());
      chunk_ = chunk_.substr(
          0, static_cast<std::size_t>(std::min<std::uint64_t>(chunk_.size(), stored_bytes_)));
      if (chunk_.empty()) refuse("ends too early");
    }
    return chunk_[used_++];
  }

  void release() {
    archive_.consume(used_);
    stored_bytes_ -= used_;
    read_bytes_ += used_;
    used_ = 0;
    chunk_ = {};
  }

  BlockCursor& archive_;
  std::uint64_t& stored_bytes_;
  std::string_view chunk_;
  std::size_t used_ = 0;  ///< of the chunk
  std::uint64_t read_bytes_ = 0;
};

}  // namespace

SparseFormat sparse_format(const PaxRecords& records) {
  const std::string_view major = records.value(PaxKey::sparse_major);
  const std::string_view minor = records.value(PaxKey::sparse_minor);
  const bool has_map = !records.value(PaxKey::sparse_map).empty() ||
                       !records.value(PaxKey::sparse_block_count).empty() ||
                       !records.sparse_pairs().empty();
  if (major == "1" && minor == "0") return SparseFormat::pax_data;
  if (major == "0" && (minor == "0" || minor == "1")) return SparseFormat::pax_records;
  if (!major.empty() || !minor.empty()) {
    throw Error(ErrorKind::unsupported,
                fmt::format("sparse format {}.{} is not known", quoted(major), quoted(minor)));
  }
  // Versions 0.0 and 0.1 did not always name themselves.
  if (has_map) return SparseFormat::pax_records;
  for (const PaxKey key : {PaxKey::sparse_name, PaxKey::sparse_size, PaxKey::sparse_real_size}) {
    if (!records.value(key).empty()) refuse(fmt::format("is missing beside {}", name_of(key)));
  }
  return SparseFormat::none;
}

std::uint64_t old_gnu_real_size_bytes(const HeaderBlock& header) {
  if (header.dialect() != Dialect::gnu) {
    // star has sparse members of the same type and another layout.
    throw Error(ErrorKind::unsupported, "sparse members of tars other than GNU's cannot be read");
  }
  return checked(header.number(field::gnu_real_size), header.bytes(field::gnu_real_size));
}

std::uint64_t sparse_size_bytes(const PaxRecords& records) {
  for (const PaxKey key : {PaxKey::sparse_size, PaxKey::sparse_real_size}) {
    if (const auto size = records.number(key)) return checked(size, records.value(key));
  }
  refuse("has no size of the whole file beside it");
}

void read_old_gnu_map(BlockCursor& archive, const Limits& limits, Extents& extents) {
  extents.clear();
  std::string_view block = archive.peek_block();
  append_old_gnu_entries(block.substr(field::gnu_sparse.offset, field::gnu_sparse.size), limits,
                         extents);
  bool more = block[field::gnu_sparse_more.offset] != '\0';
  archive.consume_block();

  // An empty block may say that there are more, so that the number of extents alone is no bound.
  constexpr std::uint64_t entries_per_block = extension_map.size / old_gnu_entry_bytes;
  for (std::uint64_t blocks = 0; more; ++blocks) {
    check_limit(limits, &Limits::sparse_extents, blocks * entries_per_block);
    block = archive.peek_block();
    if (block.empty()) refuse("ends too early");
    append_old_gnu_entries(block.substr(extension_map.offset, extension_map.size), limits, extents);
    more = block[extension_more.offset] != '\0';
    archive.consume_block();
  }
}

void read_map_of_records(const PaxRecords& records, const Limits& limits, Extents& extents) {
  extents = records.sparse_pairs();
  std::string_view map = records.value(PaxKey::sparse_map);
  if (!map.empty() && !extents.empty()) refuse("is given in two ways");
  while (!map.empty()) {
    check_limit(limits, &Limits::sparse_extents, extents.size() + 1);
    const std::uint64_t offset_bytes = next_in_list(map);
    extents.push_back({.offset_bytes = offset_bytes, .size_bytes = next_in_list(map)});
  }
  const auto count = records.number(PaxKey::sparse_block_count);
  if (!count || checked(count, records.value(PaxKey::sparse_block_count)) != extents.size()) {
    refuse(fmt::format("has {} regions, but {} says {}", extents.size(),
                       name_of(PaxKey::sparse_block_count),
                       quoted(records.value(PaxKey::sparse_block_count))));
  }
}

void read_map_before_data(BlockCursor& archive, std::uint64_t& stored_bytes, const Limits& limits,
                          Extents& extents) {
  extents.clear();
  MapReader map(archive, stored_bytes);
  const std::uint64_t count = map.next();
  check_limit(limits, &Limits::sparse_extents, count);
  for (std::uint64_t i = 0; i < count; ++i) {
    const std::uint64_t offset_bytes = map.next();
    extents.push_back({.offset_bytes = offset_bytes, .size_bytes = map.next()});
  }
  map.finish();
}

}  // namespace umoci::tar
