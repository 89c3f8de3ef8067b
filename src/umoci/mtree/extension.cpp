// SPDX-License-Identifier: Apache-2.0
#include <umoci/mtree/extension.hpp>

#include <umoci/base/error.hpp>
#include <umoci/base/number.hpp>

#include <fmt/format.h>

#include <cstdint>

namespace umoci::mtree {
namespace {

using tree::EntryType;

constexpr std::string_view owner_word = "image.owner=";
constexpr std::string_view device_word = "image.device=";

[[noreturn]] void fail(std::string_view word) {
  throw Error(ErrorKind::invalid_data, "invalid " + quoted(word));
}

/// Cuts the part up to the next comma, or all, off `rest`.
std::string_view next_part(std::string_view& rest) {
  const std::size_t comma = rest.find(',');
  const std::string_view part = rest.substr(0, comma);
  rest = comma == std::string_view::npos ? std::string_view() : rest.substr(comma + 1);
  return part;
}

/// `text` is FIRST,SECOND, a part of `word`.
std::pair<std::uint32_t, std::uint32_t> read_pair(std::string_view text, std::string_view word) {
  const auto number = [&](std::string_view digits) {
    const auto value = parse_number<std::uint32_t>(digits);
    if (!value) fail(word);
    return *value;
  };
  const std::string_view first = next_part(text);
  return {number(first), number(text)};
}

EntryType read_type(std::string_view text, std::string_view word) {
  if (text == "char") return EntryType::char_device;
  if (text == "block") return EntryType::block_device;
  fail(word);
}

}  // namespace

std::string facts_text(const tree::ImageFacts& facts) {
  std::string text;
  if (facts.owner) {
    text += fmt::format(" {}{},{}", owner_word, facts.owner->uid, facts.owner->gid);
  }
  if (facts.device) {
    const std::string_view type = facts.device->type == EntryType::block_device ? "block" : "char";
    const auto [major, minor] = facts.device->number;
    text += fmt::format(" {}{},{},{}", device_word, type, major, minor);
  }
  return text;
}

bool read_fact(tree::ImageFacts& facts, std::string_view word) {
  if (word.starts_with(owner_word)) {
    const auto [uid, gid] = read_pair(word.substr(owner_word.size()), word);
    facts.owner = {.uid = uid, .gid = gid};
    return true;
  }
  if (word.starts_with(device_word)) {
    std::string_view rest = word.substr(device_word.size());
    const EntryType type = read_type(next_part(rest), word);
    const auto [major, minor] = read_pair(rest, word);
    facts.device = {.type = type, .number = {.major = major, .minor = minor}};
    return true;
  }
  return false;
}

}  // namespace umoci::mtree
