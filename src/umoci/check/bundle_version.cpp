// SPDX-License-Identifier: Apache-2.0
#include <umoci/base/error.hpp>
#include <umoci/check/bundle_view.hpp>
#include <umoci/runtime/spec_version.hpp>

#include <fmt/format.h>

namespace umoci::check {

void check_version(const BundleView& view) {
  const Value version = view.config["ociVersion"];
  const std::string* text = version.text();
  if (text == nullptr) return view.report.error("B03", version, "the document has no version");
  try {
    runtime::check_spec_version(*text);
  } catch (const Error& error) {
    if (error.kind() != ErrorKind::unsupported) {
      view.report.error("B03", version, quoted(*text) + " is no version as semver.org has them");
    } else if (!text->starts_with("1.")) {
      view.report.error("B03", version, quoted(*text) + " is no version 1");
    } else {
      view.report.warn("B03", version,
                       fmt::format("{} is newer than {}, the newest version known", quoted(*text),
                                   runtime::newest_spec_version));
    }
  }
}

}  // namespace umoci::check
