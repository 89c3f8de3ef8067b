// SPDX-License-Identifier: Apache-2.0
#pragma once

// A layout with one good image, into which tests put one fault at a time.

#include <umoci/check/check.hpp>
#include <umoci/digest/hasher.hpp>
#include <umoci/oci/json.hpp>

#include <umoci_test/temporary_directory.hpp>

#include <fmt/format.h>

#include <charconv>
#include <filesystem>
#include <functional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace umoci::check {

/// The value at an RFC 6901 pointer is replaced, or appended to its object; empty text: removed.
inline void set_at(oci::Json& document, std::string_view pointer, std::string_view text) {
  if (pointer.empty()) {
    document = oci::Json::parse(text);
    return;
  }
  oci::Json* at = &document;
  for (;;) {
    pointer.remove_prefix(1);
    std::string token(pointer.substr(0, pointer.find('/')));
    pointer.remove_prefix(token.size());
    for (const auto& [from, to] : {std::pair{"~1", "/"}, std::pair{"~0", "~"}}) {
      for (std::size_t i = token.find(from); i != std::string::npos; i = token.find(from, i + 1)) {
        token.replace(i, 2, to);
      }
    }
    if (oci::Json::Array* array = at->if_array()) {
      std::size_t index = 0;
      std::from_chars(token.data(), token.data() + token.size(), index);
      if (index >= array->size()) array->resize(index + 1);
      at = &(*array)[index];
      if (pointer.empty()) *at = oci::Json::parse(text);
    } else if (!pointer.empty()) {
      if (at->find(token) == nullptr) at->set(token, oci::Json(oci::Json::Object{}));
      at = at->find(token);
    } else if (text.empty()) {
      at->erase(token);
    } else {
      at->set(token, oci::Json::parse(text));
    }
    if (pointer.empty()) return;
  }
}

/// What is made: configuration, manifest, an index above it, and index.json; each can be changed
/// before it gets its digest.
class TestLayout {
 public:
  using Edit = std::function<void(oci::Json&)>;
  struct Edits {
    Edit config;
    Edit manifest;
    Edit index;
    Edit top;
  };

  explicit TestLayout(const Edits& edits = {}) {
    std::filesystem::create_directories(path() / "blobs/sha256");
    test::write_file(path() / "oci-layout", R"({"imageLayoutVersion":"1.0.0"})");
    // An archive without entries.
    const std::string layer(1024, '\0');
    const std::string layer_digest = put(layer);
    const std::string config = edited(
        fmt::format(R"({{"created":"2020-01-01T00:00:00Z","architecture":"amd64","os":"linux",)"
                    R"("config":{{}},"rootfs":{{"type":"layers","diff_ids":["{}"]}},)"
                    R"("history":[{{"created_by":"x"}}]}})",
                    layer_digest),
        edits.config);
    const std::string manifest =
        edited(fmt::format(R"({{"schemaVersion":2,"mediaType":"{0}manifest.v1+json",)"
                           R"("config":{1},"layers":[{2}]}})",
                           image_type, descriptor("config.v1+json", config),
                           descriptor("layer.v1.tar", layer)),
               edits.manifest);
    const std::string index = edited(
        fmt::format(R"({{"schemaVersion":2,"mediaType":"{0}index.v1+json","manifests":[{1}]}})",
                    image_type, descriptor("manifest.v1+json", manifest)),
        [&](oci::Json& json) {
          set_at(json, "/manifests/0/platform", R"({"architecture":"amd64","os":"linux"})");
          if (edits.index) edits.index(json);
        });
    write_index(edited(
        fmt::format(R"({{"schemaVersion":2,"mediaType":"{0}index.v1+json","manifests":[{1}]}})",
                    image_type, descriptor("index.v1+json", index)),
        [&](oci::Json& json) {
          set_at(json, "/manifests/0/annotations", R"({"org.opencontainers.image.ref.name":"a"})");
          if (edits.top) edits.top(json);
        }));
  }

  [[nodiscard]] const std::filesystem::path& path() const { return directory_.path(); }

  /// Stores a blob; returns its digest.
  std::string put(std::string_view text) const {
    const std::string digest = digest::digest_of(text).text();
    test::write_file(blob(digest), text);
    return digest;
  }
  void write_index(std::string_view text) const { test::write_file(path() / "index.json", text); }
  [[nodiscard]] std::filesystem::path blob(std::string digest) const {
    digest[digest.find(':')] = '/';
    return path() / "blobs" / digest;
  }

  /// Stores `text` and describes it; `type` is the end of a media type of images.
  std::string descriptor(std::string_view type, std::string_view text) const {
    return fmt::format(R"({{"mediaType":"{}{}","digest":"{}","size":{}}})", image_type, type,
                       put(text), text.size());
  }

  [[nodiscard]] std::vector<Finding> check(const LayoutCheckOptions& options = {}) const {
    Findings findings;
    check_layout(path(), options, findings);
    return findings.all();
  }

  static constexpr std::string_view image_type = "application/vnd.oci.image.";

 private:
  static std::string edited(const std::string& text, const Edit& edit) {
    oci::Json json = oci::Json::parse(text);
    if (edit) edit(json);
    return json.dump();
  }

  test::TemporaryDirectory directory_;
};

/// The rules that document_rules_test.cpp has values for.
[[nodiscard]] std::set<std::string> rules_of_document_rows();

/// `error D05 /manifests/0/size`.
inline std::string brief(const Finding& finding) {
  constexpr std::string_view names[] = {"info", "warning", "error"};
  return fmt::format("{} {} {}", names[static_cast<std::size_t>(finding.severity)], finding.rule,
                     finding.place.pointer);
}

inline std::vector<std::string> brief(const std::vector<Finding>& findings) {
  std::vector<std::string> texts;
  for (const Finding& finding : findings) texts.push_back(brief(finding));
  return texts;
}

}  // namespace umoci::check
