// SPDX-License-Identifier: Apache-2.0
#pragma once

// For this module's tests: archives made by hand, byte by byte, what Reader makes of them, and what
// Writer makes of entries.

#include <umoci/base/error.hpp>
#include <umoci/base/limits.hpp>
#include <umoci/tar/header_block.hpp>
#include <umoci/tar/reader.hpp>
#include <umoci/tar/writer.hpp>
#include <umoci/tree/entry.hpp>

#include <fmt/format.h>

#include <cstdint>
#include <numeric>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace umoci::tar::test {

inline const std::string ustar_magic{
    "ustar\0"
    "00",
    8};
inline const std::string gnu_magic{"ustar  \0", 8};
inline const std::string v7_magic(8, '\0');

/// A header block whose fields are free to hold anything.
class RawHeader {
 public:
  explicit RawHeader(std::string_view name, char type = type_flag::file,
                     std::uint64_t size_bytes = 0)
      : block_(block_bytes, '\0') {
    put(field::name, name);
    put(field::mode, "0000644");
    put(field::uid, "0000000");
    put(field::gid, "0000000");
    put(field::size, fmt::format("{:011o}", size_bytes));
    put(field::mtime, "00000000000");
    put(field::magic, ustar_magic);
    block_[field::type.offset] = type;
  }

  struct Raw {};
  /// Starts from a block as it is.
  RawHeader(std::string_view block, Raw) : block_(block) {}

  /// The bytes from the start of the field on; the rest of it becomes NUL.
  RawHeader& put(const Field& field, std::string_view bytes) {
    block_.replace(field.offset, field.size, field.size, '\0');
    block_.replace(field.offset, bytes.size(), bytes);
    return *this;
  }

  /// With the sum of its bytes in place.
  [[nodiscard]] std::string sealed() const {
    std::string block = block_;
    block.replace(field::checksum.offset, field::checksum.size, field::checksum.size, ' ');
    const auto add = [](std::uint32_t sum, char byte) {
      return sum + static_cast<unsigned char>(byte);
    };
    const auto sum = std::accumulate(block.begin(), block.end(), std::uint32_t{0}, add);
    block.replace(field::checksum.offset, 7, fmt::format("{:06o}", sum) + '\0');
    return block;
  }

 private:
  std::string block_;
};

inline std::string padded(std::string_view content) {
  return std::string(content) + std::string(padding_of(content.size()), '\0');
}

/// A ustar member of any type with data behind it.
inline std::string member(std::string_view name, std::string_view content,
                          char type = type_flag::file) {
  return RawHeader(name, type, content.size()).sealed() + padded(content);
}

inline std::string pax_record(std::string_view key, std::string_view value) {
  std::string rest = fmt::format(" {}={}\n", key, value);
  std::size_t length = rest.size() + 1;
  while (fmt::format("{}", length).size() + rest.size() != length) ++length;
  return fmt::format("{}", length) + rest;
}

/// An extended header with the body `records`.
inline std::string pax(std::string_view records) {
  return member("PaxHeaders.0/x", records, type_flag::pax);
}
inline std::string pax(std::string_view key, std::string_view value) {
  return pax(pax_record(key, value));
}

inline std::string end_of_archive() { return std::string(2 * block_bytes, '\0'); }

struct ReadEntry {
  tree::Entry entry;
  std::string content;
};

inline std::vector<ReadEntry> read_entries(io::Source& archive, const Limits& limits = {}) {
  Reader reader(archive, limits);
  std::vector<ReadEntry> entries;
  while (const tree::Entry* entry = reader.next()) {
    entries.push_back({.entry = *entry, .content = io::read_all(reader.content(), 1U << 30U)});
  }
  return entries;
}

inline std::vector<ReadEntry> read_entries(std::string_view archive, const Limits& limits = {}) {
  io::BytesSource source(archive);
  return read_entries(source, limits);
}

/// The only entry of an archive.
inline ReadEntry read_entry(std::string_view archive) {
  std::vector<ReadEntry> entries = read_entries(archive);
  if (entries.size() != 1) {
    throw Error(ErrorKind::internal, fmt::format("{} entries instead of one", entries.size()));
  }
  return std::move(entries.front());
}

struct Failure {
  ErrorKind kind = ErrorKind::internal;
  std::string text;  ///< "none" if there was no error
};

/// How reading the whole archive fails.
inline Failure failure_of(std::string_view archive, const Limits& limits = {}) {
  try {
    static_cast<void>(read_entries(archive, limits));
  } catch (const Error& error) {
    return {.kind = error.kind(), .text = error.what()};
  }
  return {.text = "none"};
}

inline tree::Entry entry_of(tree::EntryType type, std::string_view path, std::uint32_t mode,
                            std::int64_t mtime) {
  tree::Entry entry;
  entry.path = tree::TreePath::clean(path);
  entry.type = type;
  entry.mode = mode;
  entry.mtime.seconds = mtime;
  return entry;
}

inline void put(Writer& writer, const tree::Entry& entry, std::string_view content = {}) {
  io::BytesSource source(content);
  writer.put(entry, source);
}

/// What `fn` writes, and the end.
template <class Fn>
std::string archive_of(Fn fn) {
  io::BytesSink sink;
  Writer writer(sink);
  fn(writer);
  writer.finish();
  return sink.bytes();
}

inline std::string archive_of(const tree::Entry& entry, std::string_view content = {}) {
  return archive_of([&](Writer& writer) { put(writer, entry, content); });
}

}  // namespace umoci::tar::test
