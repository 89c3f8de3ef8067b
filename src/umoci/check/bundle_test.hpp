// SPDX-License-Identifier: Apache-2.0
#pragma once

// A bundle that is as it should be, and what is found when parts of it are changed.

#include <umoci/check/check.hpp>
#include <umoci/oci/json.hpp>

#include <umoci_test/temporary_directory.hpp>

#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace umoci::check {

/// RFC 7396: members of `patch` replace those of `target`, null removes them.
inline void merge(oci::Json& target, const oci::Json& patch) {
  const oci::Json::Object* changes = patch.if_object();
  if (changes == nullptr) {
    target = patch;
    return;
  }
  if (target.if_object() == nullptr) target = oci::Json::Object{};
  for (const auto& [name, change] : *changes) {
    if (change.is_null()) {
      target.erase(name);
      continue;
    }
    if (target.find(name) == nullptr) target.set(name, oci::Json::Object{});
    merge(*target.find(name), change);
  }
}

class TestBundle {
 public:
  TestBundle() {
    std::filesystem::create_directories(path() / "rootfs/bin");
    std::filesystem::create_directories(path() / "rootfs/data");
    test::write_file(path() / "rootfs/bin/sh", "#!\n");
    std::filesystem::permissions(path() / "rootfs/bin/sh", std::filesystem::perms(0755));
    test::write_file(path() / "rootfs/bin/plain", "");
    std::filesystem::permissions(path() / "rootfs/bin/plain", std::filesystem::perms(0644));
    configure("{}");
  }

  [[nodiscard]] const std::filesystem::path& path() const { return directory_.path(); }

  /// Writes config.json: the good one with this merged into it.
  void configure(std::string_view patch) const {
    oci::Json config = oci::Json::parse(R"({
      "ociVersion": "1.0.2",
      "process": {"user": {"uid": 0, "gid": 0}, "args": ["/bin/sh", "-c", ""],
                  "env": ["PATH=/bin", "A=b=c"], "cwd": "/"},
      "root": {"path": "rootfs"},
      "hostname": "h",
      "mounts": [{"destination": "/proc", "type": "proc", "source": "proc"}],
      "linux": {"namespaces": [{"type": "pid"}, {"type": "mount"}, {"type": "uts"},
                               {"type": "ipc"}, {"type": "network"}, {"type": "user"}]}
    })");
    merge(config, oci::Json::parse(patch));
    test::write_file(path() / "config.json", config.dump());
  }

  /// What is found, each as `E B05 config.json/process/cwd`.
  [[nodiscard]] std::vector<std::string> findings(const BundleCheckOptions& options = {}) const {
    std::vector<std::string> lines;
    for (const Finding& finding : all(options)) {
      std::string line = finding.severity == Severity::error ? "E " : "W ";
      line.append(finding.rule).append(" ").append(finding.place.document);
      lines.push_back(line.append(finding.place.pointer));
    }
    return lines;
  }

  [[nodiscard]] std::vector<Finding> all(const BundleCheckOptions& options = {}) const {
    Findings findings;
    check_bundle(path(), options, findings);
    return findings.all();
  }

 private:
  test::TemporaryDirectory directory_;
};

/// A change of the good document, and what must be found then: nothing, or
/// `E B05 /process/cwd`, several separated by commas.
struct ConfigCase {
  std::string_view patch;
  std::string_view expected;
};

/// The findings of rule `rule` alone. What other rules say of the same change is their business.
inline std::string findings_of(const TestBundle& bundle, std::string_view rule,
                               const BundleCheckOptions& options = {}) {
  std::string lines;
  for (std::string line : bundle.findings(options)) {
    if (line.substr(2, 3) != rule) continue;
    const std::string_view document = "config.json";
    if (const auto at = line.find(document); at != std::string::npos) {
      line.erase(at, document.size());
    }
    if (!lines.empty()) lines += ", ";
    lines += line;
  }
  return lines;
}

/// Tries each of `cases`, which are about `rule`, on one bundle.
template <class Cases>
void expect_findings(const TestBundle& bundle, std::string_view rule, const Cases& cases) {
  for (const ConfigCase& one : cases) {
    bundle.configure(one.patch);
    EXPECT_EQ(findings_of(bundle, rule), one.expected) << one.patch;
  }
}

}  // namespace umoci::check
