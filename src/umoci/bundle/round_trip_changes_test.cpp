// SPDX-License-Identifier: Apache-2.0
#include <umoci/bundle/round_trip_random_test.hpp>

#include <umoci_test/temporary_directory.hpp>

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <optional>
#include <system_error>

namespace umoci::bundle::test {
namespace {

void check(int result, const std::string& what) {
  if (result != 0) throw std::system_error(errno, std::system_category(), printable(what));
}

/// Changes to a tree on disk, each of them to objects chosen at random.
class Changer {
 public:
  Changer(const std::string& root, Random& random, const Powers& powers)
      : root_(root), random_(random), powers_(powers), tree_(read_tree(root)) {}

  std::string run() {
    std::string story;
    const std::uint64_t count = 1 + random_.below(7);
    for (std::uint64_t i = 0; i < count; ++i) {
      const auto change = random_.among(changes());
      // A change that cannot be seen in the directory's time is as good as any other.
      const bool hides = random_.one_in(5);
      tree_ = read_tree(root_);
      const std::string told = (this->*change)();
      if (told.empty()) continue;
      story += "  " + told + "\n";
      if (hides) restore_directory_times();
    }
    return story;
  }

 private:
  using Change = std::string (Changer::*)();

  static const std::vector<Change>& changes() {
    static const std::vector<Change> all{
        &Changer::create,        &Changer::create,        &Changer::create_hard_link,
        &Changer::remove_one,    &Changer::remove_one,    &Changer::rename_one,
        &Changer::rename_one,    &Changer::replace,       &Changer::change_mode,
        &Changer::change_owner,  &Changer::touch,         &Changer::set_xattr,
        &Changer::remove_xattr,  &Changer::truncate_file, &Changer::rewrite_unseen,
        &Changer::renumber,      &Changer::break_link,    &Changer::exchange,
        &Changer::exchange_twins};
    return all;
  }

  [[nodiscard]] std::string on_disk(const std::string& path) const { return root_ + "/" + path; }

  /// A path of the tree whose object is as wanted; nullopt if there is none.
  template <class Wanted>
  std::optional<std::string> choose(Wanted wanted) {
    std::vector<std::string> paths;
    for (const auto& [path, object] : tree_) {
      if (wanted(path, object)) paths.push_back(path);
    }
    if (paths.empty()) return std::nullopt;
    return random_.among(paths);
  }

  std::optional<std::string> choose_below_root() {
    return choose([](const std::string& path, const Object&) { return !path.empty(); });
  }

  std::optional<std::string> choose_typed(mode_t type) {
    return choose(
        [&](const std::string&, const Object& object) { return (object.mode & S_IFMT) == type; });
  }

  /// A name that is free, in any directory that is not `within`.
  std::string choose_new_path(const std::string& not_within = "/") {
    for (;;) {
      const std::string parent = *choose([&](const std::string& path, const Object& object) {
        const bool is_within = path == not_within || path.starts_with(not_within + "/");
        return S_ISDIR(object.mode) && !is_within;
      });
      std::string path = (parent.empty() ? "" : parent + "/") + random_name(random_);
      if (!tree_.contains(path) && path.size() < 2000) return path;
    }
  }

  std::string create() {
    const std::string path = choose_new_path();
    create_at(path);
    return "create " + printable(path);
  }

  void create_at(const std::string& path) {
    const OpenedParents opened(root_, path);
    const std::string place = on_disk(path);
    switch (random_.below(powers_.devices ? 7 : 6)) {
      case 0:
        check(::mkdir(place.c_str(), 0755), "mkdir " + place);
        break;
      case 1:
        check(::symlink("a\xff\ntarget", place.c_str()), "symlink " + place);
        break;
      case 2:
        check(::mkfifo(place.c_str(), 0600), "mkfifo " + place);
        break;
      case 3:
        check(::mknod(place.c_str(), S_IFSOCK | 0600, 0), "mknod " + place);
        break;
      case 6:
        check(::mknod(place.c_str(), (random_.one_in(2) ? S_IFCHR : S_IFBLK) | 0600,
                      makedev(1, static_cast<unsigned>(random_.below(300)))),
              "mknod " + place);
        break;
      default:
        umoci::test::write_file(place, random_content(random_));
    }
    give_away(place);
    set_time(path, random_time(random_));
  }

