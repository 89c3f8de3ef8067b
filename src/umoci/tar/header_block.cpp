// SPDX-License-Identifier: Apache-2.0
#include <umoci/tar/header_block.hpp>

#include <umoci/base/error.hpp>
#include <umoci/tar/numbers.hpp>

#include <fmt/format.h>

#include <algorithm>

namespace umoci::tar {
namespace {

constexpr std::string_view ustar_magic{"ustar\0", 6};
constexpr std::string_view gnu_magic{"ustar  \0", 8};
constexpr std::string_view star_trailer{"tar\0", 4};

/// The sum of all bytes, those of the checksum field taken as blanks.
template <class Byte>
std::int64_t sum_of(std::string_view block) {
  // A count known at compile time lets the compiler use vector instructions here.
  const char* const bytes = block.data();
  std::int32_t sum = 0;
  for (std::size_t i = 0; i < block_bytes; ++i) sum += static_cast<Byte>(bytes[i]);
  for (const char byte : block.substr(field::checksum.offset, field::checksum.size)) {
    sum += ' ' - static_cast<Byte>(byte);
  }
  return sum;
}

void check_sum(std::string_view block) {
  const std::string_view text = block.substr(field::checksum.offset, field::checksum.size);
  const auto stored = parse_octal(text);
  if (stored && *stored == sum_of<unsigned char>(block)) return;
  // Some old tars summed signed characters.
  if (stored && *stored == sum_of<signed char>(block)) return;
  throw Error(ErrorKind::invalid_data,
              fmt::format("header checksum {} is not the sum of its bytes, {:o}", quoted(text),
                          sum_of<unsigned char>(block)));
}

Dialect dialect_of(std::string_view block) {
  const std::string_view magic = block.substr(field::magic.offset, field::magic.size);
  if (magic.starts_with(ustar_magic)) {
    const bool star =
        block.substr(field::star_trailer.offset, field::star_trailer.size) == star_trailer;
    return star ? Dialect::star : Dialect::ustar;
  }
  return magic == gnu_magic ? Dialect::gnu : Dialect::v7;
}

bool is_ascii(std::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](char byte) { return static_cast<unsigned char>(byte) < 0x80; });
}

}  // namespace

HeaderBlock::HeaderBlock(std::string_view block) : block_(block), dialect_(dialect_of(block)) {
  check_sum(block);
}

std::string_view HeaderBlock::text(const Field& field) const {
  const std::string_view all = bytes(field);
  return all.substr(0, all.find('\0'));
}

std::int64_t HeaderBlock::number(const Field& field) const {
  if (const auto value = parse_number(bytes(field))) return *value;
  throw Error(ErrorKind::invalid_data, fmt::format("{} {} is not a number a header can hold",
                                                   field.name, quoted(bytes(field))));
}

std::string_view HeaderBlock::prefix() const {
  switch (dialect_) {
    case Dialect::v7:
      return {};
    case Dialect::ustar:
      return text(field::ustar_prefix);
    case Dialect::star:
      return text(field::star_prefix);
    case Dialect::gnu:
      break;
  }
  // Programs built with Go before 1.8 wrote a ustar prefix under the GNU magic, where times belong.
  if (has_gnu_times()) return {};
  const std::string_view prefix = text(field::ustar_prefix);
  return is_ascii(prefix) ? prefix : std::string_view{};
}

std::optional<std::int64_t> HeaderBlock::atime() const {
  if (dialect_ != Dialect::gnu && dialect_ != Dialect::star) return std::nullopt;
  const Field& field = dialect_ == Dialect::gnu ? field::gnu_atime : field::star_atime;
  if (bytes(field).front() == '\0') return std::nullopt;
  if (dialect_ == Dialect::star) return number(field);
  return has_gnu_times() ? parse_number(bytes(field)) : std::nullopt;
}

bool HeaderBlock::has_gnu_times() const {
  const auto is_time = [this](const Field& field) {
    return bytes(field).front() == '\0' || parse_number(bytes(field));
  };
  return is_time(field::gnu_atime) && is_time(field::gnu_ctime);
}

}  // namespace umoci::tar
