// SPDX-License-Identifier: Apache-2.0
#include <umoci/layer/id_map.hpp>

#include <umoci/base/error.hpp>
#include <umoci/base/number.hpp>

#include <limits>

namespace umoci::layer {
namespace {

/// -1 to the kernel: "leave the owner alone". No file can belong to it.
constexpr std::uint32_t no_id = std::numeric_limits<std::uint32_t>::max();
constexpr std::uint64_t id_count = 1ULL << 32U;

std::uint32_t parse_id(std::string_view digits, std::string_view text) {
  const auto value = parse_number<std::uint32_t>(digits);
  if (!value) {
    throw Error(ErrorKind::invalid_argument, "id mapping " + quoted(text) + ": " + quoted(digits) +
                                                 " is no decimal number from 0 to 4294967295");
  }
  return *value;
}

std::string text_of(const tree::IdMapping& mapping) {
  return std::to_string(mapping.container_id) + ":" + std::to_string(mapping.host_id) + ":" +
         std::to_string(mapping.size);
}

void check_range(const tree::IdMapping& mapping) {
  if (mapping.size == 0) {
    throw Error(ErrorKind::invalid_argument,
                "id mapping " + quoted(text_of(mapping)) + " maps no id");
  }
  const std::uint64_t size = mapping.size;
  if (mapping.container_id + size > id_count || mapping.host_id + size > id_count) {
    throw Error(ErrorKind::invalid_argument,
                "id mapping " + quoted(text_of(mapping)) + " reaches beyond id 4294967295");
  }
}

bool overlap(std::uint64_t one, std::uint64_t one_size, std::uint64_t other,
             std::uint64_t other_size) {
  return one < other + other_size && other < one + one_size;
}

std::optional<std::uint32_t> translate(std::uint32_t id, std::uint32_t from, std::uint32_t to,
                                       std::uint32_t size) {
  if (id < from || id - from >= size) return std::nullopt;
  const std::uint32_t result = to + (id - from);
  return result == no_id ? std::nullopt : std::optional(result);
}

}  // namespace

tree::IdMapping parse_id_mapping(std::string_view text) {
  std::vector<std::string_view> fields;
  for (std::size_t start = 0; start != std::string_view::npos;) {
    const std::size_t colon = text.find(':', start);
    fields.push_back(text.substr(start, colon - start));
    start = colon == std::string_view::npos ? colon : colon + 1;
  }
  if (fields.size() < 2 || fields.size() > 3) {
    throw Error(ErrorKind::invalid_argument,
                "id mapping " + quoted(text) + " is not of the form container:host[:size]");
  }
  const tree::IdMapping mapping{.container_id = parse_id(fields[0], text),
                                .host_id = parse_id(fields[1], text),
                                .size = fields.size() == 3 ? parse_id(fields[2], text) : 1};
  check_range(mapping);
  return mapping;
}

IdMap::IdMap(std::vector<tree::IdMapping> mappings) : mappings_(std::move(mappings)) {
  for (auto one = mappings_.begin(); one != mappings_.end(); ++one) {
    check_range(*one);
    for (auto other = mappings_.begin(); other != one; ++other) {
      if (overlap(one->container_id, one->size, other->container_id, other->size) ||
          overlap(one->host_id, one->size, other->host_id, other->size)) {
        throw Error(ErrorKind::invalid_argument, "id mappings " + quoted(text_of(*other)) +
                                                     " and " + quoted(text_of(*one)) + " overlap");
      }
    }
  }
}

std::optional<std::uint32_t> IdMap::find_host(std::uint32_t container_id) const {
  if (container_id == no_id) return std::nullopt;
  if (is_identity()) return container_id;
  for (const tree::IdMapping& mapping : mappings_) {
    if (auto id = translate(container_id, mapping.container_id, mapping.host_id, mapping.size)) {
      return id;
    }
  }
  return std::nullopt;
}

std::optional<std::uint32_t> IdMap::find_container(std::uint32_t host_id) const {
  if (host_id == no_id) return std::nullopt;
  if (is_identity()) return host_id;
  for (const tree::IdMapping& mapping : mappings_) {
    if (auto id = translate(host_id, mapping.host_id, mapping.container_id, mapping.size)) {
      return id;
    }
  }
  return std::nullopt;
}

std::uint32_t IdMap::to_host(std::uint32_t container_id) const {
  if (auto id = find_host(container_id)) return *id;
  throw Error(ErrorKind::invalid_argument,
              "container id " + std::to_string(container_id) + " cannot be mapped to the host");
}

std::uint32_t IdMap::to_container(std::uint32_t host_id) const {
  if (auto id = find_container(host_id)) return *id;
  throw Error(ErrorKind::invalid_argument,
              "host id " + std::to_string(host_id) + " cannot be mapped to the container");
}

}  // namespace umoci::layer
