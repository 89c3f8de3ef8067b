// SPDX-License-Identifier: Apache-2.0
#include <umoci/base/error.hpp>
#include <umoci/check/bundle_files.hpp>
#include <umoci/check/bundle_origin.hpp>
#include <umoci/check/bundle_root.hpp>
#include <umoci/check/bundle_schema.hpp>
#include <umoci/check/bundle_view.hpp>
#include <umoci/check/check.hpp>
#include <umoci/check/members.hpp>
#include <umoci/store/layout.hpp>

namespace umoci::check {
namespace {

constexpr const char* config_name = "config.json";

/// The document; nullopt: what keeps it from being one was reported (B01).
std::optional<oci::Json> read_config(const fs::Directory& bundle, const Limits& limits,
                                     Report& report) {
  const auto fail = [&](std::string message) {
    report.add("B01", Severity::error, "", std::move(message));
    return std::nullopt;
  };
  const BundleFile file = read_bundle_file(bundle, config_name, limits, &Limits::document_bytes);
  if (file.state == BundleFile::State::missing) return fail("is missing");
  if (file.state == BundleFile::State::unusable) return fail(file.fault);
  try {
    std::vector<std::string> duplicates;
    oci::Json json = oci::Json::parse(file.text, limits, duplicates);
    for (const std::string& pointer : duplicates) {
      report.add("B01", Severity::error, pointer, "the member is there twice");
    }
    if (json.if_object() != nullptr) return json;
    return fail(std::string("is ").append(type_name(json)) + ", not an object");
  } catch (const Error& error) {
    return fail(error.what());
  }
}

void check_config(const BundleView& view) {
  check_shape(view.config, runtime_config_shape(), view.report);
  for (const auto check :
       {check_version, check_process, check_capabilities, check_rlimits, check_mounts,
        check_namespaces, check_id_mappings, check_devices, check_resources, check_hidden_paths,
        check_hooks, check_annotations, check_labels}) {
    check(view);
  }
}

}  // namespace

void check_bundle(const std::filesystem::path& path, const BundleCheckOptions& options,
                  Findings& findings) {
  const fs::Directory bundle = open_bundle(path);
  // What was asked for in vain is told before anything else.
  std::optional<store::Layout> layout;
  if (options.layout) {
    layout = store::Layout::open(*options.layout, store::LayoutOptions{.limits = options.limits});
  }
  Report report(findings, config_name);
  if (const auto json = read_config(bundle, options.limits, report)) {
    const Value config(*json);
    const ContainerFiles files(check_root(config, path, report), config["mounts"], options.limits);
    std::optional<HostFacts> host;
    if (options.host == BundleCheckOptions::Host::checked) host = read_host_facts();
    check_config({.config = config,
                  .directory = path,
                  .files = files,
                  .host = host ? &*host : nullptr,
                  .report = report});
  }
  report.finish();
  check_origin(bundle, layout ? &*layout : nullptr, options.limits, findings);
}

}  // namespace umoci::check
