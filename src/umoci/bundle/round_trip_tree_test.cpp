// SPDX-License-Identifier: Apache-2.0
#include <umoci/bundle/round_trip_tree_test.hpp>

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <climits>
#include <optional>
#include <system_error>

namespace umoci::bundle::test {
namespace {

[[noreturn]] void fail(const std::string& what) {
  throw std::system_error(errno, std::system_category(), printable(what));
}

struct stat status_of(const std::string& path) {
  struct stat status{};
  if (::lstat(path.c_str(), &status) != 0) fail("lstat " + path);
  return status;
}

/// Grants the owner what is missing in `bits` for as long as it lives.
class Opened {
 public:
  Opened(const std::string& path, const struct stat& status, mode_t bits)
      : path_(path), mode_(status.st_mode & 07777U), is_changed_((mode_ & bits) != bits) {
    if (::geteuid() == 0 || S_ISLNK(status.st_mode)) is_changed_ = false;
    if (is_changed_ && ::chmod(path_.c_str(), mode_ | bits) != 0) fail("chmod " + path_);
  }
  Opened(const Opened&) = delete;
  Opened& operator=(const Opened&) = delete;
  ~Opened() {
    if (is_changed_) (void)::chmod(path_.c_str(), mode_);
  }

 private:
  std::string path_;
  mode_t mode_;
  bool is_changed_;
};

/// Some attributes take the right to read the object. The others are to be read before it is
/// opened, for that shows in access control lists.
enum class Xattrs { of_users, all_others };

void read_xattrs(const std::string& path, Xattrs which, Object& object) {
  // Not made anew for each object: that took a third of the test under sanitizers.
  static std::array<char, XATTR_LIST_MAX> names;
  const ssize_t names_bytes = ::llistxattr(path.c_str(), names.data(), names.size());
  if (names_bytes < 0) {
    if (errno == ENOTSUP) return;
    fail("llistxattr " + path);
  }
  for (std::size_t at = 0; at < static_cast<std::size_t>(names_bytes);) {
    const std::string name = names.data() + at;
    at += name.size() + 1;
    if (name.starts_with("user.") != (which == Xattrs::of_users)) continue;
    static std::array<char, 4096> value;
    const ssize_t bytes = ::lgetxattr(path.c_str(), name.c_str(), value.data(), value.size());
    if (bytes < 0) fail("lgetxattr " + name);
    object.xattrs[name] = std::string(value.data(), static_cast<std::size_t>(bytes));
  }
}

std::string read_content(const std::string& path, const struct stat& status) {
  const int file = ::open(path.c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
  if (file < 0) fail("open " + path);
  std::string content(static_cast<std::size_t>(status.st_size), '\0');
  const ssize_t bytes = ::read(file, content.data(), content.size());
  ::close(file);
  if (bytes != status.st_size) fail("read " + path);
  return content;
}

Object read_object(const std::string& path, const struct stat& status) {
  Object object{.mode = status.st_mode,
                .uid = status.st_uid,
                .gid = status.st_gid,
                .mtime_seconds = status.st_mtim.tv_sec,
                .mtime_nanoseconds = status.st_mtim.tv_nsec,
                .content = {},
                .device = S_ISCHR(status.st_mode) || S_ISBLK(status.st_mode) ? status.st_rdev : 0,
                .xattrs = {},
                .inode = S_ISDIR(status.st_mode) ? 0 : status.st_ino};
  read_xattrs(path, Xattrs::all_others, object);
  const Opened opened(path, status, S_ISDIR(status.st_mode) ? 0700 : 0600);
  read_xattrs(path, Xattrs::of_users, object);
  if (S_ISREG(status.st_mode)) object.content = read_content(path, status);
  if (S_ISLNK(status.st_mode)) {
    std::array<char, PATH_MAX> target{};
    const ssize_t bytes = ::readlink(path.c_str(), target.data(), target.size());
    if (bytes < 0) fail("readlink " + path);
    object.content.assign(target.data(), static_cast<std::size_t>(bytes));
  }
  return object;
}

void read_into(Tree& tree, const std::string& root, const std::string& name) {
  const std::string path = name.empty() ? root : root + "/" + name;
  const struct stat status = status_of(path);
  const bool is_directory = S_ISDIR(status.st_mode);
  tree.emplace(name, read_object(path, status));
  if (!is_directory) return;

  const Opened opened(path, status, 0700);
  DIR* const directory = ::opendir(path.c_str());
  if (directory == nullptr) fail("opendir " + path);
  std::vector<std::string> names;
  while (const dirent* const found = ::readdir(directory)) {
    const std::string_view child = found->d_name;
    if (child != "." && child != "..") names.emplace_back(child);
  }
  ::closedir(directory);
  for (const std::string& child : names) {
    read_into(tree, root, name.empty() ? child : name + "/" + child);
  }
}

/// The first name of each object that has several.
std::map<std::uint64_t, std::string> first_names(const Tree& tree) {
  std::map<std::uint64_t, std::string> names;
  for (const auto& [path, object] : tree) {
    if (object.inode != 0) names.emplace(object.inode, path);
  }
  return names;
}

std::string text_of(const std::map<std::string, std::string>& xattrs) {
  std::string text;
  for (const auto& [name, value] : xattrs) text += " " + name + "=" + value;
  return text;
}

/// One difference, if there is any. `first` are the first names of the two objects.
std::string difference(const Object& expected, const Object& actual,
                       const std::array<std::string, 2>& first) {
  const auto differ = [](std::string_view what, std::string_view one, std::string_view other) {
    return std::string(what) + " " + printable(one) + " became " + printable(other);
  };
  const auto numbers = [&](std::string_view what, auto one, auto other) {
    return differ(what, std::to_string(one), std::to_string(other));
  };
  if (expected.mode != actual.mode) return numbers("mode", expected.mode, actual.mode);
  if (expected.uid != actual.uid) return numbers("user", expected.uid, actual.uid);
  if (expected.gid != actual.gid) return numbers("group", expected.gid, actual.gid);
  if (expected.mtime_seconds != actual.mtime_seconds) {
    return numbers("time", expected.mtime_seconds, actual.mtime_seconds);
  }
  if (expected.content != actual.content) return differ("bytes", expected.content, actual.content);
  if (expected.device != actual.device) return numbers("device", expected.device, actual.device);
  if (expected.xattrs != actual.xattrs) {
    return differ("attributes", text_of(expected.xattrs), text_of(actual.xattrs));
  }
  if (first[0] != first[1]) return differ("name of the same object", first[0], first[1]);
  return {};
}

}  // namespace

std::string printable(std::string_view bytes) {
  constexpr std::string_view hex = "0123456789abcdef";
  constexpr std::size_t longest = 100;
  if (bytes.size() > longest) {
    return printable(bytes.substr(0, longest / 4)) + "[" + std::to_string(bytes.size()) + "]";
  }
  std::string text;
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte >= 0x20 && byte < 0x7f && c != '\\') {
      text += c;
    } else {
      text += "\\x";
      text += hex[byte >> 4U];
      text += hex[byte & 15U];
    }
  }
  return text;
}

