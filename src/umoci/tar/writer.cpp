// SPDX-License-Identifier: Apache-2.0
#include <umoci/tar/writer.hpp>

#include <umoci/base/error.hpp>
#include <umoci/tar/entry_context.hpp>
#include <umoci/tar/header_builder.hpp>
#include <umoci/tar/pax_records.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <limits>
#include <optional>
#include <string>

namespace umoci::tar {
namespace {

using tree::Entry;
using tree::EntryType;

/// What Go's readers take, and ours by default.
constexpr std::size_t max_records_bytes = 1U << 20U;

constexpr std::string_view root_name = ".";

/// What a header says about an entry, not yet encoded.
struct Member {
  std::string_view name;
  std::string_view link;
  std::int64_t mode = 0;
  std::int64_t uid = 0;
  std::int64_t gid = 0;
  std::int64_t size_bytes = 0;
  std::int64_t mtime_seconds = 0;
  tree::DeviceNumber device;
  char type = type_flag::file;
};

struct SplitName {
  std::string_view prefix;
  std::string_view suffix;
};

[[noreturn]] void refuse(std::string message) {
  throw Error(ErrorKind::invalid_argument, std::move(message));
}

bool is_plain(char byte) { return byte != '\0' && static_cast<unsigned char>(byte) < 0x80; }

bool is_plain(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char byte) { return is_plain(byte); });
}

std::string plain_part(std::string_view text) {
  if (is_plain(text)) return std::string(text);
  std::string plain;
  std::copy_if(text.begin(), text.end(), std::back_inserter(plain),
               [](char byte) { return is_plain(byte); });
  return plain;
}

bool fits(const Field& field, std::string_view text) {
  return text.size() <= field.size && is_plain(text);
}

/// Cuts a long name at a slash so that both parts have room in a ustar header.
std::optional<SplitName> split(std::string_view name) {
  if (name.size() <= field::name.size || !is_plain(name)) return std::nullopt;
  std::string_view head = name.substr(0, field::ustar_prefix.size + 1);
  if (head.size() == name.size() && head.ends_with('/')) head.remove_suffix(1);
  const std::size_t slash = head.rfind('/');
  if (slash == std::string_view::npos || slash == 0) return std::nullopt;
  const std::string_view suffix = name.substr(slash + 1);
  if (suffix.empty() || suffix.size() > field::name.size) return std::nullopt;
  return SplitName{.prefix = name.substr(0, slash), .suffix = suffix};
}

char type_of(EntryType type) {
  switch (type) {
    case EntryType::file:
      return type_flag::file;
    case EntryType::directory:
      return type_flag::directory;
    case EntryType::symlink:
      return type_flag::symlink;
    case EntryType::hard_link:
      return type_flag::hard_link;
    case EntryType::char_device:
      return type_flag::char_device;
    case EntryType::block_device:
      return type_flag::block_device;
    case EntryType::fifo:
      return type_flag::fifo;
    case EntryType::socket:
      break;
  }
  refuse(fmt::format("a {} has no place in an archive", tree::name_of(type)));
}

std::int64_t size_of(const Entry& entry) {
  if (entry.type != EntryType::file) return 0;
  if (entry.size_bytes > std::uint64_t{std::numeric_limits<std::int64_t>::max()}) {
    refuse(fmt::format("size {} is more than an archive can hold", entry.size_bytes));
  }
  return static_cast<std::int64_t>(entry.size_bytes);
}

