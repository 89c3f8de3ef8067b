// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <umoci/base/limits.hpp>
#include <umoci/base/log.hpp>
#include <umoci/base/unique_fd.hpp>
#include <umoci/fs/directory.hpp>
#include <umoci/store/layout_options.hpp>
#include <umoci/store/locker.hpp>

#include <sys/stat.h>

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

namespace umoci::store {

/// The directory of a layout, held open, and the rules for everything made in it. Names are
/// relative to it. Links are followed: users point blobs, or single ones, elsewhere.
class LayoutDirectory {
 public:
  /// Throws: not_found, permission, io.
  LayoutDirectory(std::filesystem::path path, const LayoutOptions& options);

  [[nodiscard]] int fd() const noexcept { return fd_.get(); }
  [[nodiscard]] const std::filesystem::path& path() const noexcept { return path_; }
  [[nodiscard]] const Limits& limits() const noexcept { return limits_; }
  [[nodiscard]] const std::stop_token& stop() const noexcept { return stop_; }
  [[nodiscard]] Log& log() const noexcept { return log_; }
  [[nodiscard]] Locker& locker() const noexcept { return locker_; }
  [[nodiscard]] bool is_synced() const noexcept { return durability_ == fs::Durability::synced; }

  /// nullopt if there is nothing of that name.
  [[nodiscard]] std::optional<struct stat> status(const std::string& name) const;
  /// The same, without following a link at the end.
  [[nodiscard]] std::optional<struct stat> link_status(const std::string& name) const;

  /// Opens a regular file for reading; nullopt (an empty descriptor) if there is nothing. Never
  /// blocks and opens no device. Throws: invalid_data for another type.
  [[nodiscard]] UniqueFd open_file(const std::string& name) const;
  /// The same and all of its content. Throws: not_found, limit_exceeded.
  [[nodiscard]] std::string read_file(const std::string& name, std::uint64_t limit_bytes) const;

  /// A directory of the layout itself: "." or one below, whatever is exchanged for a link at the
  /// same time. nullopt if a part of the path is missing, no directory, or a link. Throws:
  /// permission, io.
  [[nodiscard]] std::optional<fs::Directory> find_own_directory(
      const std::string& name, fs::Access access = fs::Access::as_granted) const;

  /// An independent descriptor of the directory itself or one in it. Throws as open(2).
  [[nodiscard]] UniqueFd open_directory(const std::string& name) const;

  /// Opens a directory, links followed, to make files in it. Throws: permission if the caller is
  /// root and it belongs to another user than the layout: a link must not lead root's files to
  /// where its maker could not write.
  [[nodiscard]] UniqueFd open_directory_for_writing(const std::string& name) const;

  /// Makes a directory if it is not there. Returns whether it had to.
  bool make_directory(const std::string& name) const;

  /// Gives what was just made to the owner of the layout. Does nothing for users other than root.
  void adopt(int fd) const;

  /// Throws permission ("layout is read-only") unless names can be made in that directory.
  void require_writable(const std::string& name) const;

  /// fsync of a directory, if this layout is to survive a power cut.
  void sync_directory(const std::string& name) const;

  /// Throws the error `number` (an errno value) of an attempt to write; `what` was to be written.
  [[noreturn]] void throw_write_error(int number, const std::string& what) const;

 private:
  std::filesystem::path path_;
  UniqueFd fd_;
  Limits limits_;
  fs::Durability durability_;
  std::stop_token stop_;
  Log& log_;
  mutable Locker locker_;
  mutable std::atomic_flag warned_of_owner_;
};

/// Where blobs of an algorithm are.
[[nodiscard]] std::string blob_directory(std::string_view algorithm_name);

}  // namespace umoci::store
