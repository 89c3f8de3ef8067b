// SPDX-License-Identifier: Apache-2.0
#include <umoci/mtree/manifest.hpp>

#include <algorithm>
#include <string_view>
#include <utility>

namespace umoci::mtree {
namespace {

/// True if each path is greater than the one before.
bool is_strictly_sorted(const std::vector<Record>& records) {
  return std::adjacent_find(records.begin(), records.end(), [](const Record& a, const Record& b) {
           return a.path >= b.path;
         }) == records.end();
}

struct Place {
  std::string_view path;
  std::size_t index;  ///< in the records as they came
};

/// The order that sorts by path, the last of one path first.
std::vector<Place> sorted_places(const std::vector<Record>& records) {
  std::vector<Place> places;
  places.reserve(records.size());
  for (const Record& record : records) {
    places.push_back({.path = record.path.text(), .index = places.size()});
  }
  std::sort(places.begin(), places.end(), [](const Place& a, const Place& b) {
    const auto by_path = a.path <=> b.path;
    return by_path == 0 ? a.index > b.index : by_path < 0;
  });
  return places;
}

/// Brings the records into the order of `places`, moving each of them once: records are large.
void permute(std::vector<Record>& records, std::vector<Place>& places) {
  for (std::size_t start = 0; start < records.size(); ++start) {
    if (places[start].index == start) continue;
    Record displaced = std::move(records[start]);
    std::size_t at = start;
    while (places[at].index != start) {
      const std::size_t next = std::exchange(places[at].index, at);
      records[at] = std::move(records[next]);
      at = next;
    }
    places[at].index = at;
    records[at] = std::move(displaced);
  }
}

}  // namespace

Manifest::Manifest(std::vector<Record> records) : records_(std::move(records)) {
  if (is_strictly_sorted(records_)) return;
  auto places = sorted_places(records_);
  permute(records_, places);
  const auto is_same_path = [](const Record& a, const Record& b) { return a.path == b.path; };
  records_.erase(std::unique(records_.begin(), records_.end(), is_same_path), records_.end());
}

const Record* Manifest::find(const tree::TreePath& path) const {
  const auto found =
      std::lower_bound(records_.begin(), records_.end(), path,
                       [](const Record& record, const auto& p) { return record.path < p; });
  return found != records_.end() && found->path == path ? &*found : nullptr;
}

tree::ImageFacts Manifest::facts_of(const tree::Entry& entry) const {
  const Record* const record = find(entry.path);
  if (record == nullptr || record->facts.empty() || record->type != entry.type) return {};
  if (entry.type == tree::EntryType::symlink && entry.link != record->link) return {};
  tree::ImageFacts facts = record->facts;
  const bool is_stand_in = entry.type == tree::EntryType::file && entry.size_bytes == 0;
  if (!is_stand_in) facts.device.reset();
  return facts;
}

KeywordSet Manifest::used_keywords() const {
  KeywordSet used;
  for (const Record& record : records_) used = used | record.keywords;
  return used;
}

}  // namespace umoci::mtree
