// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <umoci/base/unique_fd.hpp>
#include <umoci/digest/digest.hpp>
#include <umoci/store/layout_directory.hpp>
#include <umoci/store/work_directory.hpp>

#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>

namespace umoci::store {

/// What a writer holds from its first write to the update of the index that makes sense of it: the
/// shared store lock, which keeps collectors of garbage waiting, and a work directory. Thread-safe.
class WriteSession {
 public:
  /// Waits for a collector to end.
  explicit WriteSession(std::shared_ptr<const LayoutDirectory> layout);

  /// Made when first asked for.
  [[nodiscard]] WorkDirectory& work_directory();
  /// Empty before the first call of work_directory().
  [[nodiscard]] std::string work_directory_name() const;
  /// True if the work directory was made and is that file.
  [[nodiscard]] bool is_work_directory(std::uint64_t device, std::uint64_t inode) const;

  /// Remembers a blob that the index may not lead to yet.
  void add_stored(const digest::Digest& digest);
  [[nodiscard]] std::set<digest::Digest> stored() const;

  /// Remembers a directory (relative to the layout) whose names have to reach the disk before the
  /// index does.
  void add_changed_directory(const std::string& name);
  void sync_changed_directories();

  /// Exchanges the shared lock for the exclusive one or back. Others may get in between.
  void convert_lock(LockMode mode);

 private:
  std::shared_ptr<const LayoutDirectory> layout_;
  mutable std::mutex mutex_;
  UniqueFd lock_;  ///< let go of after the work directory is gone
  std::optional<WorkDirectory> work_directory_;
  std::set<digest::Digest> stored_;
  std::set<std::string> changed_directories_;
};

/// The one session that the users of a Layout share at a time. Thread-safe.
class WriteSessions {
 public:
  explicit WriteSessions(std::shared_ptr<const LayoutDirectory> layout)
      : layout_(std::move(layout)) {}

  /// The present session, or a new one.
  [[nodiscard]] std::shared_ptr<WriteSession> join();
  /// The present session or nullptr.
  [[nodiscard]] std::shared_ptr<WriteSession> current() const;
  /// Gives up `session`; it ends here unless others, such as a blob half written, still use it.
  void leave(std::shared_ptr<WriteSession> session);

 private:
  std::shared_ptr<const LayoutDirectory> layout_;
  mutable std::mutex mutex_;
  std::shared_ptr<WriteSession> current_;
};

inline constexpr std::string_view store_lock = "store lock";
inline constexpr std::string_view index_lock = "index lock";

}  // namespace umoci::store
