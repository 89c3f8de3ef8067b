// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <umoci/base/log.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace umoci::runtime {

/// Linux keeps the largest number of 32 bits for "no such id".
inline constexpr std::uint32_t max_id = 4294967294;

/// The lines of a file that is made of entries: trimmed, without empty lines, comments and the
/// lines that refer to NIS.
class EntryLines {
 public:
  explicit EntryLines(std::string_view text) : rest_(text) {}

  [[nodiscard]] std::optional<std::string_view> next();
  /// Remembers that the line just read is no entry.
  void skip(std::string_view line);
  /// Tells how many lines were skipped so far, if any.
  void report_skipped(std::string_view file, Log& log) const;

 private:
  std::string_view rest_;
  std::uint64_t skipped_count_ = 0;
  std::string first_skipped_;
};

struct UserEntry {
  std::string_view name;
  std::uint32_t uid = 0;
  std::uint32_t gid = 0;
  std::string_view home;
};

/// The entries of a passwd file, whose text must outlive it. Lines without valid ids are skipped.
class UserEntries {
 public:
  explicit UserEntries(std::string_view text) : lines_(text) {}

  /// nullopt: there are no more.
  [[nodiscard]] std::optional<UserEntry> next();
  void report_skipped(std::string_view file, Log& log) const { lines_.report_skipped(file, log); }

 private:
  EntryLines lines_;
};

struct GroupEntry {
  std::string_view name;
  std::uint32_t gid = 0;
  std::string_view members;  ///< joined by commas

  [[nodiscard]] bool has_member(std::string_view user) const;
};

/// A range of ids that a user may map.
struct SubidEntry {
  std::string_view owner;  ///< name or number of the user
  std::uint32_t start = 0;
  std::uint32_t count = 0;  ///< never 0
};

/// The entries of a subuid or subgid file, whose text must outlive it. Lines without a valid range
/// are skipped. Spec: subuid(5).
class SubidEntries {
 public:
  explicit SubidEntries(std::string_view text) : lines_(text) {}

  /// nullopt: there are no more.
  [[nodiscard]] std::optional<SubidEntry> next();
  void report_skipped(std::string_view file, Log& log) const { lines_.report_skipped(file, log); }

 private:
  EntryLines lines_;
};

/// The entries of a group file, whose text must outlive it. Lines without valid id are skipped.
class GroupEntries {
 public:
  explicit GroupEntries(std::string_view text) : lines_(text) {}

  /// nullopt: there are no more.
  [[nodiscard]] std::optional<GroupEntry> next();
  void report_skipped(std::string_view file, Log& log) const { lines_.report_skipped(file, log); }

 private:
  EntryLines lines_;
};

}  // namespace umoci::runtime
