// SPDX-License-Identifier: Apache-2.0
#include <umoci/base/error.hpp>
#include <umoci/check/bundle_namespaces.hpp>
#include <umoci/check/bundle_view.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <vector>

namespace umoci::check {
namespace {

/// Ids on one side of a mapping.
struct Range {
  std::uint64_t first;
  std::uint64_t size;
  std::size_t number;  ///< of the mapping in its list
};

std::vector<Range> ranges_of(const Value& mappings, std::string_view side) {
  std::vector<Range> ranges;
  std::size_t number = 0;
  mappings.for_each_element([&](const Value& mapping) {
    const auto first = mapping[side].natural();
    const auto size = mapping["size"].natural();
    constexpr std::uint64_t most = 0xffffffffU;
    if (first && size && *size > 0 && *first <= most && *size <= most) {
      ranges.push_back({.first = *first, .size = *size, .number = number});
    }
    ++number;
  });
  std::stable_sort(ranges.begin(), ranges.end(),
                   [](const Range& a, const Range& b) { return a.first < b.first; });
  return ranges;
}

void check_ranges(const BundleView& view, const Value& mappings, std::string_view side) {
  const Range* widest = nullptr;
  const std::vector<Range> ranges = ranges_of(mappings, side);
  for (const Range& range : ranges) {
    const auto pointer = [&](const Range& of) {
      return fmt::format("{}/{}", mappings.pointer(), of.number);
    };
    // 2^32 - 1 means "no id".
    if (range.first + range.size > 0xffffffffU) {
      view.report.add(
          "B15", Severity::error, pointer(range),
          fmt::format("the ids from {} \"{}\" on reach beyond 4294967294", side, range.first));
    }
    if (widest != nullptr && range.first < widest->first + widest->size) {
      view.report.add("B15", Severity::error, pointer(range),
                      fmt::format("the ids from {} \"{}\" on are mapped by {} too", side,
                                  range.first, pointer(*widest)));
    }
    if (widest == nullptr || range.first + range.size > widest->first + widest->size) {
      widest = &range;
    }
  }
}

}  // namespace

void check_id_mappings(const BundleView& view) {
  const Value uids = view.config["linux"]["uidMappings"];
  const Value gids = view.config["linux"]["gidMappings"];
  const bool is_new = new_namespaces(view.config).contains("user");
  for (const Value& mappings : {uids, gids}) {
    if (mappings.count() == 0) continue;
    if (!is_new) view.report.error("B15", mappings, "needs a new user namespace");
    mappings.for_each_element([&](const Value& mapping) {
      const Value size = mapping["size"];
      if (size.integer() == 0) view.report.error("B15", size, "maps no ids: the size is \"0\"");
    });
    check_ranges(view, mappings, "containerID");
    check_ranges(view, mappings, "hostID");
  }
  if ((uids.count() > 0) == (gids.count() > 0)) return;
  const bool has_uids = uids.count() > 0;
  view.report.error(
      "B15", has_uids ? uids : gids,
      has_uids ? "there are no gidMappings beside them" : "there are no uidMappings beside them");
}

}  // namespace umoci::check
