// SPDX-License-Identifier: Apache-2.0
#include <umoci/check/bundle_meta_check.hpp>
#include <umoci/check/members.hpp>

#include <umoci/base/error.hpp>

#include <fmt/format.h>

#include <initializer_list>

namespace umoci::check {
namespace {

using oci::Json;

constexpr std::string_view rule = "B25";

void check_format(const Value& document, Report& report) {
  const Value version = document["umoci_version"];
  const std::string* text = version.text();
  if (text == nullptr) {
    report.error(rule, version, "the format has no version, which must be \"2\"");
  } else if (*text != "2") {
    report.error(rule, version, quoted(*text) + " is no version of the format but \"2\"");
  }
  // Only umoci 0.4.7 writes this member; its other modes are for file systems that merge layers.
  const Value mode = document["whiteout_mode"];
  if (mode.exists() && mode.integer() != 0) {
    report.error(rule, mode,
                 quoted(mode.json()->dump()) + " is not 0: the rootfs cannot be repacked");
  }
}

void check_mapping(const Value& mapping, Report& report) {
  for (const char* name : {"containerID", "hostID", "size"}) {
    const Value id = mapping[name];
    const auto number = id.natural();
    if (!number || *number > 0xffffffffU) report.error(rule, id, "is no id");
  }
}

void check_options(const Value& options, Report& report) {
  for (const char* name : {"uid_mappings", "gid_mappings"}) {
    const Value mappings = options[name];
    if (mappings.exists() && mappings.json()->if_array() == nullptr) {
      report.error(rule, mappings, "is no array");
    }
    mappings.for_each_element([&](const Value& mapping) { check_mapping(mapping, report); });
  }
  const Value rootless = options["rootless"];
  if (rootless.json() != nullptr && rootless.truth() == nullptr) {
    report.error(rule, rootless, "is neither true nor false");
  }
}

/// nullopt: it was reported.
std::optional<oci::Descriptor> check_descriptor(const Value& value, Report& report) {
  try {
    oci::Descriptor descriptor = oci::Descriptor::from_json(*value.json());
    descriptor.digest.check();
    return descriptor;
  } catch (const Error& error) {
    report.error(rule, value, error.what());
    return std::nullopt;
  }
}

/// Empty if it cannot be relied on.
std::vector<oci::Descriptor> check_walk(const Value& walk, Report& report) {
  if (walk.count() == 0 || walk.json()->if_array() == nullptr) {
    report.error(rule, walk, "the way to the image is empty");
    return {};
  }
  std::vector<oci::Descriptor> descriptors;
  bool is_sound = true;
  walk.for_each_element([&](const Value& item) {
    if (auto descriptor = check_descriptor(item, report)) {
      descriptors.push_back(std::move(*descriptor));
    } else {
      is_sound = false;
    }
  });
  if (!is_sound) return {};
  const oci::Descriptor& target = descriptors.back();
  if (target.kind() == oci::DocumentKind::manifest) return descriptors;
  const std::string last = fmt::format("{}/{}/mediaType", walk.pointer(), walk.count() - 1);
  report.add(rule, Severity::error, last,
             quoted(target.media_type) + " at the end of the way is no manifest");
  return {};
}

std::optional<digest::Digest> check_mtree_digest(const Value& value, Report& report) {
  if (!value.exists()) return std::nullopt;
  if (value.text() == nullptr) {
    report.error(rule, value, "is no string");
    return std::nullopt;
  }
  try {
    auto digest = digest::Digest::parse(*value.text());
    (void)digest.require_algorithm();
    return digest;
  } catch (const Error& error) {
    report.error(rule, value, error.what());
    return std::nullopt;
  }
}

}  // namespace

BundleOrigin check_bundle_meta(std::string_view text, const Limits& limits, Report& report) {
  Json json;
  try {
    std::vector<std::string> duplicates;
    json = Json::parse(text, limits, duplicates);
    for (const std::string& pointer : duplicates) {
      report.add(rule, Severity::error, pointer, "the member is there twice");
    }
  } catch (const Error& error) {
    report.add(rule, Severity::error, "", error.what());
    return {};
  }
  const Value document(json);
  if (json.if_object() == nullptr) {
    report.error(rule, document, std::string("is ").append(type_name(json)) + ", not an object");
    return {};
  }
  check_format(document, report);
  check_options(document["map_options"], report);
  return {.walk = check_walk(document["from_descriptor_path"]["descriptor_walk"], report),
          .mtree_digest = check_mtree_digest(document["mtree_digest"], report)};
}

}  // namespace umoci::check
