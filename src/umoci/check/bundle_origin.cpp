// SPDX-License-Identifier: Apache-2.0
#include <umoci/check/bundle_origin.hpp>

#include <umoci/base/error.hpp>
#include <umoci/check/bundle_files.hpp>
#include <umoci/check/bundle_meta_check.hpp>
#include <umoci/check/bundle_report.hpp>
#include <umoci/digest/hasher.hpp>
#include <umoci/mtree/manifest.hpp>
#include <umoci/store/graph.hpp>

#include <algorithm>

namespace umoci::check {
namespace {

constexpr const char* meta_name = "umoci.json";

std::string mtree_name(const digest::Digest& manifest) {
  std::string name(manifest.algorithm_name());
  return name.append("_").append(manifest.encoded()).append(".mtree");
}

void check_mtree(const fs::Directory& bundle, const BundleOrigin& origin, const Limits& limits,
                 Findings& findings) {
  const std::string name = mtree_name(origin.walk.back().digest);
  Report report(findings, name);
  const auto fail = [&](std::string message) {
    report.add("B26", Severity::error, "", std::move(message));
  };
  const BundleFile file = read_bundle_file(bundle, name, limits, &Limits::mtree_bytes);
  if (file.state == BundleFile::State::missing) return fail("is missing");
  if (file.state == BundleFile::State::unusable) return fail(file.fault);
  if (origin.mtree_digest) {
    const digest::Digest actual =
        digest::digest_of(file.text, origin.mtree_digest->require_algorithm());
    if (actual != *origin.mtree_digest) {
      fail("has the digest " + quoted(actual.text()) + ", umoci.json says " +
           quoted(origin.mtree_digest->text()));
    }
  }
  try {
    (void)mtree::Manifest::parse(file.text, limits);
  } catch (const Error& error) {
    fail(error.what());
  }
}

/// Whether the document that `parent` names has `child`.
bool has_child(const store::Layout& layout, const oci::Descriptor& parent,
               const oci::Descriptor& child) {
  const store::Children children = store::children_of(layout.blobs(), parent, layout.limits());
  return std::any_of(children.owned.begin(), children.owned.end(),
                     [&](const oci::Descriptor& one) { return one.digest == child.digest; });
}

/// Whether the walk can be gone again in the layout.
void check_walk(const store::Layout& layout, const std::vector<oci::Descriptor>& walk,
                Findings& findings) {
  Report report(findings, meta_name);
  const oci::Descriptor* parent = nullptr;
  std::size_t number = 0;
  for (const oci::Descriptor& descriptor : walk) {
    const std::string pointer = "/from_descriptor_path/descriptor_walk/" + std::to_string(number++);
    const auto warn = [&](std::string message) {
      report.add("B27", Severity::warning, pointer, std::move(message));
    };
    try {
      if (!layout.blobs().find(descriptor.digest)) {
        warn(quoted(descriptor.digest.text()) + " is not in the layout");
      }
      if (parent != nullptr && !has_child(layout, *parent, descriptor)) {
        warn(quoted(descriptor.digest.text()) + " is not in " + quoted(parent->digest.text()));
      }
    } catch (const Error& error) {
      // That it is missing was said above, of the parent.
      if (error.kind() != ErrorKind::not_found) warn(error.what());
    }
    parent = &descriptor;
  }
  report.finish();
}

}  // namespace

void check_origin(const fs::Directory& bundle, const store::Layout* layout, const Limits& limits,
                  Findings& findings) {
  const BundleFile file = read_bundle_file(bundle, meta_name, limits, &Limits::document_bytes);
  // Bundles that others made have none.
  if (file.state == BundleFile::State::missing) return;
  Report report(findings, meta_name);
  if (file.state == BundleFile::State::unusable) {
    return report.add("B25", Severity::error, "", file.fault);
  }
  const BundleOrigin origin = check_bundle_meta(file.text, limits, report);
  report.finish();
  if (origin.walk.empty()) return;
  check_mtree(bundle, origin, limits, findings);
  if (layout != nullptr) check_walk(*layout, origin.walk, findings);
}

}  // namespace umoci::check
