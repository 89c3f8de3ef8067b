// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <umoci/fs/metadata.hpp>
#include <umoci/fs/object.hpp>
#include <umoci/tree/entry.hpp>

#include <optional>
#include <string>
#include <vector>

namespace umoci::fs {

class TemporaryGrant;

/// Reads names and values; nothing where the file system has no attributes; nullopt with errno set
/// if the object is missing (ENOENT) or may not be read (EACCES). Throws: io, permission.
[[nodiscard]] std::optional<tree::Xattrs> read_xattrs(const Object& object);

/// Carries out one XattrChange in two parts, because a changed mode may take away or give the
/// permission to write user attributes, whereas one attribute changes the mode.
class XattrUpdate {
 public:
  /// Lists what is there. Borrows all arguments.
  XattrUpdate(const Object& object, const XattrChange& change, TemporaryGrant& grant);

  /// The attributes of the namespace "user.".
  void apply_user() { apply(Part::user); }
  /// All others.
  void apply_other() { apply(Part::other); }

 private:
  enum class Part { user, other };
  static Part part_of(const std::string& name);
  void apply(Part part);
  void remove(const std::string& name);
  void set(const std::string& name, const std::string& value);
  void report(const std::string& what, const std::string& name) const;

  const Object& object_;
  const XattrChange& change_;
  TemporaryGrant& grant_;
  std::vector<std::string> unwanted_;
};

}  // namespace umoci::fs