Tree read_tree(const std::string& root) {
  Tree tree;
  read_into(tree, root, "");
  return tree;
}

Tree without_sockets(Tree tree) {
  std::erase_if(tree, [](const auto& named) { return S_ISSOCK(named.second.mode); });
  return tree;
}

std::string difference(const Tree& expected, const Tree& actual) {
  const auto expected_names = first_names(expected);
  const auto actual_names = first_names(actual);
  const auto first = [](const std::map<std::uint64_t, std::string>& names, const Object& object) {
    return object.inode == 0 ? "" : names.at(object.inode);
  };
  std::string text;
  for (const auto& [path, object] : expected) {
    const auto found = actual.find(path);
    if (found == actual.end()) {
      text += "/" + printable(path) + ": missing\n";
      continue;
    }
    const std::string why = difference(
        object, found->second, {first(expected_names, object), first(actual_names, found->second)});
    if (!why.empty()) text += "/" + printable(path) + ": " + why + "\n";
  }
  for (const auto& [path, object] : actual) {
    if (!expected.contains(path)) text += "/" + printable(path) + ": unexpected\n";
  }
  return text;
}

OpenedParents::OpenedParents(const std::string& root, std::string_view path) {
  if (::geteuid() == 0 || path.empty()) return;
  const auto open = [&](const std::string& directory) {
    const mode_t mode = status_of(directory).st_mode & 07777U;
    if ((mode & 0700U) == 0700U) return;
    if (::chmod(directory.c_str(), mode | 0700U) != 0) fail("chmod " + directory);
    opened_.push_back({directory, mode});
  };
  open(root);
  for (std::size_t slash = path.find('/'); slash != std::string_view::npos;
       slash = path.find('/', slash + 1)) {
    open(root + "/" + std::string(path.substr(0, slash)));
  }
}

OpenedParents::~OpenedParents() {
  for (auto opened = opened_.rbegin(); opened != opened_.rend(); ++opened) {
    (void)::chmod(opened->path.c_str(), opened->mode);
  }
}

}  // namespace umoci::bundle::test
