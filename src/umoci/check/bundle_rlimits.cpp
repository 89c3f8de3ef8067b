// SPDX-License-Identifier: Apache-2.0
#include <umoci/base/error.hpp>
#include <umoci/check/bundle_view.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <unordered_set>

namespace umoci::check {
namespace {

/// Of getrlimit(2).
constexpr std::string_view types[] = {
    "RLIMIT_AS",     "RLIMIT_CORE",   "RLIMIT_CPU",        "RLIMIT_DATA",
    "RLIMIT_FSIZE",  "RLIMIT_LOCKS",  "RLIMIT_MEMLOCK",    "RLIMIT_MSGQUEUE",
    "RLIMIT_NICE",   "RLIMIT_NOFILE", "RLIMIT_NPROC",      "RLIMIT_RSS",
    "RLIMIT_RTPRIO", "RLIMIT_RTTIME", "RLIMIT_SIGPENDING", "RLIMIT_STACK",
};

}  // namespace

void check_rlimits(const BundleView& view) {
  std::unordered_set<std::string_view> seen;
  view.config["process"]["rlimits"].for_each_element([&](const Value& limit) {
    const Value type = limit["type"];
    if (const std::string* text = type.text()) {
      if (!seen.insert(*text).second) {
        view.report.error("B10", type, quoted(*text) + " is limited twice");
      }
      if (std::find(std::begin(types), std::end(types), *text) == std::end(types)) {
        view.report.warn("B10", type, quoted(*text) + " is no limit of Linux");
      }
    }
    const auto soft = limit["soft"].natural();
    const auto hard = limit["hard"].natural();
    if (soft && hard && *soft > *hard) {
      view.report.error("B10", limit["soft"],
                        fmt::format("\"{}\" is more than the hard limit \"{}\"", *soft, *hard));
    }
  });
}

}  // namespace umoci::check