  /// The caller may be nobody whom the image knows.
  void give_away(const std::string& place) {
    if (powers_.disk_owners.size() < 2) return;
    check(::lchown(place.c_str(), random_.among(powers_.disk_owners),
                   random_.among(powers_.disk_owners)),
          "chown " + place);
  }

  std::string create_hard_link() {
    const auto from =
        choose([](const std::string&, const Object& object) { return !S_ISDIR(object.mode); });
    if (!from) return {};
    const std::string path = choose_new_path();
    const OpenedParents from_opened(root_, *from);
    const OpenedParents opened(root_, path);
    check(::linkat(AT_FDCWD, on_disk(*from).c_str(), AT_FDCWD, on_disk(path).c_str(), 0),
          "link " + path);
    return "link " + printable(path) + " to " + printable(*from);
  }

  std::string remove_one() {
    const auto path = choose_below_root();
    if (!path) return {};
    remove(*path);
    return "remove " + printable(*path);
  }

  void remove(const std::string& path) {
    const OpenedParents opened(root_, path);
    // What is below comes first when read from the end.
    for (auto found = tree_.rbegin(); found != tree_.rend(); ++found) {
      const bool is_below = found->first.starts_with(path + "/");
      if (!is_below && found->first != path) continue;
      const OpenedParents inner(root_, found->first);
      const std::string place = on_disk(found->first);
      check(S_ISDIR(found->second.mode) ? ::rmdir(place.c_str()) : ::unlink(place.c_str()),
            "remove " + place);
    }
  }

  std::string rename_one() {
    const auto path = choose_below_root();
    if (!path) return {};
    const std::string to = choose_new_path(*path);
    const OpenedParents opened(root_, *path);
    const OpenedParents to_opened(root_, to);
    // Moving a directory takes the right to write into it.
    const mode_t mode = tree_.at(*path).mode & 07777U;
    const bool is_closed_directory =
        ::geteuid() != 0 && S_ISDIR(tree_.at(*path).mode) && (mode & 0200U) == 0;
    if (is_closed_directory) check(::chmod(on_disk(*path).c_str(), mode | 0200U), "chmod");
    check(::rename(on_disk(*path).c_str(), on_disk(to).c_str()), "rename " + *path);
    if (is_closed_directory) check(::chmod(on_disk(to).c_str(), mode), "chmod");
    return "rename " + printable(*path) + " to " + printable(to);
  }

  std::string replace() {
    const auto path = choose_below_root();
    if (!path) return {};
    remove(*path);
    create_at(*path);
    if (S_ISDIR(status(*path).st_mode) && random_.one_in(2)) {
      const std::string child = *path + "/" + random_name(random_);
      const OpenedParents opened(root_, child);
      umoci::test::write_file(on_disk(child), "new");
      give_away(on_disk(child));
    }
    return "replace " + printable(*path);
  }

  std::string change_mode() {
    const auto path =
        choose([](const std::string&, const Object& object) { return !S_ISLNK(object.mode); });
    const OpenedParents opened(root_, *path);
    check(::chmod(on_disk(*path).c_str(), random_mode(random_)), "chmod " + *path);
    return "chmod " + printable(*path);
  }

  std::string change_owner() {
    if (powers_.disk_owners.size() < 2) return {};
    const auto path = choose([](const std::string&, const Object&) { return true; });
    const OpenedParents opened(root_, *path);
    check(::lchown(on_disk(*path).c_str(), random_.among(powers_.disk_owners),
                   random_.among(powers_.disk_owners)),
          "chown " + *path);
    return "chown " + printable(*path);
  }

