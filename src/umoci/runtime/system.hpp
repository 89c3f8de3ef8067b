// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string_view>

namespace umoci::runtime {

/// The systems that runtime configurations are made for.
enum class System { linux_kernel, freebsd };

/// Of an image's `os`; nullopt: another system.
[[nodiscard]] inline std::optional<System> parse_system(std::string_view os) {
  if (os == "linux") return System::linux_kernel;
  if (os == "freebsd") return System::freebsd;
  return std::nullopt;
}

}  // namespace umoci::runtime
