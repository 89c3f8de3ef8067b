// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <umoci/check/blobs.hpp>
#include <umoci/check/check.hpp>
#include <umoci/check/config_check.hpp>
#include <umoci/check/descriptor_check.hpp>
#include <umoci/check/document_report.hpp>
#include <umoci/check/index_check.hpp>
#include <umoci/check/layer_facts.hpp>
#include <umoci/check/manifest_check.hpp>
#include <umoci/digest/digest.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace umoci::check {

/// Follows descriptors from index.json to everything they lead to. Each document is checked once
/// for each media type that descriptors give it.
class Walk {
 public:
  Walk(Blobs& blobs, const LayoutCheckOptions& options, Findings& findings)
      : blobs_(blobs), options_(options), findings_(findings) {}

  /// `report` is that of index.json. Only the entries that options.ref_name names, if it does.
  void run(const IndexFacts& index, DocumentReport& report);

 private:
  /// What a document turned out to be.
  struct Document {
    std::optional<ConfigFacts> image;  ///< of a configuration, and of the manifest that has it
    std::string artifact_type;
  };
  /// A descriptor where it was met.
  struct Step {
    const DescriptorFacts& target;
    DocumentReport& report;  ///< of the document that it stands in
    std::string_view label;  ///< its part in that document: "config "
    std::uint64_t depth;     ///< of nested indexes
  };
  /// Subjects can form long chains: they wait for their turn.
  struct Pending {
    DescriptorFacts target;
    std::string document;
    std::string_view rule;
  };
  /// How a digest was referred to first.
  struct Use {
    std::string media_type;
    std::optional<std::int64_t> size_bytes;
  };
  /// A document that is read.
  struct Reading {
    const std::string& text;
    const DescriptorFacts& target;
    DocumentReport report;
    std::uint64_t depth;
  };

  const Document& follow(const Step& step);
  void follow_layers(const ManifestFacts& facts, const Document& document, DocumentReport& report);
  const LayerFacts* follow_layer(const Step& step, digest::Algorithm diff_algorithm);
  bool read_layer(const Step& step, digest::Algorithm diff_algorithm, LayerFacts& facts);
  void follow_entry(const DescriptorFacts& entry, DocumentReport& report, std::uint64_t depth);
  void follow_subject(const std::optional<DescriptorFacts>& subject, const DocumentReport& report,
                      std::string_view rule);
  void follow_subjects();
  bool count_node(const Step& step);
  void check_use(const Step& step);
  void check_blob(const Step& step);
  void check_against(const Step& step, const Blob& blob);
  [[nodiscard]] bool is_document(const DescriptorFacts& target) const;
  const Document& open(const Step& step);
  [[nodiscard]] Document read(Reading& reading);
  [[nodiscard]] Document read_index(const oci::Json& json, Reading& reading);
  [[nodiscard]] Document read_manifest(const oci::Json& json, Reading& reading);
  [[nodiscard]] Document read_descriptor(const oci::Json& json, Reading& reading);

  Blobs& blobs_;
  const LayoutCheckOptions& options_;
  Findings& findings_;
  std::unordered_map<std::string, Document> documents_;
  std::unordered_map<std::string, std::unique_ptr<LayerFacts>> layers_;  ///< nullptr: unreadable
  std::unordered_map<std::string, Use> uses_;
  std::vector<Pending> subjects_;
  std::uint64_t nodes_ = 0;
};

/// The way to a document that stands in another one. Chains of subjects can be long: of a long way
/// only the end is told.
[[nodiscard]] std::string way_to(std::string_view parent, std::string_view label,
                                 std::string_view digest);

}  // namespace umoci::check
