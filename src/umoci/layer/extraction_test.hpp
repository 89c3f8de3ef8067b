// SPDX-License-Identifier: Apache-2.0
#pragma once

// What the tests of extraction share: entries in few words, and trees on disk looked at with plain
// system calls, so that the code under test is not its own witness.

#include <umoci/fs/root.hpp>
#include <umoci/layer/extractor.hpp>

#include <umoci_test/recording_log.hpp>
#include <umoci_test/temporary_directory.hpp>

#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <memory>
#include <ostream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace umoci::layer::test {

using umoci::test::TemporaryDirectory;

/// An entry with its content.
struct Item {
  tree::Entry entry;
  std::string content;

  Item mode(std::uint32_t value) && { return entry.mode = value, std::move(*this); }
  Item owner(std::uint32_t uid, std::uint32_t gid) && {
    entry.uid = uid;
    entry.gid = gid;
    return std::move(*this);
  }
  Item mtime(std::int64_t seconds, std::uint32_t nanoseconds = 0) && {
    entry.mtime = {seconds, nanoseconds};
    return std::move(*this);
  }
  Item xattr(const std::string& name, const std::string& value) && {
    entry.xattrs[name] = value;
    return std::move(*this);
  }
};

inline Item item(tree::EntryType type, std::string_view path, std::uint32_t mode) {
  Item made;
  made.entry.path = tree::TreePath::clean(path);
  made.entry.type = type;
  made.entry.mode = mode;
  made.entry.mtime = {1000, 0};
  return made;
}

inline Item file(std::string_view path, std::string content = {}) {
  Item made = item(tree::EntryType::file, path, 0644);
  made.entry.size_bytes = content.size();
  made.content = std::move(content);
  return made;
}

inline Item directory(std::string_view path) {
  return item(tree::EntryType::directory, path, 0755);
}

inline Item symlink(std::string_view path, std::string target) {
  Item made = item(tree::EntryType::symlink, path, 0777);
  made.entry.link = std::move(target);
  return made;
}

inline Item hard_link(std::string_view path, std::string target) {
  Item made = item(tree::EntryType::hard_link, path, 0644);
  made.entry.link = std::move(target);
  return made;
}

inline Item device(tree::EntryType type, std::string_view path, std::uint32_t major,
                   std::uint32_t minor) {
  Item made = item(type, path, 0600);
  made.entry.device = {major, minor};
  return made;
}

/// Hides `path`, or all of it if that ends in a slash.
inline Item whiteout(std::string_view path) {
  if (path.empty() || path.ends_with('/')) return file(std::string(path) + ".wh..wh..opq");
  const std::size_t name = path.rfind('/') + 1;
  return file(std::string(path.substr(0, name)) + ".wh." + std::string(path.substr(name)));
}

using Layer = std::vector<Item>;

/// One object as lstat and its companions describe it.
struct Found {
  mode_t mode = 0;  ///< with type
  uid_t uid = 0;
  gid_t gid = 0;
  std::int64_t mtime = 0;
  long mtime_nanoseconds = 0;
  dev_t device = 0;
  std::string content;  ///< or target
  std::string same_as;  ///< first path with the same inode, in byte order
  std::map<std::string, std::string> xattrs;

  friend bool operator==(const Found&, const Found&) = default;
};

inline std::ostream& operator<<(std::ostream& out, const Found& found) {
  out << std::oct << found.mode << std::dec << " " << found.uid << ":" << found.gid << " @"
      << found.mtime << "." << found.mtime_nanoseconds << " =" << found.same_as;
  for (const auto& [name, value] : found.xattrs) out << " " << name << "=" << value;
  return out << " '" << found.content.substr(0, 40) << "'";
}

using Tree = std::map<std::string, Found>;

inline std::map<std::string, std::string> xattrs_at(const std::string& path) {
  std::map<std::string, std::string> xattrs;
  std::array<char, 65536> buffer{};
  const ssize_t size = ::llistxattr(path.c_str(), buffer.data(), buffer.size());
  std::string_view names(buffer.data(), size < 0 ? 0 : static_cast<std::size_t>(size));
  while (!names.empty()) {
    const std::string name(names.substr(0, names.find('\0')));
    names.remove_prefix(name.size() + 1);
    std::array<char, 65536> value{};
    const ssize_t length = ::lgetxattr(path.c_str(), name.c_str(), value.data(), value.size());
    if (length >= 0) xattrs[name] = std::string(value.data(), static_cast<std::size_t>(length));
  }
  return xattrs;
}

