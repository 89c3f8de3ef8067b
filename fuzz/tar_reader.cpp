// SPDX-License-Identifier: Apache-2.0
// Archives of any bytes: what is read is consistent and within the limits, does not depend on how
// the bytes come, and is the same after it was written and read again.
#include <fuzz/tar_entries.hpp>
#include <fuzz/target.hpp>

#include <umoci/base/error.hpp>

#include <algorithm>
#include <random>
#include <span>

namespace umoci::fuzz {
namespace {

/// Small enough to be met.
constexpr Limits limits{.entries = 5,
                        .layer_bytes = 96U << 10U,
                        .file_bytes = 64U << 10U,
                        .path_depth = 20,
                        .path_bytes = 300,
                        .xattr_bytes = 200,
                        .sparse_extents = 40,
                        .special_header_bytes = 2048};

void check_limits(const std::vector<ReadEntry>& entries) {
  expect(entries.size() <= limits.entries, "more entries than the limit");
  std::uint64_t content_bytes = 0;
  for (const auto& [entry, content] : entries) {
    content_bytes += content.size();
    std::uint64_t xattr_bytes = 0;
    for (const auto& [name, value] : entry.xattrs) xattr_bytes += name.size() + value.size();
    expect(content.size() <= limits.file_bytes, "a larger file than the limit");
    expect(entry.path.depth() <= limits.path_depth, "a deeper path than the limit");
    expect(entry.path.text().size() <= limits.path_bytes, "a longer path than the limit");
    expect(entry.link.size() <= limits.path_bytes, "a longer link than the limit");
    expect(xattr_bytes <= limits.xattr_bytes, "more extended attributes than the limit");
  }
  expect(content_bytes <= limits.layer_bytes, "more content than the limit");
}

void check_entry(const tree::Entry& entry) {
  using tree::EntryType;
  const bool is_link = entry.type == EntryType::symlink || entry.type == EntryType::hard_link;
  const bool is_device =
      entry.type == EntryType::char_device || entry.type == EntryType::block_device;
  expect(tree::TreePath::clean(entry.path.text()) == entry.path, "a path is not clean");
  expect(entry.type != EntryType::socket, "an archive with a socket");
  expect((entry.mode & ~07777U) == 0, "a mode with other bits than permissions");
  expect(entry.uid != ~0U && entry.gid != ~0U, "an owner that is none");
  expect(entry.mtime.nanoseconds < 1'000'000'000, "a second has more than a second");
  expect(is_link || entry.link.empty(), "a link of what is none");
  expect(is_device || entry.device == tree::DeviceNumber{}, "a device number of what is none");
  expect(entry.type == EntryType::file || (entry.hole_bytes == 0 && entry.size_bytes == 0),
         "content of what is no file");
}

/// The same archive again, without a look at any content.
void check_skipping(std::string_view archive, const Reading& reading) {
  io::BytesSource source(archive);
  tar::Reader reader(source, limits);
  std::size_t count = 0;
  std::optional<ErrorKind> error;
  try {
    while (const tree::Entry* const entry = reader.next()) {
      expect(count < reading.entries.size(), "there are more entries if nothing is read of them");
      expect_equal(*entry, reading.entries[count++].entry);
    }
  } catch (const Error& caught) {
    error = caught.kind();
  }
  expect(error == reading.error, "errors depend on whether content is read");
  expect(count == reading.entries.size(), "there are fewer entries if nothing is read of them");
}

void check(std::string_view archive) {
  Reading reading = read_archive(archive, limits, archive.size() + 1);
  const std::size_t odd_bytes = 1 + archive.size() % 1021;
  const Reading in_chunks = read_archive(archive, limits, odd_bytes);
  expect(reading.error == in_chunks.error && reading.message == in_chunks.message,
         "errors depend on how the bytes come");
  expect_equal(reading.entries, in_chunks.entries);
  expect(!reading.error || *reading.error == ErrorKind::invalid_data ||
             *reading.error == ErrorKind::unsupported ||
             *reading.error == ErrorKind::limit_exceeded,
         "another kind of error");
  check_skipping(archive, reading);

  for (const ReadEntry& each : reading.entries) check_entry(each.entry);
  // The last one may have been cut off.
  if (reading.error && !reading.entries.empty()) reading.entries.pop_back();
  for (const auto& [entry, content] : reading.entries) {
    expect(content.size() == entry.size_bytes, "content is not as long as its entry says");
  }
  check_limits(reading.entries);
  check_round_trip(reading.entries, odd_bytes);
}

/// Puts a right checksum into each header there seems to be.
void repair_checksums(std::span<std::uint8_t> archive) {
  std::size_t at = 0;
  while (at + tar::block_bytes <= archive.size()) {
    const auto block = archive.subspan(at, tar::block_bytes);
    at += tar::block_bytes;
    if (std::all_of(block.begin(), block.end(), [](std::uint8_t byte) { return byte == 0; })) {
      continue;
    }
    const tar::Field checksum = tar::field::checksum;
    std::fill_n(block.begin() + static_cast<std::ptrdiff_t>(checksum.offset), checksum.size, ' ');
    unsigned sum = 0;
    for (const std::uint8_t byte : block) sum += byte;
    for (std::size_t digit = 6; digit-- > 0; sum /= 8) {
      block[checksum.offset + digit] = static_cast<std::uint8_t>('0' + sum % 8);
    }
    block[checksum.offset + 6] = 0;
    // Where the next header is, if the size is as plain as most are.
    std::uint64_t size_bytes = 0;
    for (std::size_t i = 0; i < tar::field::size.size; ++i) {
      const std::uint8_t digit = block[tar::field::size.offset + i];
      if (digit < '0' || digit > '7') break;
      size_bytes = size_bytes * 8 + (digit - '0');
    }
    const auto type = static_cast<char>(block[tar::field::type.offset]);
    const bool has_data =
        type == '\0' || std::string_view("07xgLKS").find(type) != std::string_view::npos;
    if (!has_data) continue;
    const std::uint64_t next = at + size_bytes + tar::padding_of(size_bytes);
    if (next > archive.size()) return;
    at = static_cast<std::size_t>(next);
  }
}

}  // namespace
}  // namespace umoci::fuzz

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  umoci::fuzz::check(umoci::fuzz::as_text(data, size));
  return 0;
}

std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size, std::size_t max_size,
                                    unsigned seed) {
  const std::size_t new_size = LLVMFuzzerMutate(data, size, max_size);
  if (seed % 16 != 0) umoci::fuzz::repair_checksums({data, new_size});
  return new_size;
}
