// SPDX-License-Identifier: Apache-2.0
#include <umoci/check/walk.hpp>

#include <umoci/base/cancellation.hpp>
#include <umoci/base/error.hpp>
#include <umoci/check/digest_check.hpp>
#include <umoci/check/json_document.hpp>
#include <umoci/oci/descriptor.hpp>

#include <fmt/format.h>

#include <utility>

namespace umoci::check {
namespace {

using oci::DocumentKind;
using oci::Json;

/// What a document is whose descriptor does not say so.
DocumentKind guess_kind(const Json& json) {
  if (json.find("manifests") != nullptr) return DocumentKind::index;
  const bool is_manifest = json.find("config") != nullptr && json.find("layers") != nullptr;
  return is_manifest ? DocumentKind::manifest : DocumentKind::other;
}

/// Nested more often than that is more than many tools follow.
constexpr std::uint64_t portable_depth = 2;

}  // namespace

std::string way_to(std::string_view parent, std::string_view label, std::string_view digest) {
  constexpr std::size_t max_way_bytes = 8192;
  constexpr std::string_view arrow = " -> ";
  if (parent.size() > max_way_bytes) parent.remove_prefix(parent.rfind(arrow) + arrow.size());
  return fmt::format("{}{}{}{}", parent, arrow, label, digest);
}

void Walk::run(const IndexFacts& index, DocumentReport& report) {
  for (const DescriptorFacts& entry : index.entries) {
    if (options_.ref_name) {
      const auto name = entry.annotations.find(oci::ref_name_annotation);
      if (name == entry.annotations.end() || name->second != *options_.ref_name) continue;
    }
    follow_entry(entry, report, 0);
  }
  if (!options_.ref_name) follow_subject(index.subject, report, "X09");
  follow_subjects();
}

const Walk::Document& Walk::follow(const Step& step) {
  static const Document nothing;
  check_not_cancelled(options_.stop);
  if (step.target.digest.empty() || !count_node(step)) return nothing;
  check_use(step);
  check_blob(step);
  return is_document(step.target) ? open(step) : nothing;
}

bool Walk::count_node(const Step& step) {
  if (nodes_ >= options_.limits.graph_nodes) {
    step.report.add("X06", step.target.pointer,
                    fmt::format("more than {} descriptors: nothing behind here is checked",
                                options_.limits.graph_nodes));
    return false;
  }
  ++nodes_;
  if (options_.progress != nullptr) options_.progress->add_entries(1);
  return true;
}

/// D15.
void Walk::check_use(const Step& step) {
  const DescriptorFacts& target = step.target;
  const auto [known, is_new] = uses_.try_emplace(
      target.digest, Use{.media_type = target.media_type, .size_bytes = target.size_bytes});
  if (is_new) return;
  const Use& first = known->second;
  if (first.size_bytes && target.size_bytes && *first.size_bytes != *target.size_bytes) {
    step.report.add("D15", target.pointer,
                    fmt::format("{} has {} bytes here and {} elsewhere", target.digest,
                                *target.size_bytes, *first.size_bytes));
  }
  // The document {} is used as the configuration of artifacts of any type.
  constexpr std::int64_t size_of_empty_document = 2;
  const bool is_empty_document =
      first.size_bytes == size_of_empty_document && target.size_bytes == size_of_empty_document;
  if (first.media_type != target.media_type && !is_empty_document) {
    step.report.add("D15", target.pointer,
                    target.digest + " is " + quoted(target.media_type) + " here and " +
                        quoted(first.media_type) + " elsewhere");
  }
}

void Walk::check_blob(const Step& step) {
  const DescriptorFacts& target = step.target;
  const Blob& blob = blobs_.examine(target.digest);
  const bool is_absent = blob.state == Blob::State::missing || blob.state == Blob::State::no_file;
  if (blob.state == Blob::State::unreadable) return;
  if (!is_absent) {
    check_against(step, blob);
  } else if (!target.data) {
    step.report.add("L10",
                    options_.missing == LayoutCheckOptions::Missing::error ? Severity::error
                                                                           : Severity::warning,
                    target.pointer, "blob " + target.digest + " is missing");
  }
}

/// D06.
void Walk::check_against(const Step& step, const Blob& blob) {
  const DescriptorFacts& target = step.target;
  const auto size_bytes = target.size_bytes;
  if (size_bytes && static_cast<std::uint64_t>(*size_bytes) != blob.size_bytes) {
    step.report.add(
        "D06", target.pointer,
        fmt::format("blob {} has {} bytes, not {}", target.digest, blob.size_bytes, *size_bytes));
  }
  if (blob.state == Blob::State::wrong) {
    step.report.add("D06", target.pointer,
                    "blob " + target.digest + " holds something else: its digest is another one");
  }
}

bool Walk::is_document(const DescriptorFacts& target) const {
  switch (target.kind()) {
    case DocumentKind::index:
    case DocumentKind::manifest:
    case DocumentKind::descriptor:
    case DocumentKind::image_config:
      return true;
    case DocumentKind::other:
      return target.media_type.empty();
    default:
      return false;
  }
}

const Walk::Document& Walk::open(const Step& step) {
  const DescriptorFacts& target = step.target;
  const auto [known, is_new] = documents_.try_emplace(target.digest + ' ' + target.media_type);
  Document& document = known->second;
  if (!is_new) return document;
  const auto text = target.data ? target.data : blobs_.read_document(target.digest);
  if (!text) return document;
  Reading reading{.text = *text,
                  .target = target,
                  .report = DocumentReport(
                      findings_, way_to(step.report.document(), step.label, target.digest)),
                  .depth = step.depth};
  // What is read on the way may make the table grow, but its elements stay where they are.
  document = read(reading);
  reading.report.finish();
  return document;
}

Walk::Document Walk::read(Reading& reading) {
  const bool is_typed = !reading.target.media_type.empty();
  if (!is_typed && !reading.text.starts_with('{')) return {};
  const auto json = parse_document(reading.text, reading.report, options_.limits);
  if (!json) return {};
  switch (is_typed ? reading.target.kind() : guess_kind(*json)) {
    case DocumentKind::index:
      return read_index(*json, reading);
    case DocumentKind::manifest:
      return read_manifest(*json, reading);
    case DocumentKind::descriptor:
      return read_descriptor(*json, reading);
    case DocumentKind::image_config:
      return {.image = check_config(*json, reading.report), .artifact_type = {}};
    default:
      return {};
  }
}

Walk::Document Walk::read_index(const Json& json, Reading& reading) {
  const IndexFacts facts =
      check_index(json, IndexPosition::nested, reading.target.media_type, reading.report);
  const std::uint64_t depth = reading.depth + 1;
  if (depth > options_.limits.index_depth) {
    reading.report.add("X06", std::string(),
                       fmt::format("index is nested {} times: it is not followed", depth));
    return {.image = {}, .artifact_type = facts.artifact_type};
  }
  if (depth > portable_depth) {
    reading.report.add("X06", Severity::warning, std::string(),
                       fmt::format("index is nested {} times", depth));
  }
  for (const DescriptorFacts& entry : facts.entries) follow_entry(entry, reading.report, depth);
  follow_subject(facts.subject, reading.report, "X09");
  return {.image = {}, .artifact_type = facts.artifact_type};
}

void Walk::follow_entry(const DescriptorFacts& entry, DocumentReport& report, std::uint64_t depth) {
  const Document& document =
      follow({.target = entry, .report = report, .label = "", .depth = depth});
  if (!entry.artifact_type.empty() && !document.artifact_type.empty() &&
      entry.artifact_type != document.artifact_type) {
    report.add("D14", entry.pointer + "/artifactType",
               quoted(entry.artifact_type) + " differs from the manifest's " +
                   quoted(document.artifact_type));
  }
  if (!document.image || entry.kind() != DocumentKind::manifest) return;
  const PlatformFacts& image = document.image->platform;
  if (entry.platform) {
    compare_platforms(*entry.platform, image, entry.pointer + "/platform", report);
  } else if (depth > 0 && !image.os.empty() && !image.is_unknown()) {
    report.add(
        "D12", entry.pointer,
        "has no platform, but its image is for " + quoted(image.os + '/' + image.architecture));
  }
}

Walk::Document Walk::read_manifest(const Json& json, Reading& reading) {
  const ManifestFacts facts = check_manifest(json, reading.target.media_type, reading.report);
  Document document{.image = {}, .artifact_type = facts.artifact_type};
  if (facts.config) {
    document.image =
        follow({.target = *facts.config, .report = reading.report, .label = "config ", .depth = 0})
            .image;
  }
  follow_layers(facts, document, reading.report);
  if (document.image && document.image->diff_ids &&
      document.image->diff_ids->size() != facts.layers.size()) {
    reading.report.add("M12", "/layers",
                       fmt::format("{} layers, but {} diff_ids in the configuration",
                                   facts.layers.size(), document.image->diff_ids->size()));
  }
  follow_subject(facts.subject, reading.report, "M09");
  return document;
}

Walk::Document Walk::read_descriptor(const Json& json, Reading& reading) {
  const oci::Place place;
  const DescriptorFacts facts = check_descriptor(json, place, reading.report);
  const std::uint64_t depth = reading.depth + 1;
  if (depth > options_.limits.index_depth) {
    reading.report.add("X06", std::string(),
                       fmt::format("descriptor is nested {} times: it is not followed", depth));
    return {};
  }
  return follow({.target = facts, .report = reading.report, .label = "", .depth = depth});
}

void Walk::follow_subject(const std::optional<DescriptorFacts>& subject,
                          const DocumentReport& report, std::string_view rule) {
  if (!subject || subject->digest.empty()) return;
  subjects_.push_back({.target = *subject, .document = report.document(), .rule = rule});
}

void Walk::follow_subjects() {
  while (!subjects_.empty()) {
    const Pending pending = std::move(subjects_.back());
    subjects_.pop_back();
    DocumentReport report(findings_, pending.document);
    const Blob& blob = blobs_.examine(pending.target.digest);
    if (blob.state == Blob::State::missing && !pending.target.data) {
      report.add(pending.rule, Severity::warning, pending.target.pointer,
                 "subject " + pending.target.digest + " is not in this layout");
    } else {
      follow({.target = pending.target, .report = report, .label = "subject ", .depth = 0});
    }
    report.finish();
  }
}

}  // namespace umoci::check
