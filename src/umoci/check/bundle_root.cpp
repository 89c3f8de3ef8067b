// SPDX-License-Identifier: Apache-2.0
#include <umoci/check/bundle_root.hpp>

#include <umoci/base/error.hpp>

#include <sys/stat.h>

#include <string>

namespace umoci::check {
namespace {

constexpr std::string_view rule = "B04";

/// Without "." and "..", and slashes at the end.
std::filesystem::path plain(const std::filesystem::path& path) {
  const std::filesystem::path normal = path.lexically_normal();
  return normal.has_filename() ? normal : normal.parent_path();
}

bool is_link(const std::filesystem::path& path) {
  struct stat status{};
  return ::lstat(path.c_str(), &status) == 0 && S_ISLNK(status.st_mode);
}

/// What is unusual about where the root file system lies.
void check_place(const Value& path, const std::filesystem::path& full,
                 const std::filesystem::path& directory, Report& report) {
  const std::string& text = *path.text();
  if (full.filename() != "rootfs") {
    report.warn(rule, path, quoted(text) + " is not called \"rootfs\"");
  }
  if (full.parent_path() != plain(std::filesystem::absolute(directory))) {
    report.warn(rule, path, quoted(text) + " does not lie directly in the bundle");
  } else if (is_link(full)) {
    report.warn(rule, path,
                quoted(text) + " is a symlink, which runc refuses: it may lead out of the bundle");
  }
}

}  // namespace

std::optional<fs::Root> check_root(const Value& config, const std::filesystem::path& directory,
                                   Report& report) {
  const Value root = config["root"];
  const Value path = root["path"];
  // With Hyper-V it must not be there.
  if (!root.exists() && config["windows"].exists()) return std::nullopt;
  if (path.text() == nullptr || path.text()->empty()) {
    report.error(rule, root.exists() ? path : root, "no root file system is named");
    return std::nullopt;
  }
  const std::string& text = *path.text();
  if (text.find('\0') != std::string::npos) {
    report.error(rule, path, quoted(text) + " contains NUL");
    return std::nullopt;
  }
  const std::filesystem::path full = plain(std::filesystem::absolute(directory) / text);
  try {
    fs::Root rootfs = fs::Root::open(full);
    check_place(path, full, directory, report);
    return rootfs;
  } catch (const Error& error) {
    if (error.kind() == ErrorKind::permission) {
      report.warn(rule, path, quoted(text) + " cannot be looked at: " + error.what());
    } else {
      report.error(rule, path, quoted(text) + " names no directory: " + error.what());
    }
    return std::nullopt;
  }
}

}  // namespace umoci::check
