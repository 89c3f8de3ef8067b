// SPDX-License-Identifier: Apache-2.0
// Entries made of the input's bytes, written and read again: they must be the same.
#include <fuzz/input.hpp>
#include <fuzz/tar_entries.hpp>
#include <fuzz/target.hpp>

#include <algorithm>
#include <array>

namespace umoci::fuzz {
namespace {

using tree::EntryType;

constexpr std::array types{EntryType::file,      EntryType::directory,   EntryType::symlink,
                           EntryType::hard_link, EntryType::char_device, EntryType::block_device,
                           EntryType::fifo};

std::string without(std::string_view bytes, std::string_view unwanted) {
  std::string text(bytes);
  std::erase_if(text, [&](char byte) { return unwanted.find(byte) != std::string_view::npos; });
  return text;
}

constexpr std::string_view nul{"\0", 1};

/// Up to some hundred bytes; often as long as a field of a header is, or nearly.
std::string text_of(Input& input, std::string_view unwanted) {
  const std::string text = without(input.text(), unwanted);
  constexpr std::array<std::size_t, 8> lengths{0, 98, 99, 100, 101, 154, 155, 256};
  const std::size_t length = input.coin() ? input.pick(lengths) : 0;
  return text.size() < length ? text + std::string(length - text.size(), 'x') : text;
}

tree::TreePath path_of(Input& input) {
  std::string path = text_of(input, nul);
  for (std::size_t more = input.below(4); more > 0; --more) path += '/' + text_of(input, nul);
  return tree::TreePath::clean(path);
}

/// Small, any, or at the edge of what octal digits hold.
std::uint64_t number_of(Input& input, unsigned bytes, std::uint64_t edge) {
  switch (input.below(3)) {
    case 0:
      return input.byte();
    case 1:
      return edge - 2 + input.below(4);
    default:
      return input.number(bytes);
  }
}

std::uint32_t id_of(Input& input) {
  const auto id = static_cast<std::uint32_t>(number_of(input, 4, 010000000));
  return id == ~0U ? 0 : id;
}

ReadEntry entry_of(Input& input) {
  ReadEntry made;
  tree::Entry& entry = made.entry;
  entry.path = path_of(input);
  entry.type = input.pick(types);
  entry.mode = static_cast<std::uint32_t>(input.number(2) & 07777U);
  entry.uid = id_of(input);
  entry.gid = id_of(input);
  entry.mtime = {.seconds = static_cast<std::int64_t>(number_of(input, 8, 0100000000000)),
                 .nanoseconds = static_cast<std::uint32_t>(input.number(4) % 1'000'000'000)};
  if (input.coin()) entry.atime = entry.mtime;
  if (entry.type == EntryType::file) {
    made.content = input.text();
    if (input.coin()) made.content.resize(made.content.size() + input.below(3) * tar::block_bytes);
    entry.size_bytes = made.content.size();
    entry.hole_bytes = input.coin() ? 1 : 0;
  } else if (entry.type == EntryType::symlink || entry.type == EntryType::hard_link) {
    entry.link = text_of(input, nul);
  } else if (entry.type == EntryType::char_device || entry.type == EntryType::block_device) {
    entry.device = {.major = static_cast<std::uint32_t>(number_of(input, 4, 010000000)),
                    .minor = static_cast<std::uint32_t>(number_of(input, 4, 010000000))};
  }
  for (std::size_t count = input.below(4); count > 0; --count) {
    const std::string name = without(input.text(), std::string_view("=\0", 2));
    if (!name.empty()) entry.xattrs[name] = input.text();
  }
  return made;
}

}  // namespace
}  // namespace umoci::fuzz

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace umoci::fuzz;
  Input input(as_text(data, size));
  const std::size_t chunk_bytes = 1 + input.number(2) % 2000;
  std::vector<ReadEntry> entries;
  while (!input.empty() && entries.size() < 50) entries.push_back(entry_of(input));
  check_round_trip(entries, chunk_bytes);
  return 0;
}
