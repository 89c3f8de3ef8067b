// SPDX-License-Identifier: Apache-2.0
#include <umoci/store/layout.hpp>

#include <umoci/base/error.hpp>
#include <umoci/base/unique_fd.hpp>
#include <umoci/io/sink.hpp>
#include <umoci/oci/index.hpp>
#include <umoci/store/index_file.hpp>
#include <umoci/store/layout_marker.hpp>

#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <ranges>
#include <vector>

namespace umoci::store {
namespace {

using std::filesystem::path;

[[noreturn]] void fail_exists(const path& name) {
  throw Error(ErrorKind::already_exists, "path already exists: " + quoted(name.string()));
}

/// lstat: a link that leads nowhere is there, too.
bool is_there(const path& name) {
  struct stat status{};
  if (::lstat(name.c_str(), &status) == 0) return true;
  if (errno != ENOENT) throw_errno("stat " + quoted(name.string()));
  return false;
}

/// "layout/" and "layout/." are "layout".
path strip_slashes(path name) {
  while (name.has_parent_path() && name != name.root_path() &&
         (!name.has_filename() || name.filename() == ".")) {
    name = name.parent_path();
  }
  return name;
}

path parent_of(const path& name) {
  const path parent = name.parent_path();
  return parent.empty() ? path(".") : parent;
}

/// Directories and files made so far, removed again unless kept.
class Construction {
 public:
  explicit Construction(fs::Durability durability) : durability_(durability) {}
  Construction(const Construction&) = delete;
  Construction& operator=(const Construction&) = delete;
  ~Construction() {
    for (const Made& made : std::views::reverse(made_)) {
      ::unlinkat(AT_FDCWD, made.name.c_str(), made.is_directory ? AT_REMOVEDIR : 0);
    }
  }

  void make_directory(const path& name) {
    if (::mkdir(name.c_str(), 0755) != 0) throw_errno("create directory " + quoted(name.string()));
    made_.push_back({name, true});
  }

  /// As far as they are missing; those that others make at the same time are theirs.
  void make_parents(const path& name) {
    std::vector<path> missing;
    for (path parent = name; !is_there(parent); parent = parent_of(parent)) {
      missing.push_back(parent);
    }
    for (const path& parent : std::views::reverse(missing)) {
      if (::mkdir(parent.c_str(), 0755) == 0)
        made_.push_back({parent, true});
      else if (errno != EEXIST)
        throw_errno("create directory " + quoted(parent.string()));
    }
  }

  void make_file(const path& name, std::string_view text) {
    UniqueFd fd(::open(name.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666));
    if (!fd) throw_errno("create " + quoted(name.string()));
    made_.push_back({name, false});
    in_context([&] { return "write " + quoted(name.string()); },
               [&] {
                 io::FileSink(fd.get()).write(io::as_bytes(text));
                 if (durability_ == fs::Durability::synced && ::fsync(fd.get()) != 0)
                   throw_errno("sync");
                 fd.close();
               });
  }

  /// Waits until the directories and the names in them are on the disk.
  void sync() const {
    if (durability_ == fs::Durability::unsynced) return;
    for (const Made& made : made_) {
      if (made.is_directory) fs::sync_directory(made.name);
    }
    if (!made_.empty()) fs::sync_directory(parent_of(made_.front().name));
  }

  void keep() { made_.clear(); }

 private:
  struct Made {
    path name;
    bool is_directory;
  };

  fs::Durability durability_;
  std::vector<Made> made_;
};

/// Renames a directory to a name that nothing has.
void publish(const path& from, const path& to) {
  if (::renameat2(AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str(), RENAME_NOREPLACE) == 0) return;
  // Kernel: NFS and old FUSE know no RENAME_NOREPLACE. A plain rename replaces at most an empty
  // directory that appeared in this very moment.
  if (errno == EINVAL || errno == ENOSYS) {
    if (is_there(to)) fail_exists(to);
    if (::rename(from.c_str(), to.c_str()) == 0) return;
  }
  if (errno == EEXIST || errno == ENOTEMPTY) fail_exists(to);
  throw_errno("create " + quoted(to.string()));
}

}  // namespace

void Layout::create(const std::filesystem::path& path, const LayoutOptions& options) {
  const auto final_name = strip_slashes(path);
  if (final_name.empty()) throw Error(ErrorKind::invalid_argument, "path is empty");
  if (is_there(final_name)) fail_exists(final_name);

  Construction made(options.durability);
  const auto parent = parent_of(final_name);
  made.make_parents(parent);
  const auto draft = parent / fs::random_name(".new-layout-");
  made.make_directory(draft);
  made.make_directory(draft / "blobs");
  made.make_directory(draft / "blobs" / "sha256");
  made.make_file(draft / index_name, oci::Index().dump());
  // Last: a directory without it is no layout.
  made.make_file(draft / marker_name, marker_text);
  made.sync();
  publish(draft, final_name);
  made.keep();
  if (options.durability == fs::Durability::synced) fs::sync_directory(parent);
}

}  // namespace umoci::store
