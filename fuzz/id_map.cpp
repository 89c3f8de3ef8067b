// SPDX-License-Identifier: Apache-2.0
// Mappings of ids, beside a model that counts in 64 bits and knows no overflow.
#include <fuzz/input.hpp>
#include <fuzz/target.hpp>

#include <umoci/base/error.hpp>
#include <umoci/layer/id_map.hpp>

#include <optional>
#include <vector>

namespace umoci::layer {
namespace {

using fuzz::expect;
using fuzz::Input;
using tree::IdMapping;

constexpr std::uint64_t id_count = 1ULL << 32U;
constexpr std::uint64_t no_id = id_count - 1;

/// A decimal number of 32 bits; digits may be led by zeros.
std::optional<std::uint64_t> parse_plainly(std::string_view digits) {
  if (digits.empty()) return std::nullopt;
  std::uint64_t value = 0;
  for (const char digit : digits) {
    if (digit < '0' || digit > '9') return std::nullopt;
    value = value * 10 + static_cast<std::uint64_t>(digit - '0');
    if (value >= id_count) return std::nullopt;
  }
  return value;
}

bool is_possible(std::uint64_t container, std::uint64_t host, std::uint64_t size) {
  return size > 0 && container + size <= id_count && host + size <= id_count;
}

/// What `text` should mean; nullopt if it should be refused.
std::optional<IdMapping> mapping_in(std::string_view text) {
  std::vector<std::uint64_t> numbers;
  for (;;) {
    const std::size_t colon = text.find(':');
    const auto number = parse_plainly(text.substr(0, colon));
    if (!number) return std::nullopt;
    numbers.push_back(*number);
    if (colon == std::string_view::npos) break;
    text.remove_prefix(colon + 1);
  }
  if (numbers.size() == 2) numbers.push_back(1);
  if (numbers.size() != 3 || !is_possible(numbers[0], numbers[1], numbers[2])) return std::nullopt;
  return IdMapping{.container_id = static_cast<std::uint32_t>(numbers[0]),
                   .host_id = static_cast<std::uint32_t>(numbers[1]),
                   .size = static_cast<std::uint32_t>(numbers[2])};
}

void check_parsing(std::string_view text) {
  const std::optional<IdMapping> expected = mapping_in(text);
  std::optional<IdMapping> parsed;
  try {
    parsed = parse_id_mapping(text);
  } catch (const Error& error) {
    expect(error.kind() == ErrorKind::invalid_argument, "another kind of error");
  }
  expect(parsed == expected, "a mapping means something else to the model");
}

bool are_apart(std::uint64_t one, std::uint64_t one_size, std::uint64_t other,
               std::uint64_t other_size) {
  return one + one_size <= other || other + other_size <= one;
}

bool is_reversible(const std::vector<IdMapping>& mappings) {
  for (std::size_t i = 0; i < mappings.size(); ++i) {
    const IdMapping& one = mappings[i];
    if (!is_possible(one.container_id, one.host_id, one.size)) return false;
    for (std::size_t j = 0; j < i; ++j) {
      const IdMapping& other = mappings[j];
      if (!are_apart(one.container_id, one.size, other.container_id, other.size)) return false;
      if (!are_apart(one.host_id, one.size, other.host_id, other.size)) return false;
    }
  }
  return true;
}

enum class Direction { to_host, to_container };

/// Where the model finds an id on the other side.
std::optional<std::uint32_t> find_plainly(const std::vector<IdMapping>& mappings, std::uint64_t id,
                                          Direction direction) {
  if (id == no_id) return std::nullopt;
  if (mappings.empty()) return static_cast<std::uint32_t>(id);
  for (const IdMapping& mapping : mappings) {
    const bool to_host = direction == Direction::to_host;
    const std::uint64_t from = to_host ? mapping.container_id : mapping.host_id;
    const std::uint64_t to = to_host ? mapping.host_id : mapping.container_id;
    if (id < from || id >= from + mapping.size) continue;
    const std::uint64_t found = id - from + to;
    if (found != no_id) return static_cast<std::uint32_t>(found);
  }
  return std::nullopt;
}

/// The same by way of an error.
template <class Fn>
std::optional<std::uint32_t> found_by(Fn fn) {
  try {
    return fn();
  } catch (const Error& error) {
    expect(error.kind() == ErrorKind::invalid_argument, "another kind of error");
    return std::nullopt;
  }
}

void check_id(const IdMap& map, std::uint32_t id) {
  const auto host = map.find_host(id);
  const auto container = map.find_container(id);
  expect(host == find_plainly(map.mappings(), id, Direction::to_host),
         "the model has another host id");
  expect(container == find_plainly(map.mappings(), id, Direction::to_container),
         "the model has another container id");
  expect(found_by([&] { return map.to_host(id); }) == host, "to_host and find_host differ");
  expect(found_by([&] { return map.to_container(id); }) == container,
         "to_container and find_container differ");
  if (host) expect(map.find_container(*host) == id, "a container id does not come back");
  if (container) expect(map.find_host(*container) == id, "a host id does not come back");
}

void check_map(Input& input) {
  std::vector<IdMapping> mappings;
  const std::size_t count = input.below(6);
  for (std::size_t i = 0; i < count; ++i) {
    // Of fewer bytes a number is small, and ranges meet.
    const auto number = [&] {
      const unsigned bytes = 1 + static_cast<unsigned>(input.below(4));
      const auto value = static_cast<std::uint32_t>(input.number(bytes));
      return input.coin() ? ~value : value;
    };
    const std::uint32_t container_id = number();
    const std::uint32_t host_id = number();
    mappings.push_back({.container_id = container_id, .host_id = host_id, .size = number()});
  }
  std::optional<IdMap> map;
  try {
    map.emplace(mappings);
  } catch (const Error& error) {
    expect(error.kind() == ErrorKind::invalid_argument, "another kind of error");
  }
  expect(map.has_value() == is_reversible(mappings), "the model judges the mappings otherwise");
  if (!map) return;
  for (const IdMapping& mapping : mappings) {
    for (const std::uint32_t start : {mapping.container_id, mapping.host_id}) {
      for (const std::uint32_t id : {start - 1, start, start + mapping.size - 1,
                                     start + mapping.size, start + mapping.size / 2}) {
        check_id(*map, id);
      }
    }
  }
  check_id(*map, 0);
  check_id(*map, static_cast<std::uint32_t>(no_id));
  check_id(*map, static_cast<std::uint32_t>(input.number(4)));
}

}  // namespace
}  // namespace umoci::layer

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  umoci::layer::check_parsing(umoci::fuzz::as_text(data, size));
  umoci::fuzz::Input input(umoci::fuzz::as_text(data, size));
  umoci::layer::check_map(input);
  return 0;
}
