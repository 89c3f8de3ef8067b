// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <umoci/digest/digest.hpp>
#include <umoci/oci/descriptor.hpp>
#include <umoci/oci/json.hpp>

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace umoci::oci {

/// One line of an image's history; a member that is absent is empty or nullopt.
struct History {
  std::optional<std::string> created;  ///< RFC 3339, the document's own text
  std::string created_by;
  std::string author;
  std::string comment;
  bool empty_layer = false;

  friend bool operator==(const History&, const History&) = default;
};

/// An image configuration. Reads and edits single members of the document it was parsed from, so
/// that whatever it does not know, null, and the difference between absent and empty survive. Spec:
/// image-spec config.md.
class ImageConfig {
 public:
  /// The smallest valid one: no members but architecture, os, config and rootfs.
  ImageConfig(std::string_view architecture, std::string_view os);

  /// Throws: invalid_data for anything that is no image configuration, known members of the wrong
  /// type included.
  [[nodiscard]] static ImageConfig parse(std::string_view text, const Limits& limits = {});
  /// The document's bytes, with final newline: known members in the specification's order, then the
  /// others in theirs. Spec: cli.md 7.1, docs/formats/json.md.
  [[nodiscard]] std::string dump() const;

  // Getters: what is absent or null reads as empty (nullopt for created).
  [[nodiscard]] std::optional<std::string> created() const;
  [[nodiscard]] std::string author() const;
  [[nodiscard]] std::string architecture() const;
  [[nodiscard]] std::string os() const;
  [[nodiscard]] std::string os_version() const;
  [[nodiscard]] std::vector<std::string> os_features() const;
  [[nodiscard]] std::string variant() const;
  [[nodiscard]] Platform platform() const;
  [[nodiscard]] std::string user() const;
  [[nodiscard]] std::string working_dir() const;
  [[nodiscard]] std::string stop_signal() const;
  [[nodiscard]] std::vector<std::string> env() const;
  [[nodiscard]] std::vector<std::string> entrypoint() const;
  [[nodiscard]] std::vector<std::string> cmd() const;
  /// Docker's member config.Shell, what commands given as one text go to. Throws: invalid_data if
  /// it is no list of strings, for nothing else reads it.
  [[nodiscard]] std::vector<std::string> shell() const;
  [[nodiscard]] std::vector<std::string> exposed_ports() const;  ///< sorted by bytes
  [[nodiscard]] std::vector<std::string> volumes() const;        ///< sorted by bytes
  [[nodiscard]] std::map<std::string, std::string> labels() const;
  [[nodiscard]] bool args_escaped() const;
  [[nodiscard]] std::string rootfs_type() const;
  [[nodiscard]] std::vector<digest::Digest> diff_ids() const;
  [[nodiscard]] std::vector<History> history() const;

  // Setters: an empty value removes the member (entrypoint, cmd and the other lists and sets too);
  // architecture and os are always written.
  void set_created(std::string_view rfc3339);
  void set_author(std::string_view value);
  void set_architecture(std::string_view value);
  void set_os(std::string_view value);
  void set_variant(std::string_view value);
  void set_user(std::string_view value);
  void set_working_dir(std::string_view value);
  void set_stop_signal(std::string_view value);
  void set_env(const std::vector<std::string>& value);
  void set_entrypoint(const std::vector<std::string>& value);
  void set_cmd(const std::vector<std::string>& value);
  void add_exposed_port(std::string_view port);  ///< keeps the value of one that is there
  void clear_exposed_ports();
  void add_volume(std::string_view path);  ///< keeps the value of one that is there
  void clear_volumes();
  void set_labels(const std::map<std::string, std::string>& value);
  void set_label(std::string_view name, std::string_view value);  ///< leaves the others alone

  // Removers: false if there was no such entry. The last entry takes its member along.
  bool remove_env(std::string_view name);  ///< NAME=… and NAME alone, as often as they are there
  bool remove_exposed_port(std::string_view port);
  bool remove_volume(std::string_view path);
  bool remove_label(std::string_view name);

  void append_diff_id(const digest::Digest& diff_id);
  void append_history(const History& history);

  /// The whole document.
  [[nodiscard]] const Json& json() const noexcept { return document_; }

 private:
  explicit ImageConfig(Json document);

  Json document_;
};

}  // namespace umoci::oci
