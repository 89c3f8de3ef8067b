// SPDX-License-Identifier: Apache-2.0
#include <umoci/base/error.hpp>
#include <umoci/check/bundle_view.hpp>
#include <umoci/check/members.hpp>

#include <algorithm>

namespace umoci::check {
namespace {

/// Those that image-spec conversion.md gives a container.
constexpr std::string_view of_image[] = {
    "os",     "os.version", "os.features", "architecture", "variant",
    "author", "created",    "stopSignal",  "exposedPorts",
};

bool is_letter_or_digit(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

/// A domain written backwards, and more: at least two names joined by a dot.
bool is_reverse_domain(std::string_view key) {
  const std::size_t dot = key.find('.');
  if (dot == 0 || dot == std::string_view::npos || dot + 1 == key.size()) return false;
  const std::string_view first = key.substr(0, dot);
  return is_letter_or_digit(key[dot + 1]) && std::all_of(first.begin(), first.end(), [](char c) {
           return is_letter_or_digit(c) || c == '-';
         });
}

/// The namespace of the specifications, which allow some keys only.
bool is_foreign_in_namespace(std::string_view key) {
  constexpr std::string_view all = "org.opencontainers.";
  constexpr std::string_view prefix = "org.opencontainers.image.";
  if (!key.starts_with(all)) return false;
  if (!key.starts_with(prefix)) return true;
  return std::find(std::begin(of_image), std::end(of_image), key.substr(prefix.size())) ==
         std::end(of_image);
}

}  // namespace

void check_annotations(const BundleView& view) {
  const Value annotations = view.config["annotations"];
  if (annotations.exists() && annotations.json()->if_object() == nullptr) {
    view.report.error(
        "B23", annotations,
        std::string("is ").append(type_name(*annotations.json())) + ", not an object");
  }
  annotations.for_each_member([&](const std::string& key, const Value& value) {
    if (value.text() == nullptr) {
      view.report.error("B23", value,
                        std::string("is ").append(type_name(*value.json())) + ", not a string");
    }
    if (key.empty()) {
      view.report.error("B23", value, "the key is empty");
    } else if (is_foreign_in_namespace(key)) {
      view.report.warn("B23", value,
                       quoted(key) + " is a name of the specifications that they do not have");
    } else if (!is_reverse_domain(key)) {
      view.report.warn("B23", value, quoted(key) + " does not begin with a domain of its owner");
    }
  });
}

}  // namespace umoci::check
