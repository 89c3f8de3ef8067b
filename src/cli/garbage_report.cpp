// SPDX-License-Identifier: Apache-2.0
#include <cli/garbage_report.hpp>

#include <cli/json_line.hpp>
#include <cli/json_number.hpp>

#include <umoci/mtree/vis.hpp>
#include <umoci/oci/json.hpp>

#include <numeric>
#include <ostream>

namespace umoci::cli {
namespace {

using oci::Json;

Json blobs(const std::vector<store::StoredBlob>& blobs) {
  Json::Array list;
  for (const store::StoredBlob& blob : blobs) {
    Json json;
    json.set("digest", blob.digest.text());
    json.set("size", number(blob.size_bytes));
    list.push_back(std::move(json));
  }
  return list;
}

/// Names may be of any bytes.
void append_paths(Json::Array& list, const std::vector<std::string>& paths) {
  for (const std::string& path : paths) list.emplace_back(mtree::vis(path));
}

}  // namespace

std::uint64_t removed_bytes(const store::GarbageReport& report) {
  return std::accumulate(
      report.removed.begin(), report.removed.end(), std::uint64_t{0},
      [](std::uint64_t sum, const store::StoredBlob& blob) { return sum + blob.size_bytes; });
}

void print_text(std::ostream& out, const store::GarbageReport& report) {
  for (const store::StoredBlob& blob : report.removed) {
    out << blob.digest.text() << ' ' << blob.size_bytes << '\n';
  }
}

void print_json(const Io& io, const store::GarbageReport& report, store::Changes changes) {
  Json::Array leftovers;
  append_paths(leftovers, report.removed_temporary_files);
  append_paths(leftovers, report.removed_work_directories);
  append_paths(leftovers, report.removed_foreign_files);
  Json::Array skipped;
  append_paths(skipped, report.skipped);
  Json json;
  json.set("dry_run", changes == store::Changes::foreseen);
  json.set("removed", blobs(report.removed));
  json.set("removed_bytes", number(removed_bytes(report)));
  json.set("removed_leftovers", std::move(leftovers));
  json.set("kept_blobs", number(report.kept_blobs));
  json.set("kept_bytes", number(report.kept_bytes));
  json.set("spared", blobs(report.spared));
  json.set("young", blobs(report.young));
  json.set("skipped", std::move(skipped));
  print_json_line(io, json);
}

}  // namespace umoci::cli
