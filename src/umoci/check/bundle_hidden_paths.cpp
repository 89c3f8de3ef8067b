// SPDX-License-Identifier: Apache-2.0
#include <umoci/base/error.hpp>
#include <umoci/check/bundle_view.hpp>

namespace umoci::check {

void check_hidden_paths(const BundleView& view) {
  for (const char* list : {"maskedPaths", "readonlyPaths"}) {
    view.config["linux"][list].for_each_element([&](const Value& path) {
      const std::string* text = path.text();
      if (text == nullptr || text->starts_with('/')) return;
      view.report.error("B21", path, quoted(*text) + " is not absolute");
    });
  }
}

}  // namespace umoci::check