Member member_of(const Entry& entry, std::string_view name) {
  Member member{.name = name,
                .mode = entry.mode & 07777U,
                .uid = entry.uid,
                .gid = entry.gid,
                .size_bytes = size_of(entry),
                .mtime_seconds = entry.mtime.seconds,
                .type = type_of(entry.type)};
  if (entry.type == EntryType::symlink || entry.type == EntryType::hard_link) {
    if (entry.link.find('\0') != std::string::npos) {
      refuse("link " + quoted(entry.link) + " contains a NUL byte");
    }
    member.link = entry.link;
  }
  // A link to a device has its numbers, too.
  if (entry.type == EntryType::char_device || entry.type == EntryType::block_device ||
      entry.type == EntryType::hard_link) {
    member.device = entry.device;
    if (!fits_octal(field::device_major, entry.device.major) ||
        !fits_octal(field::device_minor, entry.device.minor)) {
      refuse(fmt::format("device number {}:{} is more than an archive can hold", entry.device.major,
                         entry.device.minor));
    }
  }
  return member;
}

void append_xattrs(const tree::Xattrs& xattrs, std::string& records) {
  std::string key;
  for (const auto& [name, value] : xattrs) {
    if (name.empty() || name.find_first_of(std::string_view("=\0", 2)) != std::string::npos) {
      refuse("extended attribute " + quoted(name) + " has a name that PAX cannot hold");
    }
    // A record without a value means that there is no such attribute.
    if (value.empty()) continue;
    key.assign(pax_xattr_prefix).append(name);
    append_pax_record(records, key, value);
  }
}

void append_number(const Field& field, PaxKey key, std::int64_t number, std::string& records) {
  if (!fits_octal(field, number)) {
    append_pax_record(records, name_of(key), fmt::format_int(number).c_str());
  }
}

enum class PathRecord { without, with };

/// What ustar fields cannot hold, in byte order of the keys.
void append_records(const Member& member, const tree::Xattrs& xattrs, PathRecord path,
                    std::string& records) {
  append_xattrs(xattrs, records);
  append_number(field::gid, PaxKey::gid, member.gid, records);
  if (!fits(field::link, member.link)) {
    append_pax_record(records, name_of(PaxKey::linkpath), member.link);
  }
  append_number(field::mtime, PaxKey::mtime, member.mtime_seconds, records);
  if (path == PathRecord::with) append_pax_record(records, name_of(PaxKey::path), member.name);
  append_number(field::size, PaxKey::size, member.size_bytes, records);
  append_number(field::uid, PaxKey::uid, member.uid, records);
  if (records.size() > max_records_bytes) {
    refuse(fmt::format("name and attributes take {} bytes, readers accept {}", records.size(),
                       max_records_bytes));
  }
}

/// `<directory>/PaxHeaders.0/<name>`, as far as the field has room.
std::string records_name(std::string_view name) {
  if (name == root_name) name = {};
  const std::size_t base = name.rfind('/') + 1;  // 0 where there is no slash
  std::string text = plain_part(name.substr(0, base));
  text += "PaxHeaders.0/";
  text += plain_part(name.substr(base));
  text.resize(std::min(text.size(), field::name.size));
  text.erase(text.find_last_not_of('/') + 1);
  return text;
}

void set_metadata(const Member& member, HeaderBuilder& header) {
  header.set_type(member.type);
  header.set_number(field::mode, member.mode);
  header.set_number(field::uid, member.uid);
  header.set_number(field::gid, member.gid);
  header.set_number(field::size, member.size_bytes);
  header.set_number(field::mtime, member.mtime_seconds);
  header.set_number(field::device_major, member.device.major);
  header.set_number(field::device_minor, member.device.minor);
}

}  // namespace

class Writer::Impl {
 public:
  explicit Impl(io::Sink& archive) : archive_(archive) {}

  void put(const Entry& entry, io::Source& content);
  void finish();

 private:
  void take_name(const Entry& entry);
  void write_records();
  void write_header(const Member& member, const std::optional<SplitName>& split_name);
  void write_content(std::uint64_t size_bytes, io::Source& content);
  void write_zeros(std::uint64_t size_bytes);

  io::Sink& archive_;
  std::string name_;
  std::optional<tree::TreePath> last_path_;
  std::string records_;
};

