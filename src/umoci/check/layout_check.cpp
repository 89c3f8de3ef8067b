// SPDX-License-Identifier: Apache-2.0
#include <umoci/check/layout_check.hpp>

#include <umoci/base/error.hpp>
#include <umoci/check/digest_check.hpp>
#include <umoci/check/json_document.hpp>
#include <umoci/check/members.hpp>
#include <umoci/check/ownership_check.hpp>
#include <umoci/io/source.hpp>
#include <umoci/store/damaged_layout.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

namespace umoci::check {
namespace {

using oci::Json;

constexpr const char* marker_name = "oci-layout";
constexpr std::string_view layout_version = "1.0.0";
constexpr std::array<std::string_view, 1> marker_members{"imageLayoutVersion"};
constexpr std::array<std::string_view, 3> layout_names{marker_name, "index.json", "blobs"};
/// What umoci and its relatives write before it gets its name.
constexpr std::string_view unfinished_prefix = ".umoci-";

void check_marker(const LayoutFiles& files, const Limits& limits, Findings& findings) {
  const auto text = read_layout_file(files, marker_name, "L01", limits, findings);
  if (!text) return;
  DocumentReport report(findings, marker_name);
  const auto json = parse_document(*text, report, limits);
  if (json) {
    const oci::Place place;
    const Members members(*json, place, report, "L01");
    if (members.require("imageLayoutVersion", "L02")) {
      const std::string* version = members.find("imageLayoutVersion")->if_string();
      if (version == nullptr) {
        report.add("L02", members.place_of("imageLayoutVersion"), "is no string");
      } else if (*version != layout_version) {
        report.add("L03", members.place_of("imageLayoutVersion"),
                   quoted(*version) + " is not \"1.0.0\"");
      }
    }
    members.check_names(marker_members);
  }
  report.finish();
}

void check_link(const LayoutFiles& files, const std::string& name, Findings& findings) {
  const auto status = files.link_status(name);
  if (status && S_ISLNK(status->st_mode) && files.leaves_layout(name)) {
    findings.add("L13", {.document = name, .pointer = ""}, "is a link that leaves the layout");
  }
}

/// Looks at one directory of blobs.
class AlgorithmDirectory {
 public:
  AlgorithmDirectory(const LayoutFiles& files, std::string name, Findings& findings)
      : files_(files), name_(std::move(name)), path_("blobs/" + name_), findings_(findings) {}

  void check(std::vector<std::string>& digests) {
    if (files_.state(path_) != FileState::directory) {
      add("L06", path_, "is no directory");
      return;
    }
    if (!is_algorithm_name(name_)) {
      add("L06", path_, quoted(name_) + " cannot be the name of an algorithm");
    }
    check_link(files_, path_, findings_);
    const auto entries = files_.list(path_);
    for (const std::string& entry : entries) check_entry(entry, digests);
    check_ownership(files_, path_, entries, findings_);
  }

 private:
  void check_entry(const std::string& entry, std::vector<std::string>& digests) {
    const std::string path = path_ + "/" + entry;
    if (entry.starts_with(unfinished_prefix)) {
      add("L11", path, "is left from a writer that did not finish");
      return;
    }
    std::string digest = name_ + ":" + entry;
    if (!digest_fault(digest).empty()) {
      add("L06", path, quoted(digest).append(" ").append(digest_fault(digest)));
      return;
    }
    check_link(files_, path, findings_);
    if (files_.state(path) == FileState::regular) {
      digests.push_back(std::move(digest));
    } else {
      add("L06", path, "is no regular file");
    }
  }

  void add(std::string_view rule, const std::string& path, std::string message) {
    findings_.add(rule, {.document = path, .pointer = ""}, std::move(message));
  }

  const LayoutFiles& files_;
  std::string name_;
  std::string path_;
  Findings& findings_;
};

std::vector<std::string> check_blobs_directory(const LayoutFiles& files, Findings& findings) {
  std::vector<std::string> digests;
  const FileState state = files.state("blobs");
  if (state != FileState::directory) {
    findings.add("L05", {.document = "blobs", .pointer = ""},
                 state == FileState::absent ? "does not exist" : "is no directory");
    return digests;
  }
  check_link(files, "blobs", findings);
  const auto names = files.list("blobs");
  for (const std::string& name : names) {
    if (name.starts_with(unfinished_prefix)) {
      findings.add("L11", {.document = "blobs/" + name, .pointer = ""},
                   "is left from a writer that did not finish");
    } else {
      AlgorithmDirectory(files, name, findings).check(digests);
    }
  }
  check_ownership(files, "blobs", names, findings);
  return digests;
}

void check_root(const LayoutFiles& files, Findings& findings) {
  for (const std::string& name : files.list(".")) {
    if (std::ranges::find(layout_names, name) != layout_names.end()) continue;
    // What fsck took out of the index is the layout's own.
    if (store::is_report_of_moved_entries(name)) continue;
    findings.add("L11", {.document = name, .pointer = ""},
                 name.starts_with(unfinished_prefix)
                     ? "is the work directory of a writer, or was left by one"
                     : "does not belong to the layout");
  }
  std::vector<std::string> own{"."};
  own.insert(own.end(), layout_names.begin(), layout_names.end());
  check_ownership(files, ".", own, findings);
}

}  // namespace

std::optional<std::string> read_layout_file(const LayoutFiles& files, const std::string& name,
                                            std::string_view rule, const Limits& limits,
                                            Findings& findings) {
  const auto fail = [&](std::string message) {
    findings.add(rule, {.document = name, .pointer = ""}, std::move(message));
    return std::nullopt;
  };
  FoundFile file = files.open(name);
  if (file.state == FileState::absent) return fail("does not exist");
  if (file.state != FileState::regular) return fail("is no regular file");
  if (file.size_bytes > limits.document_bytes) {
    return fail(fmt::format("has {} bytes, more than limit document_bytes", file.size_bytes));
  }
  io::FileSource source(std::move(file.fd));
  try {
    return io::read_all(source, limits.document_bytes);
  } catch (const Error& error) {
    if (error.kind() != ErrorKind::limit_exceeded) throw;
    return fail("grows beyond limit document_bytes");
  }
}

std::vector<std::string> check_layout_files(const LayoutFiles& files, const Limits& limits,
                                            Findings& findings) {
  check_marker(files, limits, findings);
  check_root(files, findings);
  return check_blobs_directory(files, findings);
}

}  // namespace umoci::check
