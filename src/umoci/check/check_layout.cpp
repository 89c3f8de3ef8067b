// SPDX-License-Identifier: Apache-2.0
#include <umoci/check/check.hpp>

#include <umoci/base/error.hpp>
#include <umoci/check/blobs.hpp>
#include <umoci/check/json_document.hpp>
#include <umoci/check/layout_check.hpp>
#include <umoci/check/layout_files.hpp>
#include <umoci/check/walk.hpp>
#include <umoci/oci/descriptor.hpp>
#include <umoci/store/damaged_layout.hpp>

#include <string>
#include <utility>
#include <vector>

namespace umoci::check {
namespace {

constexpr const char* index_name = "index.json";

void require_name(const IndexFacts& index, const std::string& name) {
  for (const DescriptorFacts& entry : index.entries) {
    const auto own = entry.annotations.find(oci::ref_name_annotation);
    if (own != entry.annotations.end() && own->second == name) return;
  }
  throw Error(ErrorKind::not_found, "tag not found: " + quoted(name));
}

/// index.json and all it leads to.
void check_documents(const LayoutFiles& files, Blobs& blobs, const LayoutCheckOptions& options,
                     Findings& findings) {
  const auto text = read_layout_file(files, index_name, "L04", options.limits, findings);
  if (!text) return;
  DocumentReport report(findings, index_name);
  const auto json = parse_document(*text, report, options.limits);
  if (json && json->if_object() == nullptr) report.add("L04", std::string(), "is no image index");
  if (json && json->if_object() != nullptr) {
    const IndexFacts index = check_index(*json, IndexPosition::of_layout, {}, report);
    if (options.ref_name) require_name(index, *options.ref_name);
    Walk(blobs, options, findings).run(index, report);
  }
  report.finish();
}

/// The blobs to which nothing led.
void check_others(const std::vector<std::string>& stored, Blobs& blobs,
                  const LayoutCheckOptions& options, Findings& findings) {
  for (const std::string& digest : stored) {
    if (blobs.is_examined(digest)) continue;
    if (!options.ref_name) {
      findings.add("L09", {.document = blob_file(digest), .pointer = ""},
                   "nothing leads to this blob");
    }
    if (options.blobs == LayoutCheckOptions::Blobs::all) blobs.examine(digest);
  }
}

/// Keeps what the index leads to where it is until the check is over.
store::DamagedLayout hold_blobs(const std::filesystem::path& path,
                                const LayoutCheckOptions& options) {
  store::DamagedLayout layout(
      path, {.log = options.log, .lock_timeout = options.lock_timeout, .stop = options.stop});
  try {
    layout.lock(store::LockMode::shared);
  } catch (const Error& error) {
    // Whoever may not even list the layout can still be told so, rule by rule.
    if (error.kind() != ErrorKind::permission) throw;
  }
  return layout;
}

}  // namespace

void check_layout(const std::filesystem::path& path, const LayoutCheckOptions& options,
                  Findings& findings) {
  const PhaseReport phase(options.progress, {.activity = ProgressActivity::check_blobs});
  const LayoutFiles files(path);
  const store::DamagedLayout held = hold_blobs(path, options);
  const auto stored = check_layout_files(files, options.limits, findings);
  Blobs blobs(files, findings,
              {.limits = options.limits, .stop = options.stop, .progress = options.progress});
  check_documents(files, blobs, options, findings);
  check_others(stored, blobs, options, findings);
  phase.finish();
}

}  // namespace umoci::check