void Writer::Impl::put(const Entry& entry, io::Source& content) {
  take_name(entry);
  const Member member = member_of(entry, name_);
  std::optional<SplitName> split_name = split(name_);
  const bool is_short = fits(field::name, name_);
  records_.clear();
  append_records(member, entry.xattrs,
                 is_short || split_name ? PathRecord::without : PathRecord::with, records_);
  if (split_name && !records_.empty()) {
    // With a PAX header there anyway, it is the one that has the name.
    split_name.reset();
    records_.clear();
    append_records(member, entry.xattrs, PathRecord::with, records_);
  }
  if (!records_.empty()) write_records();
  write_header(member, split_name);
  if (entry.type == EntryType::file) write_content(entry.size_bytes, content);
}

void Writer::Impl::finish() { write_zeros(2 * block_bytes); }

void Writer::Impl::take_name(const Entry& entry) {
  // Changesets are sorted, so this is where a path that was emitted twice shows.
  if (last_path_ == entry.path) refuse("comes twice in a row");
  last_path_ = entry.path;
  if (entry.path.is_root()) {
    if (entry.type != EntryType::directory) {
      refuse(fmt::format("the root cannot be a {}", tree::name_of(entry.type)));
    }
    name_ = root_name;
  } else {
    name_ = entry.path.text();
    if (entry.type == EntryType::directory) name_ += '/';
  }
}

void Writer::Impl::write_records() {
  HeaderBuilder header;
  header.set_type(type_flag::pax);
  header.set_text(field::name, records_name(name_));
  header.set_number(field::mode, 0);
  header.set_number(field::uid, 0);
  header.set_number(field::gid, 0);
  header.set_number(field::size, static_cast<std::int64_t>(records_.size()));
  header.set_number(field::mtime, 0);
  archive_.write(io::as_bytes(header.finish()));
  archive_.write(io::as_bytes(records_));
  write_zeros(padding_of(records_.size()));
}

void Writer::Impl::write_header(const Member& member, const std::optional<SplitName>& split_name) {
  HeaderBuilder header;
  if (split_name) {
    header.set_text(field::ustar_prefix, split_name->prefix);
    header.set_text(field::name, split_name->suffix);
    header.set_text(field::link, member.link);
  } else if (records_.empty()) {
    header.set_text(field::name, member.name);
    header.set_text(field::link, member.link);
  } else {
    header.set_text(field::name, plain_part(member.name));
    header.set_text(field::link, plain_part(member.link));
  }
  set_metadata(member, header);
  archive_.write(io::as_bytes(header.finish()));
}

void Writer::Impl::write_content(std::uint64_t size_bytes, io::Source& content) {
  std::uint64_t rest_bytes = size_bytes;
  while (rest_bytes > 0) {
    const io::Bytes chunk = content.peek();
    if (chunk.empty()) {
      refuse(fmt::format("content ends after {} of {} bytes", size_bytes - rest_bytes, size_bytes));
    }
    const auto count = static_cast<std::size_t>(std::min<std::uint64_t>(chunk.size(), rest_bytes));
    archive_.write(chunk.first(count));
    content.consume(count);
    rest_bytes -= count;
  }
  if (!content.peek().empty()) refuse(fmt::format("content goes on after {} bytes", size_bytes));
  write_zeros(padding_of(size_bytes));
}

void Writer::Impl::write_zeros(std::uint64_t size_bytes) {
  static constexpr std::array<std::byte, 2 * block_bytes> zeros{};
  if (size_bytes > 0) archive_.write(io::Bytes(zeros).first(static_cast<std::size_t>(size_bytes)));
}

Writer::Writer(io::Sink& archive) : impl_(std::make_unique<Impl>(archive)) {}

Writer::~Writer() = default;

void Writer::put(const Entry& entry, io::Source& content) {
  in_context([&entry] { return entry_context(entry.path); }, [&] { impl_->put(entry, content); });
}

void Writer::finish() { impl_->finish(); }

}  // namespace umoci::tar
