// SPDX-License-Identifier: Apache-2.0
// Archives of other programs, read by Reader and by Python's tarfile: both must see the same.
#include <umoci/tar/interop_listing.hpp>

#include <gmock/gmock.h>

#include <umoci_test/temporary_directory.hpp>

namespace umoci::tar::test {
namespace {

using testing::HasSubstr;
using umoci::test::has_program;
using umoci::test::read_file;
using umoci::test::TemporaryDirectory;

/// Makes two trees in the directory given: "short" with what every format can hold, "long" with
/// what takes extensions. What a file system or a plain user cannot have is left out.
constexpr const char* make_trees = R"(
import os, sys
os.chdir(sys.argv[1])
def touch(path, ns): os.utime(path, ns=(ns, ns), follow_symlinks=False)
def write(path, data, mode=0o644):
    with open(path, 'wb') as file: file.write(data)
    os.chmod(path, mode)
    touch(path, 1234567890 * 10**9)
def attempt(fn, *args):
    try: fn(*args)
    except OSError as error: print('left out:', error)

os.makedirs('short/dir/sub')
write('short/plain', b'hello\n')
write('short/empty', b'')
write('short/block', b'b' * 512)
write('short/dir/big', bytes(range(256)) * 1000)
write('short/dir/sub/setid', b'#!', 0o6755)
write('short/' + 'n' * 80, b'long')
os.symlink('../x//y/', 'short/dir/link')
os.link('short/plain', 'short/second')
os.mkfifo('short/fifo')
os.chmod('short/dir', 0o1777)
attempt(os.mknod, 'short/dir/device', 0o020600, os.makedev(7, 200))
attempt(os.chown, 'short/empty', 1234, 5678)

deep = 'long/' + '/'.join(['d' * 90] * 4)
os.makedirs(deep)
write(deep + '/file', b'deep')
write('long/' + 'n' * 150, b'long name')
write('long/\u00fcn\u00ef', b'utf-8')
write(b'long/latin\xff', b'other bytes')
write('long/nano', b'n'); touch('long/nano', 1350244992023960108)
write('long/past', b'p'); touch('long/past', -1500000000)
write('long/future', b'f'); attempt(touch, 'long/future', 10000000000 * 10**9)
write('long/big-ids', b'i'); attempt(os.chown, 'long/big-ids', 3000000, 4000000000)
os.symlink('t' * 150, 'long/link')
os.link('long/' + 'n' * 150, 'long/second')
write('long/attributes', b'a')
attempt(os.setxattr, 'long/attributes', 'user.one', b'1')
attempt(os.setxattr, 'long/attributes', 'user.binary', bytes(range(1, 256)))
with open('long/holes', 'wb') as file:
    for offset in range(0, 40 * 65536, 2 * 65536):
        file.seek(offset + 4096); file.write(b'data%d' % offset)
    file.truncate(60 * 65536)
with open('long/hole', 'wb') as file: file.truncate(1 << 20)
)";

class ReadInterop : public testing::Test {
 protected:
  /// Where the next archive is to be put.
  std::string new_archive() {
    archives_.push_back(directory_ / fmt::format("{}.tar", archives_.size()));
    return archives_.back();
  }

  void make_trees_here() const { output_of({"python3", "-c", make_trees, directory_.path()}); }

  void run_tar(const std::string& tree, std::vector<std::string> options) {
    std::vector<std::string> arguments = {"tar", "-C", directory_.path(), "-cf", new_archive()};
    arguments.insert(arguments.end(), options.begin(), options.end());
    arguments.push_back(tree);
    output_of(arguments);
  }

  void run_bsdtar(const std::string& tree, std::vector<std::string> options) {
    std::vector<std::string> arguments = {"bsdtar", "-C", directory_.path(), "-cf", new_archive()};
    arguments.insert(arguments.end(), options.begin(), options.end());
    arguments.push_back(tree);
    output_of(arguments);
  }

  [[nodiscard]] std::vector<ReadEntry> last_entries() const {
    return read_entries(read_file(archives_.back()));
  }

  /// Lists all archives made with both readers.
  void compare(std::size_t least_count) const {
    std::vector<std::string> lines;
    for (const std::string& archive : archives_) {
      const std::vector<ReadEntry> entries = read_entries(read_file(archive));
      EXPECT_GE(entries.size(), least_count) << archive;
      lines.push_back("# " + archive);
      std::ranges::copy(listing_of(entries), std::back_inserter(lines));
    }
    EXPECT_EQ(lines, python_lines(archives_));
  }

  TemporaryDirectory directory_;