inline Found look_at(const std::filesystem::path& path) {
  struct stat status{};
  if (::lstat(path.c_str(), &status) != 0) {
    throw std::system_error(errno, std::system_category(), path.string());
  }
  Found found{.mode = status.st_mode,
              .uid = status.st_uid,
              .gid = status.st_gid,
              .mtime = status.st_mtim.tv_sec,
              .mtime_nanoseconds = status.st_mtim.tv_nsec,
              .device = S_ISCHR(status.st_mode) || S_ISBLK(status.st_mode) ? status.st_rdev : 0,
              .xattrs = xattrs_at(path)};
  if (S_ISREG(status.st_mode)) found.content = umoci::test::read_file(path);
  if (S_ISLNK(status.st_mode)) found.content = std::filesystem::read_symlink(path);
  return found;
}

/// Everything below `top`, and `top` itself as ".".
inline Tree tree_at(const std::filesystem::path& top) {
  Tree tree;
  tree["."] = look_at(top);
  for (const auto& entry : std::filesystem::recursive_directory_iterator(top)) {
    tree[entry.path().lexically_relative(top)] = look_at(entry.path());
  }
  std::map<std::pair<dev_t, ino_t>, std::string> first;
  for (auto& [path, found] : tree) {
    struct stat status{};
    if (::lstat((top / path).c_str(), &status) != 0) continue;
    found.same_as = first.emplace(std::pair(status.st_dev, status.st_ino), path).first->second;
  }
  return tree;
}

/// Puts the temporary directories made during its life where they are fastest, for tests that need
/// many and no attributes, which file systems in memory have only since Linux 6.6.
class InMemory {
 public:
  InMemory() : changed_(std::getenv("TMPDIR") == nullptr && ::access("/dev/shm", W_OK) == 0) {
    if (changed_) ::setenv("TMPDIR", "/dev/shm", 1);
  }
  InMemory(const InMemory&) = delete;
  InMemory& operator=(const InMemory&) = delete;
  ~InMemory() {
    if (changed_) ::unsetenv("TMPDIR");
  }

 private:
  bool changed_;
};

/// Fewer descriptors for a while.
class FewDescriptors {
 public:
  FewDescriptors() {
    ::getrlimit(RLIMIT_NOFILE, &former_);
    rlimit few = former_;
    few.rlim_cur = 256;
    ::setrlimit(RLIMIT_NOFILE, &few);
  }
  FewDescriptors(const FewDescriptors&) = delete;
  FewDescriptors& operator=(const FewDescriptors&) = delete;
  ~FewDescriptors() { ::setrlimit(RLIMIT_NOFILE, &former_); }

 private:
  rlimit former_{};
};

/// Applies layers to a directory of its own.
class Extraction {
 public:
  explicit Extraction(ExtractOptions options = {}, fs::RootOptions root_options = {})
      : root_options_(root_options), options_(std::move(options)) {
    options_.log = &log;
    // The bundle's part: a root of known mode, at the epoch.
    ::mkdir(path().c_str(), 0755);
    ::chmod(path().c_str(), 0755);
    const std::array<timespec, 2> epoch{};
    ::utimensat(AT_FDCWD, path().c_str(), epoch.data(), 0);
  }

  [[nodiscard]] std::filesystem::path path() const { return directory_ / "rootfs"; }
  [[nodiscard]] std::filesystem::path operator/(std::string_view name) const {
    return path() / name;
  }

  /// Applies the layers as one image. May be called again: then to what is there.
  void apply(const std::vector<Layer>& layers) {
    const fs::Root root = fs::Root::open(path(), root_options_);
    Extractor extractor(root, options_);
    for (const Layer& layer : layers) {
      extractor.begin_layer();
      for (const Item& each : layer) {
        io::BytesSource content(each.content);
        extractor.put(each.entry, content);
      }
      extractor.end_layer();
    }
    extractor.finish();
  }

  [[nodiscard]] Tree tree() const { return tree_at(path()); }
  [[nodiscard]] Found found(std::string_view name) const { return look_at(path() / name); }
  [[nodiscard]] bool exists(std::string_view name) const {
    struct stat status{};
    return ::lstat((path() / name).c_str(), &status) == 0;
  }

  umoci::test::RecordingLog log;

 private:
  TemporaryDirectory directory_;
  fs::RootOptions root_options_;
  ExtractOptions options_;
};

}  // namespace umoci::layer::test
