// SPDX-License-Identifier: Apache-2.0
#include <umoci/base/error.hpp>
#include <umoci/check/bundle_view.hpp>

#include <fmt/format.h>

#include <sys/stat.h>

#include <algorithm>
#include <unordered_map>
#include <vector>

namespace umoci::check {
namespace {

void check_directory(const BundleView& view, const Value& process) {
  const Value cwd = process["cwd"];
  const std::string* text = cwd.text();
  if (view.is_for_windows()) return;
  if (text == nullptr) {
    view.report.error("B05", cwd, "the process has no working directory");
  } else if (!text->starts_with('/')) {
    view.report.error("B05", cwd, quoted(*text) + " is not absolute");
  }
}

/// The program that the process starts with.
void check_program(const BundleView& view, const Value& argument) {
  const std::string* path = argument.text();
  if (path == nullptr) return;
  if (path->empty()) return view.report.error("B06", argument, "the program has no name");
  // Others are looked for in $PATH, by each runtime in its way.
  if (!path->starts_with('/')) return;
  const ContainerFile file = view.files.find(*path);
  using State = ContainerFile::State;
  switch (file.state) {
    case State::unknown:
      return;
    case State::unreadable:
      return view.report.warn("B06", argument, quoted(*path) + " cannot be looked at: " + file.why);
    case State::missing:
      return view.report.warn("B06", argument,
                              quoted(*path) + " is missing in the root file system");
    case State::present:
      break;
  }
  constexpr mode_t any_execute = S_IXUSR | S_IXGRP | S_IXOTH;
  if (S_ISDIR(file.status.st_mode)) {
    view.report.error("B06", argument, quoted(*path) + " is a directory");
  } else if (!S_ISREG(file.status.st_mode)) {
    view.report.error("B06", argument, quoted(*path) + " is not a regular file");
  } else if ((file.status.st_mode & any_execute) == 0) {
    view.report.error("B06", argument, quoted(*path) + " is not executable");
  }
}

void check_arguments(const BundleView& view, const Value& process) {
  if (view.is_for_windows()) return;
  const Value arguments = process["args"];
  if (arguments.count() == 0) {
    return view.report.error("B06", arguments, "the process has no arguments: no program is named");
  }
  bool is_first = true;
  arguments.for_each_element([&](const Value& argument) {
    if (is_first) check_program(view, argument);
    is_first = false;
  });
}

void check_environment(const BundleView& view, const Value& process) {
  // Of which element a name is.
  std::unordered_map<std::string, std::string> pointers;
  process["env"].for_each_element([&](const Value& variable) {
    check_variable(variable, "B07", view.report);
    const std::string* text = variable.text();
    if (text == nullptr) return;
    const std::size_t equals = text->find('=');
    if (equals == std::string::npos || equals == 0) return;
    const auto [first, is_new] = pointers.try_emplace(text->substr(0, equals), variable.pointer());
    if (is_new) return;
    view.report.warn("B07", variable,
                     fmt::format("{} is set before, by {}", quoted(first->first), first->second));
  });
}

/// The ids that a container of a user namespace has; nullopt: all.
class MappedIds {
 public:
  explicit MappedIds(const Value& mappings) {
    mappings.for_each_element([&](const Value& mapping) {
      const auto first = mapping["containerID"].natural();
      const auto size = mapping["size"].natural();
      if (!first || !size || *first > 0xffffffffU || *size > 0xffffffffU) return;
      ranges_.emplace_back(*first, *first + *size);
    });
    std::sort(ranges_.begin(), ranges_.end());
    merge();
  }

  [[nodiscard]] bool is_unlimited() const { return ranges_.empty(); }
  [[nodiscard]] bool contains(std::uint64_t id) const {
    const auto after =
        std::upper_bound(ranges_.begin(), ranges_.end(), Range(id, ~std::uint64_t{0}));
    return after != ranges_.begin() && id < std::prev(after)->second;
  }

 private:
  using Range = std::pair<std::uint64_t, std::uint64_t>;  ///< from, to (exclusive)

  void merge() {
    std::size_t kept = 0;
    for (const auto& range : ranges_) {
      if (kept > 0 && range.first <= ranges_[kept - 1].second) {
        ranges_[kept - 1].second = std::max(ranges_[kept - 1].second, range.second);
      } else {
        ranges_[kept++] = range;
      }
    }
    ranges_.resize(kept);
  }

  std::vector<Range> ranges_;
};

void check_id(const Value& id, const MappedIds& mapped, Report& report) {
  if (!id.exists()) return report.error("B08", id, "the process has no such id");
  const auto number = id.natural();
  if (!number || *number > 0xffffffffU) {
    return report.error("B08", id, id.json()->dump() + " is no id between 0 and 4294967295");
  }
  if (!mapped.is_unlimited() && !mapped.contains(*number)) {
    report.warn("B08", id, fmt::format("\"{}\" is not among the mapped ids", *number));
  }
}

void check_user(const BundleView& view, const Value& process) {
  if (view.is_for_windows()) return;
  const MappedIds uids(view.config["linux"]["uidMappings"]);
  const MappedIds gids(view.config["linux"]["gidMappings"]);
  const Value user = process["user"];
  check_id(user["uid"], uids, view.report);
  check_id(user["gid"], gids, view.report);
  user["additionalGids"].for_each_element(
      [&](const Value& gid) { check_id(gid, gids, view.report); });
}

bool is_usual_in_name(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
}

}  // namespace

void check_variable(const Value& variable, std::string_view rule, Report& report) {
  const std::string* text = variable.text();
  if (text == nullptr) return;
  const std::size_t equals = text->find('=');
  if (equals == std::string::npos) {
    return report.error(rule, variable, quoted(*text) + " has no \"=\"");
  }
  if (equals == 0) return report.error(rule, variable, quoted(*text) + " has no name");
  const std::string_view name = std::string_view(*text).substr(0, equals);
  if (!std::all_of(name.begin(), name.end(), is_usual_in_name)) {
    report.warn(rule, variable,
                quoted(name) + " has other characters than letters, digits and underscores");
  }
  if (text->find('\0') != std::string::npos) {
    report.warn(rule, variable, quoted(*text) + " contains NUL, at which it ends for programs");
  }
}

void check_process(const BundleView& view) {
  const Value process = view.config["process"];
  // A container may be created without one.
  if (!process.exists()) return;
  check_directory(view, process);
  check_arguments(view, process);
  check_environment(view, process);
  check_user(view, process);
}

}  // namespace umoci::check
