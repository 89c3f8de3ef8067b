// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <umoci/base/limits.hpp>
#include <umoci/oci/json.hpp>
#include <umoci/runtime/profile.hpp>
#include <umoci/runtime/spec_features.hpp>

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace umoci::runtime {

struct Mount {
  std::string destination;
  std::string type;
  std::string source;
  std::vector<std::string> options;
};

/// A runtime configuration in the making. It is a document, so that what conversions know nothing
/// of stays in it as it is. Spec: runtime-spec config.md, config-linux.md.
class Spec {
 public:
  /// What an image starts from that asks for nothing.
  [[nodiscard]] static Spec standard();
  /// The same for one of the profiles, of which the standard is the first.
  [[nodiscard]] static Spec of(Profile profile);
  /// The same for an image for FreeBSD. Spec: runtime-spec 1.3.0, config-freebsd.md.
  [[nodiscard]] static Spec freebsd();
  /// What a user wants images to start from. Sections that are missing are made. Throws:
  /// invalid_data for members of the wrong type; unsupported for a version of the runtime-spec
  /// that is not 1.x, or newer than 1.3.0.
  [[nodiscard]] static Spec parse(std::string_view text, const Limits& limits = {});

  // Sections: objects.
  [[nodiscard]] oci::Json& process() { return *document_.find("process"); }
  [[nodiscard]] oci::Json& root() { return *document_.find("root"); }
  [[nodiscard]] oci::Json& linux_section() { return *document_.find("linux"); }
  /// Objects with a `destination`.
  [[nodiscard]] oci::Json::Array& mounts() { return *document_.find("mounts")->if_array(); }

  /// `NAME=VALUE`
  [[nodiscard]] std::vector<std::string> environment() const;
  void set_environment(const std::vector<std::string>& variables);
  /// Mounts these last. Each takes the place of those with the same destination that are there,
  /// but is mounted over what the built-in configurations mount.
  void put_mounts(const std::vector<Mount>& added);
  /// In place of those of the same name; then all are sorted.
  void add_annotations(const std::map<std::string, std::string>& annotations);
  void add_namespace(std::string_view type);
  void remove_namespace(std::string_view type);

  /// Of the runtime-spec: what the document says.
  [[nodiscard]] const std::string& version() const {
    return *document_.find("ociVersion")->if_string();
  }
  void set_version(std::string_view version) { document_.set("ociVersion", version); }
  /// False if a version was put in because the text that was parsed had none.
  [[nodiscard]] bool states_version() const { return states_version_; }
  /// What needs the newest version.
  [[nodiscard]] Feature newest_feature() const { return runtime::newest_feature(document_); }
  /// The first member found that only configurations for Linux may have, as a path; empty: none.
  [[nodiscard]] std::string_view linux_member() const;

  /// The text of config.json: tab-indented, with final newline; lists and maps that are empty are
  /// left out, but for the mounts.
  [[nodiscard]] std::string dump() const;

 private:
  explicit Spec(oci::Json document, bool states_version)
      : document_(std::move(document)), states_version_(states_version) {}

  oci::Json document_;
  bool states_version_;
};

/// The texts as a JSON array.
[[nodiscard]] oci::Json to_json(const std::vector<std::string>& texts);

}  // namespace umoci::runtime
