// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <umoci/base/unique_fd.hpp>
#include <umoci/store/layout_directory.hpp>

#include <sys/types.h>

#include <memory>
#include <string>
#include <string_view>

namespace umoci::store {

/// A file under a name of its own, and locked, until it is put in its place. The destructor removes
/// what was not.
class TemporaryFile {
 public:
  /// Makes a file `prefix` and ten random digits in `parent`, a directory of the layout. `mode` is
  /// subject to the umask. Throws: permission, io, no_space.
  TemporaryFile(const LayoutDirectory& layout, int parent, std::string_view prefix, mode_t mode);
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;
  ~TemporaryFile();

  /// Open for reading and writing.
  [[nodiscard]] int fd() const noexcept { return fd_.get(); }

  /// Writes it to the disk if the layout is to survive a power cut.
  void sync(const LayoutDirectory& layout) const;

  /// Renames it to `name` in the directory `target`, replacing a file there. Returns 0 or errno.
  [[nodiscard]] int move_to(int target, const std::string& name);

  /// Renames it to `name` in the directory `target`; false if there is something of that name.
  /// Throws: permission, io, no_space.
  [[nodiscard]] bool publish_new(int target, const std::string& name);

 private:
  UniqueFd parent_;
  std::string name_;  ///< empty once it was moved
  UniqueFd fd_;
};

/// Name of temporary files that stand beside blobs: a blob directory of its own file system cannot
/// take files from the work directory.
inline constexpr std::string_view foreign_blob_prefix = ".umoci-blob-";

}  // namespace umoci::store
