// SPDX-License-Identifier: Apache-2.0
#pragma once

// What a tree is to the round trip test: read with the plainest system calls there are, so that
// nothing of the library judges itself.

#include <sys/types.h>

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace umoci::bundle::test {

/// One name in a tree, with what it names.
struct Object {
  mode_t mode = 0;  ///< with the type
  uid_t uid = 0;
  gid_t gid = 0;
  std::int64_t mtime_seconds = 0;
  std::int64_t mtime_nanoseconds = 0;
  std::string content;  ///< of a file; of a link its target
  dev_t device = 0;     ///< of a device
  std::map<std::string, std::string> xattrs;
  std::uint64_t inode = 0;  ///< names with the same one are one object
};

/// Paths without leading slash; the root is "".
using Tree = std::map<std::string, Object>;

/// Reads all below `root`. Objects of the caller's own that are closed even to their owner are
/// opened for the moment: their modes and times are the same afterwards.
[[nodiscard]] Tree read_tree(const std::string& root);

/// As an image can hold it.
[[nodiscard]] Tree without_sockets(Tree tree);

/// Where two trees differ, for people; empty if they are one and the same but for their inode
/// numbers, for the sizes of directories and for the fractions of modification times.
[[nodiscard]] std::string difference(const Tree& expected, const Tree& actual);

/// For messages: nothing in it breaks a line.
[[nodiscard]] std::string printable(std::string_view bytes);

/// Gives the owner all rights on the directories above a path for as long as it lives.
class OpenedParents {
 public:
  OpenedParents(const std::string& root, std::string_view path);
  OpenedParents(const OpenedParents&) = delete;
  OpenedParents& operator=(const OpenedParents&) = delete;
  ~OpenedParents();

 private:
  struct Opened {
    std::string path;
    mode_t mode;
  };
  std::vector<Opened> opened_;
};

}  // namespace umoci::bundle::test
