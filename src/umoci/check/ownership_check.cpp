// SPDX-License-Identifier: Apache-2.0
#include <umoci/check/ownership_check.hpp>

#include <umoci/base/error.hpp>
#include <umoci/check/usable_mode.hpp>

#include <fmt/format.h>

#include <cstddef>
#include <string_view>

namespace umoci::check {
namespace {

/// Files of which only the first is named.
class Tally {
 public:
  void add(const std::string& name) {
    if (count_++ == 0) first_ = name;
  }
  void report(std::string_view what, const std::string& directory, Findings& findings) const {
    if (count_ == 0) return;
    findings.add("L12", {.document = directory, .pointer = ""},
                 fmt::format("{} {} {}, {} the first", count_, count_ == 1 ? "file" : "files", what,
                             quoted(first_)));
  }

 private:
  std::size_t count_ = 0;
  std::string first_;
};

}  // namespace

void check_ownership(const LayoutFiles& files, const std::string& directory,
                     const std::vector<std::string>& names, Findings& findings) {
  constexpr mode_t readable_by_others = S_IRGRP | S_IROTH;
  const auto layout = files.link_status(".");
  if (!layout) return;
  Tally foreign;
  Tally unreadable;
  Tally unusable;
  for (const std::string& name : names) {
    const auto status = files.link_status(directory + "/" + name);
    if (!status || S_ISLNK(status->st_mode)) continue;
    if (status->st_uid != layout->st_uid || status->st_gid != layout->st_gid) foreign.add(name);
    const mode_t missing = layout->st_mode & ~status->st_mode & readable_by_others;
    if (missing != 0) unreadable.add(name);
    const bool has_use = S_ISREG(status->st_mode) || S_ISDIR(status->st_mode);
    if (has_use && missing_permissions(status->st_mode) != 0) unusable.add(name);
  }
  foreign.report("of another owner or group than the layout", directory, findings);
  unreadable.report("not readable by all who can read the layout", directory, findings);
  unusable.report("without a usable mode", directory, findings);
}

}  // namespace umoci::check
