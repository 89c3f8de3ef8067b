// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <umoci/fs/directory.hpp>
#include <umoci/fs/root.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace umoci::fs {

/// The strategy to use: never `automatic`. Throws: unsupported if openat2 is asked for and missing.
[[nodiscard]] Lookup available_lookup(const Directory& root, Lookup wanted);

/// The longest leading part of `path`, whole components, that one system call takes.
[[nodiscard]] std::string_view leading_part(std::string_view path);

/// Opens the directory at `path` below `from` in one system call; nullopt with errno set if that
/// fails, for instance because a component is a link. Kernel: 5.6.
[[nodiscard]] std::optional<Directory> jump(const Directory& from, std::string_view path);

/// Opens the directory at `path`, none of whose components is "." or "..", below `from`; nullopt if
/// one is missing, a link or no directory. Throws: permission, io.
[[nodiscard]] std::optional<Directory> open_without_links(const Directory& from,
                                                          std::string_view path, Lookup lookup);

}  // namespace umoci::fs
