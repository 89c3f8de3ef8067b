// SPDX-License-Identifier: Apache-2.0
#include <umoci/mtree/manifest.hpp>

#include <algorithm>
#include <numeric>

namespace umoci::mtree {
namespace {

/// True if each path is greater than the one before.
bool is_strictly_sorted(const std::vector<Record>& records) {
  return std::adjacent_find(records.begin(), records.end(), [](const Record& a, const Record& b) {
           return a.path >= b.path;
         }) == records.end();
}

}  // namespace

Manifest::Manifest(std::vector<Record> records) {
  if (is_strictly_sorted(records)) {
    records_ = std::move(records);
    return;
  }
  // Records are large, so numbers are sorted in their place.
  std::vector<std::size_t> order(records.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    const auto by_path = records[a].path <=> records[b].path;
    return by_path == 0 ? a < b : by_path < 0;
  });
  records_.reserve(records.size());
  for (const std::size_t index : order) {
    Record& record = records[index];
    if (!records_.empty() && records_.back().path == record.path) {
      records_.back() = std::move(record);
    } else {
      records_.push_back(std::move(record));
    }
  }
}

const Record* Manifest::find(const tree::TreePath& path) const {
  const auto found =
      std::lower_bound(records_.begin(), records_.end(), path,
                       [](const Record& record, const auto& p) { return record.path < p; });
  return found != records_.end() && found->path == path ? &*found : nullptr;
}

KeywordSet Manifest::used_keywords() const {
  KeywordSet used;
  for (const Record& record : records_) used = used | record.keywords;
  return used;
}

}  // namespace umoci::mtree
