// SPDX-License-Identifier: Apache-2.0
#include <umoci/base/error.hpp>
#include <umoci/check/bundle_view.hpp>

#include <fmt/format.h>

namespace umoci::check {
namespace {

void check_device_rule(const Value& device_rule, Report& report) {
  const Value type = device_rule["type"];
  if (const std::string* text = type.text()) {
    if (!text->empty() && *text != "a" && *text != "b" && *text != "c") {
      report.error("B20", type, quoted(*text) + " is none of a, b, c");
    }
  }
  const Value access = device_rule["access"];
  if (const std::string* text = access.text()) {
    if (text->find_first_not_of("rwm") != std::string::npos) {
      report.error("B20", access, quoted(*text) + " has other letters than r, w, m");
    }
  }
}

/// Zero and less set no limit.
void check_memory(const Value& memory, Report& report) {
  const auto limit = memory["limit"].integer();
  if (!limit || *limit <= 0) return;
  const auto swap = memory["swap"].integer();
  if (swap && *swap > 0 && *swap < *limit) {
    report.error(
        "B20", memory["swap"],
        fmt::format("\"{}\" is less than the limit \"{}\", which it includes", *swap, *limit));
  }
  const auto reservation = memory["reservation"].integer();
  if (reservation && *reservation > *limit) {
    report.error("B20", memory["reservation"],
                 fmt::format("\"{}\" is more than the limit \"{}\"", *reservation, *limit));
  }
}

}  // namespace

void check_resources(const BundleView& view) {
  const Value resources = view.config["linux"]["resources"];
  resources["devices"].for_each_element(
      [&](const Value& device_rule) { check_device_rule(device_rule, view.report); });
  check_memory(resources["memory"], view.report);
  resources["blockIO"]["weightDevice"].for_each_element([&](const Value& device) {
    if (device["weight"].exists() || device["leafWeight"].exists()) return;
    view.report.error("B20", device, "has neither weight nor leafWeight");
  });
}

}  // namespace umoci::check
