// SPDX-License-Identifier: Apache-2.0
#include <umoci/tar/entry_metadata.hpp>

#include <umoci/base/error.hpp>
#include <umoci/tar/numbers.hpp>

#include <fmt/format.h>

#include <limits>

namespace umoci::tar {
namespace {

using tree::EntryType;

/// The highest id; the one above means "leave the owner alone" to chown(2).
constexpr std::int64_t max_id = 0xffff'fffe;
constexpr std::int64_t max_device = 0xffff'ffff;
constexpr std::int64_t max_size = std::numeric_limits<std::int64_t>::max();
constexpr std::int64_t mode_mask = 07777;

std::uint64_t in_range(std::int64_t number, std::int64_t max, std::string_view what) {
  if (number < 0 || number > max) {
    throw Error(ErrorKind::invalid_data,
                fmt::format("{} {} is not between 0 and {}", what, number, max));
  }
  return static_cast<std::uint64_t>(number);
}

std::uint32_t read_id(const HeaderBlock& header, const Field& field, const PaxRecords& pax,
                      PaxKey key) {
  const auto record = pax.number(key);
  const std::int64_t id = record ? *record : header.number(field);
  return static_cast<std::uint32_t>(in_range(id, max_id, field.name));
}

std::optional<std::uint64_t> record_size_bytes(const PaxRecords& pax) {
  const auto size = pax.number(PaxKey::size);
  if (!size) return std::nullopt;
  return in_range(*size, max_size, name_of(PaxKey::size));
}

std::optional<Time> read_time(const PaxRecords& pax, PaxKey key) {
  const std::string_view text = pax.value(key);
  if (text.empty()) return std::nullopt;
  if (const auto time = parse_pax_time(text)) return time;
  throw Error(ErrorKind::invalid_data, fmt::format("PAX record {} has the value {}, no time",
                                                   name_of(key), quoted(text.substr(0, 64))));
}

void read_times(const HeaderBlock& header, const PaxRecords& pax, tree::Entry& entry) {
  const auto mtime = read_time(pax, PaxKey::mtime);
  entry.mtime = mtime ? *mtime : Time{.seconds = header.number(field::mtime)};
  entry.atime = read_time(pax, PaxKey::atime);
  if (!entry.atime) {
    if (const auto seconds = header.atime()) entry.atime = Time{.seconds = *seconds};
  }
}

void read_link(const HeaderBlock& header, const Overrides& overrides, const Limits& limits,
               tree::Entry& entry) {
  entry.link.clear();
  if (entry.type != EntryType::symlink && entry.type != EntryType::hard_link) return;
  const std::string_view record = overrides.pax.value(PaxKey::linkpath);
  std::string_view link = overrides.long_link;
  if (link.empty()) link = !record.empty() ? record : header.text(field::link);
  check_limit(limits, &Limits::path_bytes, link.size());
  entry.link = link;
}

void read_xattrs(const PaxRecords& pax, const Limits& limits, tree::Xattrs& xattrs) {
  xattrs.clear();
  for (const auto& [name, value] : pax.xattrs()) {
    if (value.empty()) {
      xattrs.erase(std::string(name));
    } else {
      xattrs[std::string(name)] = value;
    }
  }
  std::uint64_t size_bytes = 0;
  for (const auto& [name, value] : xattrs) size_bytes += name.size() + value.size();
  check_limit(limits, &Limits::xattr_bytes, size_bytes);
}

tree::DeviceNumber read_device(const HeaderBlock& header, EntryType type) {
  const bool is_device = type == EntryType::char_device || type == EntryType::block_device;
  // Where a V7 header has no such fields there may be anything.
  if (!is_device || header.dialect() == Dialect::v7) return {};
  const auto read = [&header](const Field& field) {
    return static_cast<std::uint32_t>(in_range(header.number(field), max_device, field.name));
  };
  return {.major = read(field::device_major), .minor = read(field::device_minor)};
}

}  // namespace

void Overrides::clear() {
  pax.clear();
  long_name.clear();
  long_link.clear();
}

std::string_view raw_name(const HeaderBlock& header, const Overrides& overrides,
                          std::string& joined) {
  // Readers differ where several names are given; this order is GNU tar's and Go's.
  const std::string_view sparse_name = overrides.pax.value(PaxKey::sparse_name);
  if (!sparse_name.empty()) return sparse_name;
  if (!overrides.long_name.empty()) return overrides.long_name;
  const std::string_view record = overrides.pax.value(PaxKey::path);
  if (!record.empty()) return record;

  const std::string_view prefix = header.prefix();
  if (prefix.empty()) return header.text(field::name);
  joined = prefix;
  joined += '/';
  joined += header.text(field::name);
  return joined;
}

EntryType entry_type(const HeaderBlock& header, std::string_view raw_name) {
  switch (header.type()) {
    case type_flag::v7_file:
      return raw_name.ends_with('/') ? EntryType::directory : EntryType::file;
    case type_flag::file:
    case type_flag::contiguous_file:
    case type_flag::gnu_sparse_file:
      return EntryType::file;
    case type_flag::hard_link:
      return EntryType::hard_link;
    case type_flag::symlink:
      return EntryType::symlink;
    case type_flag::char_device:
      return EntryType::char_device;
    case type_flag::block_device:
      return EntryType::block_device;
    case type_flag::directory:
      return EntryType::directory;
    case type_flag::fifo:
      return EntryType::fifo;
    default:
      throw Error(ErrorKind::unsupported, fmt::format("entries of type {} cannot be read",
                                                      quoted(header.bytes(field::type))));
  }
}

std::uint64_t size_field_bytes(const HeaderBlock& header) {
  return in_range(header.number(field::size), max_size, field::size.name);
}

std::uint64_t stored_size_bytes(const HeaderBlock& header, const PaxRecords& pax) {
  // Whoever goes by the header nevertheless sees other members than we do: CVE-2025-62518.
  const auto record = record_size_bytes(pax);
  return record ? *record : size_field_bytes(header);
}

void read_metadata(const HeaderBlock& header, const Overrides& overrides, const Limits& limits,
                   tree::Entry& entry) {
  const PaxRecords& pax = overrides.pax;
  entry.mode = static_cast<std::uint32_t>(header.number(field::mode) & mode_mask);
  entry.uid = read_id(header, field::uid, pax, PaxKey::uid);
  entry.gid = read_id(header, field::gid, pax, PaxKey::gid);
  read_times(header, pax, entry);
  entry.device = read_device(header, entry.type);
  read_link(header, overrides, limits, entry);
  read_xattrs(pax, limits, entry.xattrs);
  // Of no use for this entry perhaps, but a malformed record is an error wherever it stands.
  static_cast<void>(read_time(pax, PaxKey::ctime));
  static_cast<void>(record_size_bytes(pax));
}

}  // namespace umoci::tar