  std::string touch() {
    const auto path = choose([](const std::string&, const Object&) { return true; });
    const OpenedParents opened(root_, *path);
    const std::int64_t seconds = random_time(random_);
    set_time(*path, seconds);
    return "touch " + printable(*path) + " to " + std::to_string(seconds);
  }

  void set_time(const std::string& path, std::int64_t seconds) {
    const long nanoseconds =
        random_.one_in(2) ? 0 : static_cast<long>(random_.below(1'000'000'000));
    set_time(path, timespec{.tv_sec = seconds, .tv_nsec = nanoseconds});
  }

  void set_time(const std::string& path, timespec time) const {
    const std::array<timespec, 2> times{timespec{.tv_sec = 0, .tv_nsec = UTIME_OMIT}, time};
    const std::string place = path.empty() ? root_ : on_disk(path);
    check(::utimensat(AT_FDCWD, place.c_str(), times.data(), AT_SYMLINK_NOFOLLOW),
          "touch " + place);
  }

  /// Setting and removing attributes takes the right to write, which the owner may lack.
  template <class Fn>
  void with_write_access(const std::string& path, Fn fn) {
    const OpenedParents opened(root_, path);
    const mode_t mode = tree_.at(path).mode;
    const bool is_closed = ::geteuid() != 0 && !S_ISLNK(mode) && (mode & 0600U) != 0600U;
    if (is_closed) check(::chmod(on_disk(path).c_str(), (mode & 07777U) | 0600U), "chmod");
    fn(on_disk(path));
    if (is_closed) check(::chmod(on_disk(path).c_str(), mode & 07777U), "chmod");
  }

  std::string set_xattr() {
    const auto path = choose([](const std::string&, const Object&) { return true; });
    const auto [name, value] = random_xattr(random_, powers_, tree_.at(*path).mode);
    if (name.empty()) return {};
    with_write_access(*path, [&, &name = name, &value = value](const std::string& place) {
      check(::lsetxattr(place.c_str(), name.c_str(), value.data(), value.size(), 0),
            "set " + name + " on " + place);
    });
    return "set " + printable(name) + " on " + printable(*path);
  }

  std::string remove_xattr() {
    const auto path =
        choose([](const std::string&, const Object& object) { return !object.xattrs.empty(); });
    if (!path) return {};
    const std::string name = tree_.at(*path).xattrs.begin()->first;
    with_write_access(*path, [&](const std::string& place) {
      check(::lremovexattr(place.c_str(), name.c_str()), "remove " + name + " of " + place);
    });
    return "remove " + printable(name) + " of " + printable(*path);
  }

  std::string truncate_file() {
    const auto path = choose_typed(S_IFREG);
    if (!path) return {};
    with_write_access(*path, [&](const std::string& place) {
      check(::truncate(place.c_str(), static_cast<off_t>(random_.below(40))), "truncate " + place);
    });
    return "truncate " + printable(*path);
  }

  /// Other bytes, but the size and the time of before.
  std::string rewrite_unseen() {
    const auto path = choose([](const std::string&, const Object& object) {
      return S_ISREG(object.mode) && !object.content.empty();
    });
    if (!path) return {};
    Object object = tree_.at(*path);
    object.content.back() = static_cast<char>(object.content.back() + 1);
    with_write_access(*path, [&](const std::string& place) {
      umoci::test::write_file(place, object.content);
      set_time(*path,
               timespec{.tv_sec = object.mtime_seconds, .tv_nsec = object.mtime_nanoseconds});
    });
    return "rewrite " + printable(*path);
  }

  /// Another device number under the same name, with the time of before.
  std::string renumber() {
    const auto path = choose([](const std::string&, const Object& object) {
      return S_ISCHR(object.mode) || S_ISBLK(object.mode);
    });
    if (!path) return {};
    const Object object = tree_.at(*path);
    const std::string place = on_disk(*path);
    check(::unlink(place.c_str()), "unlink " + place);
    check(::mknod(place.c_str(), object.mode, object.device + 1), "mknod " + place);
    check(::chmod(place.c_str(), object.mode & 07777U), "chmod " + place);
    check(::lchown(place.c_str(), object.uid, object.gid), "chown " + place);
    set_time(*path, timespec{.tv_sec = object.mtime_seconds, .tv_nsec = object.mtime_nanoseconds});
    return "renumber " + printable(*path);
  }

  /// One of several names becomes a file of its own with the same bytes and the same time.
  std::string break_link() {
    const auto path = choose([&](const std::string& name, const Object& object) {
      return S_ISREG(object.mode) && status(name).st_nlink > 1;
    });
    if (!path) return {};
    const Object object = tree_.at(*path);
    const OpenedParents opened(root_, *path);
    const std::string place = on_disk(*path);
    check(::unlink(place.c_str()), "unlink " + place);
    umoci::test::write_file(place, object.content);
    check(::lchown(place.c_str(), object.uid, object.gid), "chown " + place);
    check(::chmod(place.c_str(), object.mode & 07777U), "chmod " + place);
    set_time(*path, timespec{.tv_sec = object.mtime_seconds, .tv_nsec = object.mtime_nanoseconds});
    return "break the link " + printable(*path);
  }

  /// Two names that are no directories change places.
  std::string exchange() {
    const auto is_no_directory = [](const std::string&, const Object& object) {
      return !S_ISDIR(object.mode);
    };
    const auto one = choose(is_no_directory);
    const auto other = choose(is_no_directory);
    if (!one || *one == *other) return {};
    return exchange(*one, *other);
  }

  std::string exchange(const std::string& one, const std::string& other) const {
    const OpenedParents opened(root_, one);
    const OpenedParents other_opened(root_, other);
    check(::renameat2(AT_FDCWD, on_disk(one).c_str(), AT_FDCWD, on_disk(other).c_str(),
                      RENAME_EXCHANGE),
          "exchange " + one);
    return "exchange " + printable(one) + " and " + printable(other);
  }

  /// As exchange(), for names of two objects that nothing but their other names tells apart.
  std::string exchange_twins() {
    const auto one = choose([&](const std::string& name, const Object& object) {
      return S_ISREG(object.mode) && status(name).st_nlink > 1;
    });
    if (!one) return {};
    const Object& twin = tree_.at(*one);
    const auto other = choose([&](const std::string&, const Object& object) {
      return object.inode != twin.inode && object.mode == twin.mode && object.uid == twin.uid &&
             object.gid == twin.gid && object.mtime_seconds == twin.mtime_seconds &&
             object.content == twin.content && object.xattrs == twin.xattrs;
    });
    return other ? exchange(*one, *other) : std::string();
  }

  [[nodiscard]] struct stat status(const std::string& path) const {
    const OpenedParents opened(root_, path);
    struct stat status{};
    check(::lstat(on_disk(path).c_str(), &status), "lstat " + path);
    return status;
  }

  void restore_directory_times() const {
    const Tree now = read_tree(root_);
    for (const auto& [path, object] : tree_) {
      const auto found = now.find(path);
      if (!S_ISDIR(object.mode) || found == now.end() || !S_ISDIR(found->second.mode)) continue;
      const OpenedParents opened(root_, path);
      set_time(path, timespec{.tv_sec = object.mtime_seconds, .tv_nsec = object.mtime_nanoseconds});
    }
  }

  const std::string& root_;
  Random& random_;
  const Powers& powers_;
  Tree tree_;
};

}  // namespace

std::string change_at_random(const std::string& root, Random& random, const Powers& powers) {
  return Changer(root, random, powers).run();
}

}  // namespace umoci::bundle::test