 private:
  std::vector<std::string> archives_;
};

std::ptrdiff_t sparse_count(const std::vector<ReadEntry>& entries) {
  return std::ranges::count_if(entries,
                               [](const ReadEntry& read) { return read.entry.hole_bytes > 0; });
}

TEST_F(ReadInterop, GnuTar) {
  if (!has_program("python3")) GTEST_SKIP() << "python3 is not installed";
  if (!has_program("tar")) GTEST_SKIP() << "tar is not installed";
  make_trees_here();
  run_tar("short", {"-H", "v7", "--exclude=fifo", "--exclude=device"});
  for (const char* format : {"oldgnu", "gnu", "ustar", "posix"}) run_tar("short", {"-H", format});
  for (const char* format : {"oldgnu", "gnu", "posix"}) run_tar("long", {"-H", format});
  run_tar("long", {"-H", "posix", "--xattrs", "--xattrs-include=*"});
  run_tar("long", {"-H", "posix", "--absolute-names", "--transform=s,^,/../abs/./,"});
  compare(10);
}

TEST_F(ReadInterop, GnuTarSparse) {
  if (!has_program("python3")) GTEST_SKIP() << "python3 is not installed";
  if (!has_program("tar")) GTEST_SKIP() << "tar is not installed";
  make_trees_here();
  for (const char* format : {"oldgnu", "gnu"}) {
    run_tar("long", {"-S", "-H", format});
    EXPECT_EQ(sparse_count(last_entries()), 2) << format;
  }
  for (const char* version : {"0.0", "0.1", "1.0"}) {
    run_tar("long", {"-S", "-H", "posix", std::string("--sparse-version=") + version});
    EXPECT_EQ(sparse_count(last_entries()), 2) << version;
  }
  compare(10);
}

TEST_F(ReadInterop, Bsdtar) {
  if (!has_program("python3")) GTEST_SKIP() << "python3 is not installed";
  if (!has_program("bsdtar")) GTEST_SKIP() << "bsdtar is not installed";
  make_trees_here();
  run_bsdtar("short", {"--format=v7", "--exclude=fifo", "--exclude=device"});
  for (const char* format : {"ustar", "pax", "gnutar"}) {
    run_bsdtar("short", {std::string("--format=") + format});
  }
  run_bsdtar("long", {"--format=gnutar"});
  // Not all names in there are UTF-8.
  run_bsdtar("long", {"--format=pax", "--options=pax:hdrcharset=BINARY"});
  EXPECT_GT(sparse_count(last_entries()), 0);
  compare(10);
}

TEST_F(ReadInterop, Python) {
  if (!has_program("python3")) GTEST_SKIP() << "python3 is not installed";
  make_trees_here();
  constexpr const char* write = R"(
import sys, tarfile
for arguments in zip(*[iter(sys.argv[1:])] * 3):
    name, tree, form = arguments
    with tarfile.open(name, 'w', format=getattr(tarfile, form + '_FORMAT'), encoding='utf-8',
                      errors='surrogateescape') as archive:
        archive.add(tree, 'tree')
)";
  std::vector<std::string> arguments = {"python3", "-c", write};
  for (const auto& [tree, format] :
       std::vector<std::pair<std::string, std::string>>{{"short", "USTAR"},
                                                        {"short", "GNU"},
                                                        {"short", "PAX"},
                                                        {"long", "GNU"},
                                                        {"long", "PAX"}}) {
    arguments.insert(arguments.end(), {new_archive(), directory_ / tree, format});
  }
  output_of(arguments);
  compare(10);
}

// A real writer of global headers.
TEST_F(ReadInterop, GitArchive) {
  if (!has_program("python3")) GTEST_SKIP() << "python3 is not installed";
  if (!has_program("git")) GTEST_SKIP() << "git is not installed";
  const std::string repository = directory_ / "repository";
  const std::vector<std::string> git = {"git",          "-C",          repository,
                                        "-c",           "user.name=n", "-c",
                                        "user.email=e", "-c",          "commit.gpgsign=false"};
  const auto run = [&git](const std::vector<std::string>& arguments) {
    std::vector<std::string> all = git;
    all.insert(all.end(), arguments.begin(), arguments.end());
    output_of(all);
  };
  const std::string archive = new_archive();
  output_of({"git", "-c", "init.defaultBranch=main", "init", "-q", repository});
  umoci::test::write_file(repository + "/a", "a");
  umoci::test::write_file(repository + "/" + std::string(120, 'n'), "n");
  run({"add", "."});
  run({"commit", "-q", "-m", "m"});
  run({"archive", "--prefix=p/", "-o", archive, "HEAD"});
  EXPECT_THAT(read_file(archive), HasSubstr("pax_global_header"));
  compare(3);
}

}  // namespace
}  // namespace umoci::tar::test
