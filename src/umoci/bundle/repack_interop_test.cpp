// SPDX-License-Identifier: Apache-2.0
// Layers of random trees and random changes, as other programs see them. The trees are made with
// plain system calls, so that nothing of the library judges itself.
#include <umoci/bundle/round_trip_random_test.hpp>
#include <umoci/bundle/round_trip_tree_test.hpp>

#include <umoci/fs/walker.hpp>
#include <umoci/layer/changeset.hpp>
#include <umoci/layer/linked_names.hpp>
#include <umoci/mtree/compare.hpp>
#include <umoci/tar/reader.hpp>
#include <umoci/tar/writer.hpp>

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <umoci_test/restricted_child.hpp>
#include <umoci_test/run_program.hpp>
#include <umoci_test/temporary_directory.hpp>

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <climits>
#include <filesystem>
#include <fstream>
#include <sstream>

namespace umoci::bundle::test {
namespace {

namespace stdfs = std::filesystem;
using umoci::test::has_program;
using umoci::test::run_program;
using umoci::test::TemporaryDirectory;

/// Prints a line for each member of the archives that are its arguments, bytes as hex.
constexpr const char* python_listing = R"(
import sys, tarfile

def raw(text): return text.encode('utf-8', 'surrogateescape')

PREFIX = 'SCHILY.xattr.'
for name in sys.argv[1:]:
    with tarfile.open(name, encoding='utf-8', errors='surrogateescape') as archive:
        for member in archive:
            xattrs = {raw(key[len(PREFIX):]).hex(): raw(value).hex()
                      for key, value in member.pax_headers.items() if key.startswith(PREFIX)}
            link = raw(member.linkname).hex() if member.islnk() or member.issym() else ''
            device = (member.devmajor, member.devminor) if member.isdev() and not member.isfifo() \
                else (0, 0)
            print(raw(member.name).hex(), member.type.decode(), '%o' % member.mode, member.uid,
                  member.gid, member.size if member.isreg() else 0, int(member.mtime), link, *device,
                  *['%s=%s' % item for item in sorted(xattrs.items())])
)";

std::string hex(std::string_view bytes) {
  std::string text;
  for (const char byte : bytes) text += fmt::format("{:02x}", static_cast<unsigned char>(byte));
  return text;
}

char type_flag(tree::EntryType type) {
  switch (type) {
    case tree::EntryType::hard_link:
      return '1';
    case tree::EntryType::symlink:
      return '2';
    case tree::EntryType::char_device:
      return '3';
    case tree::EntryType::block_device:
      return '4';
    case tree::EntryType::directory:
      return '5';
    case tree::EntryType::fifo:
      return '6';
    default:
      return '0';
  }
}

/// Our own lines in the form of that listing.
std::string listing_of(const stdfs::path& archive) {
  std::string text;
  io::FileSource bytes(UniqueFd(::open(archive.c_str(), O_RDONLY | O_CLOEXEC)));
  tar::Reader reader(bytes);
  while (const tree::Entry* const entry = reader.next()) {
    const bool is_device =
        entry->type == tree::EntryType::char_device || entry->type == tree::EntryType::block_device;
    std::vector<std::string> xattrs;
    for (const auto& [name, value] : entry->xattrs) {
      xattrs.push_back(" " + hex(name) + "=" + hex(value));
    }
    std::sort(xattrs.begin(), xattrs.end());
    text +=
        fmt::format("{} {} {:o} {} {} {} {} {} {} {}{}\n",
                    hex(entry->path.is_root() ? "." : entry->path.text()), type_flag(entry->type),
                    entry->mode, entry->uid, entry->gid, entry->size_bytes, entry->mtime.seconds,
                    hex(entry->link), is_device ? entry->device.major : 0,
                    is_device ? entry->device.minor : 0, fmt::join(xattrs, ""));
  }
  return text;
}

/// A tree that grows and changes, and its layers.
class RandomLayers {
 public:
  RandomLayers(std::uint64_t seed, Powers powers) : random_(seed), powers_(std::move(powers)) {
    stdfs::create_directory(directory_ / "tree");
  }

  void change() {
    const int steps = 4;
    for (int i = 0; i < steps; ++i) (void)change_at_random(path().native(), random_, powers_);
  }

  /// Everything, as if nothing of it had been there before.
  stdfs::path write_all() { return write({}, "all.tar"); }

  /// What changes make of the tree, with whiteouts.
  stdfs::path write_changes() {
    const auto before = describe();
    change();
    return write(before, "changes.tar");
  }

  [[nodiscard]] stdfs::path path() const { return directory_ / "tree"; }
  [[nodiscard]] Tree tree() const { return read_tree(path().native()); }

 private:
  [[nodiscard]] fs::Root root() const {
    return fs::Root::open(path(), {.access = fs::Access::grant_to_owner});
  }

  [[nodiscard]] mtree::Manifest describe() const {
    fs::Walker walker(root());
    return mtree::collect(walker, mtree::bundle_keywords);
  }

