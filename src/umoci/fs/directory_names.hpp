// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

namespace umoci::fs {

struct DirectoryName {
  std::string name;
  bool may_be_directory = true;  ///< false if the file system knows that it is none
};

/// The names in a directory in byte order, without "." and ".."; `fd` is open for reading and at
/// the start. Throws: io.
[[nodiscard]] std::vector<DirectoryName> read_names(int fd);

}  // namespace umoci::fs
