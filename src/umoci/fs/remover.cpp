// SPDX-License-Identifier: Apache-2.0
#include <umoci/base/error.hpp>
#include <umoci/fs/directory.hpp>
#include <umoci/fs/directory_handle.hpp>
#include <umoci/fs/directory_names.hpp>
#include <umoci/fs/directory_stack.hpp>

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <optional>
#include <utility>
#include <vector>

namespace umoci::fs {

/// Removes one object with everything below it, and remembers the first failure meanwhile.
class Remover {
 public:
  explicit Remover(const Directory& parent) : parent_(parent) {}

  /// False if there was nothing.
  bool remove(const std::string& name) {
    // What is removed as a whole is mostly no directory.
    const Outcome outcome = attempt(parent_, {.name = name, .may_be_directory = false});
    if (outcome == Outcome::not_empty) remove_tree(name);
    if (failure_) throw Error(std::move(*failure_));
    return outcome != Outcome::missing;
  }

 private:
  enum class Outcome { removed, missing, not_empty, failed };

  struct Level {
    std::string name;  ///< of this directory in the one above
    std::vector<DirectoryName> names;
    std::size_t next = 0;
  };

  static int unlink(const Directory& parent, const std::string& name, int flags) {
    return with_help([&] { return ::unlinkat(parent.fd(), name.c_str(), flags); },
                     parent.handle_->grant());
  }

  /// rmdir(2) tells mount points from full directories, so nothing below a mount is ever touched.
  Outcome attempt(const Directory& parent, const DirectoryName& name) {
    int flags = name.may_be_directory ? AT_REMOVEDIR : 0;
    if (unlink(parent, name.name, flags) == 0) return Outcome::removed;
    if (errno == (flags == 0 ? EISDIR : ENOTDIR)) {
      flags ^= AT_REMOVEDIR;
      if (unlink(parent, name.name, flags) == 0) return Outcome::removed;
    }
    if (errno == ENOENT) return Outcome::missing;
    if (flags != 0 && (errno == ENOTEMPTY || errno == EEXIST)) return Outcome::not_empty;
    fail(name.name);
    return Outcome::failed;
  }

  void fail(const std::string& name) {
    const int reason = errno;
    if (!failure_) failure_ = Error::from_errno(reason, "remove " + quoted(name));
  }

  void enter(const Directory& parent, std::string name) {
    std::optional<Directory> directory;
    std::vector<DirectoryName> names;
    try {
      directory = parent.open_directory(name);
      if (directory) names = read_names(directory->open_listing().get());
    } catch (const Error& error) {
      if (!failure_) failure_ = error;
    }
    // Without a list rmdir(2) is still tried, and says no.
    if (!directory) return;
    stack_.push(std::move(*directory));
    levels_.push_back({.name = std::move(name), .names = std::move(names)});
  }

  void leave() {
    const std::string name = std::move(levels_.back().name);
    levels_.pop_back();
    stack_.pop();
    const Directory& parent = stack_.empty() ? parent_ : stack_.top();
    if (unlink(parent, name, AT_REMOVEDIR) != 0 && errno != ENOENT) fail(name);
  }

  void remove_tree(const std::string& name) {
    enter(parent_, name);
    while (!levels_.empty()) {
      Level& level = levels_.back();
      if (level.next == level.names.size()) {
        leave();
        continue;
      }
      const DirectoryName found = std::move(level.names[level.next++]);
      if (attempt(stack_.top(), found) == Outcome::not_empty) enter(stack_.top(), found.name);
    }
  }

  const Directory& parent_;
  DirectoryStack stack_;
  std::vector<Level> levels_;
  std::optional<Error> failure_;
};

bool Directory::remove(std::string_view name) const {
  return Remover(*this).remove(checked_name(name));
}

}  // namespace umoci::fs