  stdfs::path write(const mtree::Manifest& before, const char* name) {
    const fs::Root disk = root();
    fs::Walker walker(disk);
    layer::LinkedNames linked(walker);
    const auto deltas = mtree::compare(before, linked, {});
    const auto changes = layer::select_changes(linked.completed(deltas, {}), {});
    const stdfs::path archive = directory_ / name;
    UniqueFd fd(::open(archive.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
    io::FileSink sink(fd.get());
    tar::Writer writer(sink);
    layer::write_changeset(changes, disk, writer, {});
    writer.finish();
    return archive;
  }

  TemporaryDirectory directory_;
  Random random_;
  Powers powers_;
};

Powers own_powers() {
  Powers powers{.owners = {}, .disk_owners = {::geteuid()}, .devices = false, .xattrs = {"user.a"}};
  if (umoci::test::is_real_root()) {
    powers.disk_owners = {0, 0, 1000, 65534, 4'000'000'000};
    powers.devices = true;
    powers.xattrs = {"user.a", "user.b \xff\n#", "trusted.t", "security.capability"};
  }
  return powers;
}

TEST(RepackInterop, PythonSeesTheSameInEveryHeader) {
  if (!has_program("python3")) GTEST_SKIP() << "python3 is not installed";
  std::vector<std::string> arguments{"python3", "-c", python_listing};
  std::vector<std::unique_ptr<RandomLayers>> layers;
  std::string expected;
  std::size_t whiteouts = 0;
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    RandomLayers& layer = *layers.emplace_back(std::make_unique<RandomLayers>(seed, own_powers()));
    layer.change();
    layer.change();
    for (const auto& archive : {layer.write_all(), layer.write_changes()}) {
      arguments.push_back(archive.native());
      expected += listing_of(archive);
    }
  }
  for (std::size_t at = expected.find(hex(".wh.")); at != std::string::npos;
       at = expected.find(hex(".wh."), at + 1)) {
    ++whiteouts;
  }
  EXPECT_GT(whiteouts, 30U) << "else this asks too little";
  const auto seen = run_program(arguments);
  EXPECT_EQ(seen.err, "");
  EXPECT_EQ(seen.out, expected);
}

/// True if every name and link is text that any character set has.
bool is_plain_text(const Tree& tree) {
  const auto is_ascii = [](std::string_view bytes) {
    return std::all_of(bytes.begin(), bytes.end(),
                       [](char c) { return static_cast<unsigned char>(c) < 0x80; });
  };
  return std::all_of(tree.begin(), tree.end(), [&](const auto& named) {
    // It takes a backslash at the beginning of a name away.
    return is_ascii(named.first) && !named.first.starts_with('\\') &&
           (!S_ISLNK(named.second.mode) || is_ascii(named.second.content));
  });
}

/// False if a whiteout in the listing is longer than a name on a disk can be.
bool can_be_files(const std::string& listing) {
  std::istringstream lines(listing);
  for (std::string line; std::getline(lines, line);) {
    const std::size_t whiteout = line.find(hex(".wh."));
    if (whiteout != std::string::npos && line.find(' ') - whiteout > 2 * NAME_MAX) return false;
  }
  return true;
}

/// bsdtar does not always give the directory that it extracts to the time of ".".
enum class RootTime { is_restored, may_differ };

/// Layers that `list` and `extract` of another program are to read: the former must know as many
/// members as we do, the latter must make the same tree.
struct OtherProgram {
  std::vector<std::string> list;
  std::vector<std::string> extract;
  bool knows_any_bytes = true;
  RootTime root_time = RootTime::is_restored;
};

void expect_extracts(const OtherProgram& program) {
  if (!has_program(program.list.front())) GTEST_SKIP() << program.list.front() << " is missing";
  if (!umoci::test::is_real_root()) GTEST_SKIP() << "only root gets all of it back";
  Powers powers = own_powers();
  powers.xattrs = {"user.a", "trusted.t"};
  int cases = 0;
  for (std::uint64_t seed = 1; cases < 25 && seed < 1000; ++seed) {
    RandomLayers layer(seed, powers);
    layer.change();
    if (!program.knows_any_bytes && !is_plain_text(layer.tree())) continue;
    ++cases;
    const TemporaryDirectory target;
    const auto all = layer.write_all();
    auto extract = program.extract;
    extract.insert(extract.end(), {"-C", target.path().native(), "-f", all.native()});
    const auto extracted = run_program(extract);
    ASSERT_EQ(extracted.status, 0) << extracted.err;
    Tree expected = without_sockets(layer.tree());
    const Tree found = read_tree(target.path().native());
    if (program.root_time == RootTime::may_differ) {
      expected.at("").mtime_seconds = found.at("").mtime_seconds;
    }
    EXPECT_EQ(difference(expected, found), "") << "seed " << seed;

    const auto changes = layer.write_changes();
    if (!program.knows_any_bytes && !is_plain_text(layer.tree())) continue;
    auto list = program.list;
    list.insert(list.end(), {"-f", changes.native()});
    const auto listed = run_program(list);
    EXPECT_EQ(listed.status, 0) << listed.err;
    EXPECT_EQ(listed.err, "") << "seed " << seed;
    const std::string ours = listing_of(changes);
    if (can_be_files(ours)) {
      const TemporaryDirectory fresh;
      extract.resize(program.extract.size());
      extract.insert(extract.end(), {"-C", fresh.path().native(), "-f", changes.native()});
      const auto extracted_changes = run_program(extract);
      EXPECT_EQ(extracted_changes.status, 0) << extracted_changes.err;
    }
    EXPECT_EQ(std::count(listed.out.begin(), listed.out.end(), '\n'),
              std::count(ours.begin(), ours.end(), '\n'))
        << "seed " << seed;
  }
  EXPECT_EQ(cases, 25);
}

TEST(RepackInterop, GnuTarListsAndExtractsTheSame) {
  expect_extracts({.list = {"tar", "--quoting-style=escape", "-t"},
                   .extract = {"tar", "--numeric-owner", "--xattrs", "--xattrs-include=*", "-xp"}});
}

TEST(RepackInterop, BsdtarListsAndExtractsTheSame) {
  expect_extracts({.list = {"bsdtar", "-t"},
                   .extract = {"bsdtar", "--numeric-owner", "--xattrs", "-xp"},
                   .knows_any_bytes = false,
                   .root_time = RootTime::may_differ});
}

}  // namespace
}  // namespace umoci::bundle::test
