// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <umoci/base/unique_fd.hpp>

#include <sys/stat.h>

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace umoci::check {

enum class FileState {
  absent,  ///< also what no path leads to
  regular,
  directory,
  other,  ///< a device, a pipe, a socket, a link that leads in a circle
};

struct FoundFile {
  FileState state = FileState::absent;
  UniqueFd fd;  ///< of a regular file
  std::uint64_t size_bytes = 0;
};

/// The files of a layout that may be damaged in any way: what is not as it should be is a value.
/// Links are followed, as users point blobs elsewhere; nothing but a regular file is opened. All
/// names are relative to the layout. Throws: permission and io, for what cannot be looked at.
class LayoutFiles {
 public:
  /// Throws: not_found, permission, io.
  explicit LayoutFiles(std::filesystem::path path);

  /// With what a link leads to.
  [[nodiscard]] FileState state(const std::string& name) const;
  [[nodiscard]] FoundFile open(const std::string& name) const;
  /// Without following a link at the end; nullopt if there is nothing.
  [[nodiscard]] std::optional<struct stat> link_status(const std::string& name) const;
  /// The names in a directory, sorted; none if it is none.
  [[nodiscard]] std::vector<std::string> list(const std::string& name) const;
  /// True if the name is a link to something outside the layout.
  [[nodiscard]] bool leaves_layout(const std::string& name) const;

  [[nodiscard]] const std::filesystem::path& path() const noexcept { return path_; }

 private:
  std::filesystem::path path_;
  UniqueFd fd_;
};

}  // namespace umoci::check
