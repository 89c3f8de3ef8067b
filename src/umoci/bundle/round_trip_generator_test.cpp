// SPDX-License-Identifier: Apache-2.0
#include <umoci/bundle/round_trip_random_test.hpp>

#include <umoci_test/temporary_directory.hpp>

#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <algorithm>
#include <iterator>

namespace umoci::bundle::test {
namespace {

constexpr const char* access_acl = "system.posix_acl_access";
constexpr const char* default_acl = "system.posix_acl_default";
constexpr const char* capability = "security.capability";

void append_little_endian(std::string& out, std::uint64_t value, int bytes) {
  for (; bytes > 0; --bytes, value >>= 8U) out += static_cast<char>(value & 0xffU);
}

/// An access control list with one named user, in the kernel's form: the classes of `mode` are what
/// stat() shows of it.
std::string acl_of(mode_t mode, uid_t named) {
  struct Line {
    unsigned tag;
    unsigned permissions;
    std::uint32_t id;
  };
  constexpr std::uint32_t no_id = 0xffffffff;
  const Line lines[] = {{0x01, mode >> 6U & 7U, no_id},
                        {0x02, 5, named},
                        {0x04, 4, no_id},
                        {0x10, mode >> 3U & 7U, no_id},
                        {0x20, mode & 7U, no_id}};
  std::string acl;
  append_little_endian(acl, 2, 4);
  for (const Line& line : lines) {
    append_little_endian(acl, line.tag, 2);
    append_little_endian(acl, line.permissions, 2);
    append_little_endian(acl, line.id, 4);
  }
  return acl;
}

/// Some permitted, effective capabilities of a file.
std::string capability_value(Random& random) {
  std::string value;
  append_little_endian(value, 0x02000001, 4);
  append_little_endian(value, 1U << random.below(20), 4);
  append_little_endian(value, 0, 12);
  return value;
}

std::string random_bytes(Random& random, std::size_t size) {
  std::string bytes;
  std::generate_n(std::back_inserter(bytes), size,
                  [&] { return static_cast<char>(random.below(256)); });
  return bytes;
}

Object random_object(Random& random, const Powers& powers, bool is_directory) {
  const std::vector<mode_t> types{S_IFREG, S_IFREG, S_IFREG, S_IFDIR, S_IFDIR,
                                  S_IFLNK, S_IFIFO, S_IFCHR, S_IFBLK};
  Object object;
  const mode_t type = is_directory ? S_IFDIR : random.among(types);
  object.mode = type | (type == S_IFLNK ? 0777 : random_mode(random));
  object.uid = random.among(powers.owners);
  object.gid = random.among(powers.owners);
  object.mtime_seconds = random_time(random);
  if (type == S_IFREG) object.content = random_content(random);
  if (type == S_IFLNK) object.content = random.one_in(2) ? "../" + random_name(random) : "/";
  if (type == S_IFCHR || type == S_IFBLK) {
    object.device = makedev(static_cast<unsigned>(1 + random.below(300)),
                            static_cast<unsigned>(random.below(70000)));
  }
  for (std::uint64_t count = random.below(3); count > 0; --count) {
    auto [name, value] = random_xattr(random, powers, object.mode);
    if (!name.empty()) object.xattrs.insert_or_assign(name, value);
  }
  return object;
}

}  // namespace

bool Powers::has_xattr(const std::string& kind) const {
  return std::find(xattrs.begin(), xattrs.end(), kind) != xattrs.end();
}

std::vector<std::string> all_xattrs() {
  return {"user.a",         "user.b \xff\n#", "trusted.t", "security.umoci_test",
          "user.overlay.x", access_acl,       default_acl, capability};
}

std::vector<std::string> settable_xattrs(const std::string& directory) {
  Random random(0);
  std::vector<std::string> settable;
  const std::string file = directory + "/probe";
  umoci::test::write_file(file, "");
  for (const std::string& name : all_xattrs()) {
    const std::string value = name == capability           ? capability_value(random)
                              : name.starts_with("system") ? acl_of(0755, 0)
                                                           : "v";
    const std::string& place = name == default_acl ? directory : file;
    if (::lsetxattr(place.c_str(), name.c_str(), value.data(), value.size(), 0) == 0) {
      settable.push_back(name);
      ::lremovexattr(place.c_str(), name.c_str());
    }
  }
  ::unlink(file.c_str());
  return settable;
}

std::string random_name(Random& random) {
  const std::vector<std::string> odd{"a",     "b",   "c",   "plain", "two words", "lf\nd type=dir",
                                     "\n",    "..x", "...", ".wh",   ".whx",      "-rf",
                                     "--",    "a=b", "=",   "#c",    "\\",        "x\\",
                                     "\\012", "*?[", "/set"};
  if (random.one_in(12)) return std::string(255, static_cast<char>('a' + random.below(26)));
  if (random.one_in(20)) return std::string(150, '\xe9');
  std::string name =
      random.one_in(3) ? random_bytes(random, 1 + random.below(6)) : random.among(odd);
  for (char& c : name) {
    if (c == '/' || c == '\0') c = '%';
  }
  if (name == "." || name == ".." || name.starts_with(".wh.")) return "x" + name;
  return name;
}

std::string random_content(Random& random) {
  switch (random.below(6)) {
    case 0:
      return {};
    case 1:  // holes, as far as anybody cares
      return std::string(9000, '\0') + random_bytes(random, 1) + std::string(5000, '\0');
    case 2:
      return random_bytes(random, 512);
    default:
      return random_bytes(random, 1 + random.below(20));
  }
}

mode_t random_mode(Random& random) {
  const std::vector<mode_t> usual{0755, 0644, 0, 0777, 04755, 02755, 01777, 0400, 0111, 07777};
  return random.one_in(3) ? static_cast<mode_t>(random.below(010000)) : random.among(usual);
}

std::int64_t random_time(Random& random) {
  const std::vector<std::int64_t> usual{0, 1, -1, -1'000'000'000, 1'000'000'000, 4'294'967'296};
  return random.one_in(2) ? random.among(usual)
                          : static_cast<std::int64_t>(random.below(2'000'000'000));
}

std::pair<std::string, std::string> random_xattr(Random& random, const Powers& powers,
                                                 mode_t mode) {
  if (powers.xattrs.empty()) return {};
  const std::string& name = random.among(powers.xattrs);
  const bool is_plain = S_ISREG(mode) || S_ISDIR(mode);
  if (name.starts_with("user.") && !is_plain) return {};
  if (name == capability) {
    return S_ISREG(mode) ? std::pair(name, capability_value(random))
                         : std::pair<std::string, std::string>{};
  }
  if (name == access_acl || name == default_acl) {
    if (!is_plain || (name == default_acl && !S_ISDIR(mode))) return {};
    return {name, acl_of(name == access_acl ? mode : 0750, random.among(powers.disk_owners))};
  }
  return {name, random_bytes(random, 1 + random.below(12))};
}

Tree random_tree(Random& random, const Powers& powers) {
  Tree tree;
  Object root = random_object(random, powers, true);
  root.xattrs.erase(default_acl);
  tree.emplace("", root);
  std::vector<std::string> directories{""};
  std::vector<std::string> others;
  const std::uint64_t count = random.below(14);
  for (std::uint64_t i = 1; i <= count; ++i) {
    const std::string& parent = random.among(directories);
    std::string path = (parent.empty() ? "" : parent + "/") + random_name(random);
    if (tree.contains(path) || path.size() > 1000) continue;
    if (!others.empty() && random.one_in(4)) {
      tree.emplace(path, tree.at(random.among(others)));
      others.push_back(std::move(path));
      continue;
    }
    if (!others.empty() && random.one_in(5)) {
      Object twin = tree.at(random.among(others));
      twin.inode = i;
      tree.emplace(path, std::move(twin));
      others.push_back(std::move(path));
      continue;
    }
    Object object = random_object(random, powers, false);
    const bool is_directory = S_ISDIR(object.mode);
    object.inode = is_directory ? 0 : i;
    tree.emplace(path, std::move(object));
    (is_directory ? directories : others).push_back(std::move(path));
  }
  return tree;
}

}  // namespace umoci::bundle::test
