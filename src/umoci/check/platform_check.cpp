// SPDX-License-Identifier: Apache-2.0
#include <umoci/check/platform_check.hpp>

#include <umoci/base/error.hpp>
#include <umoci/oci/go_names.hpp>
#include <umoci/oci/platform_name.hpp>

#include <algorithm>
#include <array>
#include <utility>

namespace umoci::check {
namespace {

constexpr std::array<std::string_view, 6> platform_members{"architecture", "os",      "os.version",
                                                           "os.features",  "variant", "features"};

struct KnownVariant {
  std::string_view architecture;
  std::string_view variant;
};
/// Spec: image-spec image-index.md, Platform Variants; for amd64 the levels that Go has.
constexpr std::array<KnownVariant, 8> known_variants{{{"arm", "v6"},
                                                      {"arm", "v7"},
                                                      {"arm", "v8"},
                                                      {"arm64", "v8"},
                                                      {"amd64", "v1"},
                                                      {"amd64", "v2"},
                                                      {"amd64", "v3"},
                                                      {"amd64", "v4"}}};

bool is_known_variant(const PlatformFacts& facts) {
  return std::ranges::any_of(known_variants, [&](const KnownVariant& known) {
    return known.architecture == facts.architecture && known.variant == facts.variant;
  });
}

std::string text_of(const Members& members, std::string_view name) {
  const std::string* text = members.string(name);
  return text != nullptr ? *text : std::string();
}

bool has(std::span<const std::string_view> names, std::string_view name) {
  return std::ranges::find(names, name) != names.end();
}

void check_names(const PlatformFacts& facts, const Members& members, std::string_view rule) {
  if (facts.is_unknown()) return;
  const auto add = [&](std::string_view name, std::string message) {
    members.report().add(rule, Severity::warning, members.place_of(name), std::move(message));
  };
  if (!facts.os.empty() && !has(oci::go_os_names(), facts.os)) {
    add("os", quoted(facts.os) + " is no operating system that Go knows");
  }
  if (!facts.architecture.empty() && !has(oci::go_architecture_names(), facts.architecture)) {
    const auto usual = oci::usual_architecture(facts.architecture);
    add("architecture",
        quoted(facts.architecture) + (usual ? " is called " + quoted(*usual) + " here"
                                            : std::string(" is no architecture that Go knows")));
  }
  if (!facts.variant.empty() && !is_known_variant(facts)) {
    add("variant",
        quoted(facts.variant) + " is no defined variant of " + quoted(facts.architecture));
  }
}

}  // namespace

PlatformFacts read_platform_members(const Members& members, std::string_view name_rule) {
  PlatformFacts facts{.os = text_of(members, "os"),
                      .architecture = text_of(members, "architecture"),
                      .variant = text_of(members, "variant"),
                      .os_version = text_of(members, "os.version"),
                      .os_features = {}};
  for (const std::string_view feature : members.strings("os.features")) {
    facts.os_features.emplace_back(feature);
  }
  std::ranges::sort(facts.os_features);
  check_names(facts, members, name_rule);
  return facts;
}

PlatformFacts check_platform(const oci::Json& platform, const oci::Place& place,
                             DocumentReport& report) {
  const Members members(platform, place, report, "D13");
  for (const std::string_view name : {"os", "architecture"}) {
    if (!members.require(name, "D13")) continue;
    const std::string* text = members.find(name)->if_string();
    if (text != nullptr && text->empty()) report.add("D13", members.place_of(name), "is empty");
  }
  if (members.find("features") != nullptr) {
    report.add("X11", members.place_of("features"), "is reserved for future use");
  }
  members.check_names(platform_members);
  return read_platform_members(members, "X08");
}

void compare_platforms(const PlatformFacts& descriptor, const PlatformFacts& config,
                       const std::string& pointer, DocumentReport& report) {
  const auto compare = [&](std::string_view name, const std::string& here, const std::string& there,
                           Severity severity) {
    if (here.empty() || there.empty() || here == there) return;
    report.add(
        "X10", severity, pointer + "/" + std::string(name),
        quoted(here) + " contradicts the image's configuration, which says " + quoted(there));
  };
  compare("os", descriptor.os, config.os, Severity::error);
  compare("architecture", descriptor.architecture, config.architecture, Severity::error);
  compare("variant", descriptor.variant, config.variant, Severity::warning);
  compare("os.version", descriptor.os_version, config.os_version, Severity::warning);
  const bool both_have_features = !descriptor.os_features.empty() && !config.os_features.empty();
  if (both_have_features && descriptor.os_features != config.os_features) {
    report.add("X10", Severity::warning, pointer + "/os.features",
               "differs from the image's configuration");
  }
}

}  // namespace umoci::check
