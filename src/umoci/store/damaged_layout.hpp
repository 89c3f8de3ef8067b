// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <umoci/oci/descriptor.hpp>
#include <umoci/oci/index.hpp>
#include <umoci/store/layout.hpp>
#include <umoci/store/lock_mode.hpp>

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace umoci::store {

/// What a directory says of itself by its file oci-layout.
enum class Marker {
  right,
  absent,
  wrong,       ///< of another version, or not to be understood
  unreadable,  ///< the caller may not read it
};

/// A file or directory of a layout; a link is not followed.
struct LayoutPart {
  std::string name;  ///< in its directory
  enum class Type { directory, file, other } type = Type::other;
  std::uint32_t mode = 0;  ///< 07777
  /// True if its mode can be changed without an effect on others: the caller owns it or is root, it
  /// belongs to the owner of the layout, and a file has no other name.
  bool may_change_mode = false;
};

/// A layout that may lack whatever Layout::open() asks for: what somebody who mends it wants to
/// know, and the steps by which that is done. A step is made at once or not at all, survives a
/// power cut, and loses no content; one that finds nothing to do any more returns false. Names are
/// relative to the layout. Steps follow no link that stands for a part of the layout: what is
/// behind it may belong to others. Not thread-safe.
class DamagedLayout {
 public:
  /// Only opens the directory. Throws: not_found, permission, io.
  explicit DamagedLayout(const std::filesystem::path& path, const LayoutOptions& options = {});
  DamagedLayout(DamagedLayout&&) noexcept;
  DamagedLayout& operator=(DamagedLayout&&) noexcept;
  ~DamagedLayout();

  [[nodiscard]] Marker marker() const;
  /// nullopt if there is nothing of that name, or nothing that can be reached. "." is the layout.
  [[nodiscard]] std::optional<LayoutPart> find(const std::string& name) const;
  /// What is in a directory, sorted by name; nothing if it is no directory or the caller may not
  /// look into it.
  [[nodiscard]] std::vector<LayoutPart> list(const std::string& name) const;
  /// True if the caller may list and search that directory.
  [[nodiscard]] bool can_look_into(const std::string& name) const;
  /// True if what has this name, which exists, has a list of permissions beyond its mode.
  [[nodiscard]] bool has_access_list(const std::string& name) const;
  /// The text of index.json if commands accept it; nullopt if they do not, or it cannot be read.
  [[nodiscard]] std::optional<std::string> find_index_text() const;
  /// Work directories and files among the blobs that writers which are dead have left.
  [[nodiscard]] std::vector<std::string> find_leftovers() const;
  /// True if there is no blob of that name: neither embedded, nor elsewhere by its urls, nor behind
  /// a link that leads nowhere at present. False for a digest that breaks the grammar.
  [[nodiscard]] bool is_gone(const oci::Descriptor& entry) const;

  /// Keeps collectors of garbage, and if exclusive writers too, waiting until the end of this
  /// object. Throws: conflict, permission, cancelled.
  void lock(LockMode mode);
  /// Throws permission ("layout is read-only") if no names can be made in the layout.
  void require_writable() const;

  struct ModeChange {
    std::uint32_t before = 0;  ///< 07777
    std::uint32_t after = 0;
  };
  /// Changes the mode of a directory or file if it still is as told, and may be changed.
  bool change_mode(const std::string& name, ModeChange change);
  /// Makes "blobs" or a directory in it.
  bool make_directory(const std::string& name);
  bool write_marker();
  /// Writes an index.json without entries.
  bool write_empty_index();
  /// Removes one of find_leftovers(), unless it has a living owner by now.
  bool remove_leftover(const std::string& name);

  struct IndexMending {
    /// Entries to move out of the index if they are gone, as JSON.
    std::set<std::string> gone_entries;
    /// To give the index the schemaVersion 2 if it has none.
    enum class SchemaVersion { as_it_is, given } schema_version = SchemaVersion::as_it_is;
  };
  struct MendedIndex {
    std::set<std::string> moved_entries;  ///< as JSON
    std::string report;                   ///< name of the file that has them; empty: none was moved
    bool schema_version_given = false;
  };
  /// Changes index.json under the index lock. What is moved out of it is in the report, an index
  /// itself, before it leaves index.json. Throws: as Layout::update_index().
  MendedIndex mend_index(const IndexMending& mending);

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

/// True for a name that mend_index() gives to its reports.
[[nodiscard]] bool is_report_of_moved_entries(std::string_view name);

/// True if index.json has no schemaVersion, or that which umoci writes in place of none: 0.
[[nodiscard]] bool lacks_schema_version(std::string_view index_text, const Limits& limits);

}  // namespace umoci::store
