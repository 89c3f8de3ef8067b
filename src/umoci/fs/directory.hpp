// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <umoci/base/unique_fd.hpp>
#include <umoci/tree/entry.hpp>

#include <sys/stat.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace umoci::fs {

struct Metadata;

/// What to do where the owner of a tree lacks permission to read or search a part of it.
enum class Access {
  as_granted,
  /// On EACCES the owner's bits are granted on the directory or file at hand, the step is repeated,
  /// and the mode is restored when the directory is closed or the file was opened: what root may do
  /// everywhere, the unprivileged owner may do in the own tree. Modes and times stay as they were
  /// (the change time cannot). Only objects owned by the effective user are touched.
  grant_to_owner,
};

/// What becomes of an object whose name another one is to have.
enum class Occupied { is_replaced, is_an_error };

/// An open directory inside a Root. Every `name` is one component: neither empty, ".", "..", nor
/// with a slash or NUL (invalid_argument), and is never followed if it is a link. Copies share the
/// descriptor. Errors name the object.
class Directory {
 public:
  /// Takes an open directory descriptor. O_PATH descriptors are fine.
  Directory(UniqueFd fd, Access access);

  [[nodiscard]] int fd() const noexcept;
  [[nodiscard]] struct stat status() const;

  /// lstat; nullopt if there is nothing of that name.
  [[nodiscard]] std::optional<struct stat> status(std::string_view name) const;

  /// Opens a subdirectory; nullopt if it is missing or no directory (a link is none).
  [[nodiscard]] std::optional<Directory> open_directory(std::string_view name) const;

  /// Makes a Directory of another descriptor of the same tree, under the same rule of access.
  [[nodiscard]] Directory adopt(UniqueFd fd) const;

  /// Opens a regular file for reading; nothing else is ever opened. Throws: not_found; invalid_data
  /// if it is of another type.
  [[nodiscard]] UniqueFd open_file(std::string_view name) const;
  /// The same for a file that must be `inode`. Throws: conflict if it is missing or another one.
  [[nodiscard]] UniqueFd open_file(std::string_view name, tree::InodeId inode) const;

  /// Target of a symlink, any length. Throws: not_found; invalid_data if it is none.
  [[nodiscard]] std::string read_link(std::string_view name) const;
  /// The same; nullopt if there is no link of that name.
  [[nodiscard]] std::optional<std::string> find_link(std::string_view name) const;

  /// The names in this directory in byte order, without "." and "..". The time of last access
  /// stays as it is where that is allowed.
  [[nodiscard]] std::vector<std::string> list() const;

  // Creation never replaces anything. Throws: already_exists.
  /// Open for reading and writing; `mode` is subject to the umask.
  [[nodiscard]] UniqueFd create_file(std::string_view name, mode_t mode) const;
  void create_directory(std::string_view name, mode_t mode) const;
  void create_symlink(std::string_view name, const std::string& target) const;
  /// A fifo or device; `mode` holds permission bits only, subject to the umask.
  void create_node(std::string_view name, tree::EntryType type, tree::DeviceNumber device,
                   mode_t mode) const;
  /// Another name for `from`/`existing_name`; a link is linked itself, not followed.
  void create_hard_link(std::string_view name, const Directory& from,
                        std::string_view existing_name) const;

  /// Removes `name` with everything below it, without recursion, without following links and
  /// without entering mount points; false if there was nothing. An error below does not keep the
  /// rest from being removed: the first is thrown at the end.
  bool remove(std::string_view name) const;

  /// Renames within the tree. What stands there is replaced as rename(2) does, or is
  /// already_exists.
  void rename(std::string_view from, const Directory& to, std::string_view name,
              Occupied occupied = Occupied::is_replaced) const;

  /// Applies metadata to an entry, whatever its type, without following it: owner, then mode (not
  /// on links), then xattrs, then times. See metadata.hpp.
  void apply(std::string_view name, const Metadata& metadata) const;
  /// Applies metadata to this directory itself.
  void apply(const Metadata& metadata) const;

  /// All extended attributes of `name`, links included; empty where the file system has none.
  [[nodiscard]] tree::Xattrs xattrs(std::string_view name) const;
  [[nodiscard]] tree::Xattrs xattrs() const;

 private:
  friend class DirectoryStack;
  friend class Remover;
  class Handle;
  explicit Directory(std::shared_ptr<Handle> handle) : handle_(std::move(handle)) {}

  /// For reading the names. Throws: permission, io.
  [[nodiscard]] UniqueFd open_listing() const;
  [[nodiscard]] UniqueFd pin(const std::string& name) const;
  [[nodiscard]] UniqueFd open_pinned(const std::string& name, const UniqueFd& pinned) const;

  std::shared_ptr<Handle> handle_;
};

/// True if `name` can stand for one component.
[[nodiscard]] bool is_component(std::string_view name);

}  // namespace umoci::fs
