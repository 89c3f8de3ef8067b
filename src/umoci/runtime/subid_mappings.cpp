// SPDX-License-Identifier: Apache-2.0
#include <umoci/runtime/subid_mappings.hpp>

#include <umoci/base/error.hpp>
#include <umoci/runtime/user_entries.hpp>

#include <set>
#include <utility>

namespace umoci::runtime {
namespace {

/// Kernel: since 4.15, user_namespaces(7).
constexpr std::size_t max_mappings = 340;

std::string text_of(const SubidOwner& owner) {
  const std::string number = std::to_string(owner.uid);
  return owner.name.empty() ? "user " + number : "user " + quoted(owner.name) + " (" + number + ")";
}

[[noreturn]] void fail(ErrorKind kind, const SubidFile& file, const std::string& what) {
  throw Error(kind, quoted(file.path) + " " + what);
}

}  // namespace

std::vector<tree::IdMapping> subid_mappings(const SubidFile& file, const SubidOwner& owner,
                                            std::uint32_t own_id, Log& log) {
  const std::string number = std::to_string(owner.uid);
  std::vector<tree::IdMapping> mappings{{.container_id = 0, .host_id = own_id, .size = 1}};
  std::set<std::pair<std::uint32_t, std::uint32_t>> seen;
  std::uint64_t next = 1;
  SubidEntries entries(file.text);
  while (const std::optional<SubidEntry> entry = entries.next()) {
    const bool is_own =
        entry->owner == number || (!owner.name.empty() && entry->owner == owner.name);
    // It may stand there once by name and once by number.
    if (!is_own || !seen.emplace(entry->start, entry->count).second) continue;
    if (mappings.size() == max_mappings) {
      fail(ErrorKind::limit_exceeded, file, "has too many ranges for " + text_of(owner));
    }
    if (next + entry->count - 1 > max_id) {
      fail(ErrorKind::limit_exceeded, file, "has more ids than there are for " + text_of(owner));
    }
    mappings.push_back({.container_id = static_cast<std::uint32_t>(next),
                        .host_id = entry->start,
                        .size = entry->count});
    next += entry->count;
  }
  entries.report_skipped(file.path, log);
  if (mappings.size() == 1) {
    fail(ErrorKind::not_found, file, "has no range of ids for " + text_of(owner));
  }
  return mappings;
}

}  // namespace umoci::runtime
