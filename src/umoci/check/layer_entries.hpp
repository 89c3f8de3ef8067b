// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <umoci/check/document_report.hpp>
#include <umoci/check/layer_facts.hpp>
#include <umoci/io/source.hpp>
#include <umoci/tree/entry.hpp>

#include <cstddef>
#include <string>
#include <string_view>
#include <unordered_set>
#include <utility>
#include <vector>

namespace umoci::check {

/// Rules Y03 to Y08 for the entries of one layer, one after the other. Spec: image-spec layer.md.
class LayerEntries {
 public:
  LayerEntries(LayerFacts& facts, DocumentReport& report) : facts_(facts), report_(report) {}

  /// `stored_name` is the name as the archive has it.
  void check(const tree::Entry& entry, std::string_view stored_name, io::Source& content);
  /// What only the whole layer tells.
  void finish();

 private:
  void check_name(const tree::Entry& entry, std::string_view stored_name);
  bool check_whiteout(const tree::Entry& entry);
  void check_whiteout_place(const tree::TreePath& directory, bool is_opaque,
                            const std::string& shown);
  void check_object(const tree::Entry& entry);
  void note_account_file(const tree::Entry& entry, io::Source& content);
  void add(std::string_view rule, Severity severity, std::string message);

  LayerFacts& facts_;
  DocumentReport& report_;
  /// Of paths, as hashes.
  using PathSet = std::unordered_set<std::size_t>;

  PathSet names_;
  /// Directories in which an entry that is no whiteout was met, and those with either kind.
  PathSet with_entries_;
  PathSet with_whiteouts_;
  PathSet opaque_;
  std::vector<LayerFacts::Link> links_;
};

}  // namespace umoci::check
