// SPDX-License-Identifier: Apache-2.0
#include <umoci/store/layout_marker.hpp>

#include <umoci/base/error.hpp>
#include <umoci/oci/json.hpp>

namespace umoci::store {
namespace {

constexpr std::uint64_t largest_marker_bytes = 1U << 20U;

std::string read_version(const LayoutDirectory& layout) {
  // Its own limits: those for documents are about what images consist of.
  const oci::Json marker = oci::Json::parse(layout.read_file(marker_name, largest_marker_bytes));
  const oci::Json* version = marker.find("imageLayoutVersion");
  const std::string* text = version != nullptr ? version->if_string() : nullptr;
  return text != nullptr ? *text : std::string();
}

}  // namespace

void check_marker(const LayoutDirectory& layout) {
  std::string version;
  try {
    version = read_version(layout);
  } catch (const Error& error) {
    if (error.kind() == ErrorKind::permission || error.kind() == ErrorKind::io) throw;
    throw Error(ErrorKind::invalid_data,
                "read oci-layout: " + std::string(error.what()) + ": invalid image detected");
  }
  if (version != "1.0.0") {
    throw Error(ErrorKind::invalid_data,
                "layout version " + quoted(version) + " is not supported: invalid image detected");
  }
}

}  // namespace umoci::store
