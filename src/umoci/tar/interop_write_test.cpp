// SPDX-License-Identifier: Apache-2.0
// Archives of Writer, listed by other programs; and archives of the Go program, written again.
#include <umoci/tar/interop_listing.hpp>

#include <fmt/chrono.h>
#include <gmock/gmock.h>

#include <umoci_test/temporary_directory.hpp>

#include <unistd.h>

#include <filesystem>
#include <map>

namespace umoci::tar::test {
namespace {

using std::string_literals::operator""s;
using tree::Entry;
using tree::EntryType;
using umoci::test::has_program;
using umoci::test::read_file;
using umoci::test::TemporaryDirectory;
using umoci::test::write_file;

Entry file_of(std::string_view path, std::uint64_t size_bytes, std::int64_t mtime = 1234567890) {
  Entry entry = entry_of(EntryType::file, path, 0644, mtime);
  entry.size_bytes = size_bytes;
  return entry;
}

Entry link_of(EntryType type, std::string_view path, std::string_view link) {
  Entry entry = entry_of(type, path, type == EntryType::symlink ? 0777 : 0644, 5);
  entry.link = link;
  return entry;
}

Entry device_of(EntryType type, std::string_view path, std::uint32_t major, std::uint32_t minor) {
  Entry entry = entry_of(type, path, 0600, 6);
  entry.device = {.major = major, .minor = minor};
  return entry;
}

/// Something of everything; all names are UTF-8.
std::vector<Entry> sample_entries() {
  std::vector<Entry> entries = {
      entry_of(EntryType::directory, "", 0755, 98),
      entry_of(EntryType::directory, "dir", 01777, 0),
      file_of("dir/empty", 0),
      file_of("dir/file", 1000),
      link_of(EntryType::symlink, "dir/link", "../x//y/"),
      link_of(EntryType::symlink, "dir/long-link", std::string(150, 't') + "/\u00fc"),
      link_of(EntryType::hard_link, "dir/second", "dir/file"),
      device_of(EntryType::char_device, "dir/tty", 5, 1),
      device_of(EntryType::block_device, "dir/disk", 4095, 1048575),
      entry_of(EntryType::fifo, "dir/pipe", 0600, 7),
      file_of("dir/past", 1, -1500000000),
      file_of("dir/future", 1, 1LL << 33U),
      file_of("dir/\u00fcn\u00ef", 3),
      file_of(std::string(60, 'p') + "/" + std::string(60, 'n'), 1),
      file_of(std::string(101, 'n'), 1),
      entry_of(EntryType::directory, std::string(200, 'd'), 0700, 1),
  };
  for (int i = 0; i < 5; ++i) entries.push_back(file_of(fmt::format("many/{}", i), 700));
  entries.push_back(file_of("set-id", 2));
  entries.back().mode = 06755;
  entries.push_back(file_of("ids", 2));
  entries.back().uid = 3000000;
  entries.back().gid = 4294967294;
  entries.push_back(file_of("attributes", 2));
  entries.back().xattrs = {{"security.capability", "\1\0\0\2\0\x20\0\0"s}, {"user.a", "x\n=\xff"}};
  return entries;
}

std::string content_of(const Entry& entry) {
  return std::string(entry.type == EntryType::file ? entry.size_bytes : 0, 'c');
}

class WriteInterop : public testing::Test {
 protected:
  std::string write_archive(const std::vector<Entry>& entries) const {
    const std::string path = directory_ / "archive.tar";
    write_file(path, archive_of([&entries](Writer& writer) {
                 for (const Entry& entry : entries) put(writer, entry, content_of(entry));
               }));
    return path;
  }

  TemporaryDirectory directory_;
};

TEST_F(WriteInterop, PythonSeesTheSame) {
  if (!has_program("python3")) GTEST_SKIP() << "python3 is not installed";
  std::vector<Entry> entries = sample_entries();
  entries.push_back(file_of("dir/latin\xff", 1));
  entries.push_back(link_of(EntryType::symlink, "dir/latin-link", "\xff/x"));
  const std::string archive = write_archive(entries);
  std::vector<std::string> expected = {"# " + archive};
  for (const Entry& entry : entries) expected.push_back(describe(entry, content_of(entry)));
  EXPECT_EQ(python_lines({archive}), expected);
}

std::string permissions(std::uint32_t mode) {
  std::string text = "rwxrwxrwx";
  for (std::size_t i = 0; i < 9; ++i) {
    if ((mode >> (8 - i) & 1U) == 0) text[i] = '-';
  }
  const auto mark = [&text](std::size_t place, char letter) {
    text[place] = text[place] == 'x' ? letter : static_cast<char>(letter - 'a' + 'A');
  };
  if ((mode & 04000U) != 0) mark(2, 's');
  if ((mode & 02000U) != 0) mark(5, 's');
  if ((mode & 01000U) != 0) mark(8, 't');
  return text;
}

/// A line as `tar -tv` has it, with single blanks.
std::string gnu_tar_line(const Entry& entry) {
  const std::map<EntryType, char> letters = {
      {EntryType::file, '-'},      {EntryType::directory, 'd'},   {EntryType::symlink, 'l'},
      {EntryType::hard_link, 'h'}, {EntryType::char_device, 'c'}, {EntryType::block_device, 'b'},
      {EntryType::fifo, 'p'},
  };
  const bool is_device =
      entry.type == EntryType::char_device || entry.type == EntryType::block_device;
  std::string text =
      fmt::format("{}{} {}/{} {} {:%Y-%m-%d %H:%M:%S} {}", letters.at(entry.type),
                  permissions(entry.mode), entry.uid, entry.gid,
                  is_device ? fmt::format("{},{}", entry.device.major, entry.device.minor)
                            : fmt::format("{}", entry.size_bytes),
                  fmt::gmtime(static_cast<std::time_t>(entry.mtime.seconds)),
                  entry.path.is_root() ? "." : entry.path.text());
  if (entry.type == EntryType::directory && !entry.path.is_root()) text += '/';
  if (entry.type == EntryType::symlink) text += " -> " + entry.link;
  if (entry.type == EntryType::hard_link) text += " link to " + entry.link;
  return text;
}

std::string with_single_blanks(std::string_view text) {
  std::string result;
  for (const char byte : text) {
    if (byte != ' ' || !result.ends_with(' ')) result += byte;
  }
  return result;
}

TEST_F(WriteInterop, GnuTarSeesTheSame) {
  if (!has_program("tar")) GTEST_SKIP() << "tar is not installed";
  std::vector<Entry> entries = sample_entries();
  entries.push_back(file_of("dir/latin\xff", 1));
  const std::string archive = write_archive(entries);
  std::vector<std::string> expected;
  for (const Entry& entry : entries) expected.push_back(gnu_tar_line(entry));
  const std::string output = output_of(
      {"tar", "--numeric-owner", "--full-time", "--quoting-style=literal", "-tvf", archive});
  EXPECT_EQ(lines_of(with_single_blanks(output)), expected);
}

/// The words of an mtree line, its name decoded, in the order of the alphabet.
std::vector<std::string> mtree_words(std::string_view line) {
  std::vector<std::string> words;
  std::istringstream stream{std::string(line)};
  for (std::string word; stream >> word;) {
    std::string decoded;
    for (std::size_t i = 0; i < word.size(); ++i) {
      if (word[i] != '\\') {
        decoded += word[i];
      } else {
        decoded += static_cast<char>(std::stoi(word.substr(i + 1, 3), nullptr, 8));
        i += 3;
      }
    }
    words.push_back(decoded);
  }
  std::ranges::sort(words);
  return words;
}

std::vector<std::string> mtree_words(const Entry& entry) {
  const std::map<EntryType, std::string> types = {
      {EntryType::file, "file"},        {EntryType::directory, "dir"},
      {EntryType::symlink, "link"},     {EntryType::hard_link, "file"},
      {EntryType::char_device, "char"}, {EntryType::block_device, "block"},
      {EntryType::fifo, "fifo"},
  };
  std::vector<std::string> words = {entry.path.is_root() ? "." : "./" + entry.path.text(),
                                    "type=" + types.at(entry.type),
                                    fmt::format("time={}.0", entry.mtime.seconds),
                                    fmt::format("mode={:o}", entry.mode),
                                    fmt::format("uid={}", entry.uid),
                                    fmt::format("gid={}", entry.gid)};
  if (types.at(entry.type) == "file") words.push_back(fmt::format("size={}", entry.size_bytes));
  if (entry.type == EntryType::symlink) words.push_back("link=" + entry.link);
  if (types.at(entry.type) == "char" || types.at(entry.type) == "block") {
    words.push_back(fmt::format("device=native,{},{}", entry.device.major, entry.device.minor));
  }
  std::ranges::sort(words);
  return words;
}

TEST_F(WriteInterop, BsdtarSeesTheSame) {
  if (!has_program("bsdtar")) GTEST_SKIP() << "bsdtar is not installed";
  const std::vector<Entry> entries = sample_entries();
  const std::string archive = write_archive(entries);
  std::vector<std::vector<std::string>> expected;
  for (const Entry& entry : entries) expected.push_back(mtree_words(entry));
  const std::string output =
      output_of({"bsdtar", "-cf", "-", "--format=mtree",
                 "--options=mtree:!all,mtree:mode,mtree:uid,mtree:gid,mtree:size,mtree:time,"
                 "mtree:type,mtree:link,mtree:device",
                 "@" + archive});
  std::vector<std::vector<std::string>> seen;
  for (const std::string& line : lines_of(output)) {
    if (line != "#mtree") seen.push_back(mtree_words(line));
  }
  EXPECT_THAT(seen, testing::UnorderedElementsAreArray(expected));
}

/// Makes names and links of all the lengths at which encodings change, and attributes.
constexpr const char* make_edge_cases = R"(
import os, random, sys
random.seed(7)
os.makedirs(sys.argv[1])
os.chdir(sys.argv[1])
def attempt(fn, *args):
    try: fn(*args)
    except OSError as error: print('left out:', error)
count = 0
def write(path):
    global count
    count += 1
    directory = os.path.dirname(path)
    if directory: os.makedirs(directory, exist_ok=True)
    with open(path, 'wb') as file: file.write(b'x' * (count % 600))
    os.chmod(path, random.choice([0o644, 0o755, 0o4755, 0o2711, 0o1600]))
    time = random.choice([0, -5, 2**33 - 1, 2**33, 1234567890])
    attempt(os.utime, path, (time, time))
    attempt(os.chown, path, random.choice([0, 2097151, 2097152]), random.choice([0, 3000000]))
for size in [1, 40, 85, 86, 87, 88, 98, 99, 100, 101, 102, 150, 155, 156, 157, 200, 255]:
    write('n' * size)
    for parent in [1, 40, 99, 100, 101, 153, 154, 155, 156, 157, 255]:
        write('%s/%s%d' % ('d' * parent, 'f' * max(size - 4, 0), size))
for parents in range(1, 6): write('/'.join(['p' * 48] * parents) + '/f')
for parents in range(1, 6): write('/'.join(['e' * 49] * parents) + '/f')
for parents in range(1, 12): write('/'.join(['q\u00fc' * 4] * parents) + '/\u00e4' * parents)
write('z' * 90 + '/\u00fc')
write(b'latin\xff' + b'l' * 100)
for size in [1, 99, 100, 101, 102, 150]:
    os.symlink('t' * size, 'link-%d' % size)
    os.symlink('t' * size + '/', 'link-%d-slash' % size)
    os.symlink('t' * (size - 1) + '/////x', 'link-%d-slashes' % size)
    os.symlink('t' * size + '\u00fc', 'link-%d-utf8' % size)
    os.symlink(b't' * size + b'\xff/', 'link-%d-latin' % size)
for i in range(30):
    write('attributes%s/%d' % ('a' * (i * 5), i))
    for j in range(i % 4):
        attempt(os.setxattr, 'attributes%s/%d' % ('a' * (i * 5), i),
                b'user.%d\xfe%d' % (j, i), os.urandom(i * 7 + 1))
attempt(os.setxattr, '.', 'user.root', b'r')
)";

/// Finds the layers of a layout by the first bytes of gzip.
std::vector<std::string> compressed_blobs(const std::string& layout) {
  std::vector<std::string> blobs;
  for (const auto& file : std::filesystem::directory_iterator(layout + "/blobs/sha256")) {
    if (read_file(file.path()).starts_with("\x1f\x8b")) blobs.push_back(file.path());
  }
  return blobs;
}

// Not the digests of some layers but the bytes of many: reading what the Go program wrote and
// writing it again must change nothing.
TEST_F(WriteInterop, TheGoProgramWritesTheSame) {
  for (const char* program : {"umoci", "gzip", "python3"}) {
    if (!has_program(program)) GTEST_SKIP() << program << " is not installed";
  }
  if (output_of({"umoci", "--version"}).find("version 0.4.7") == std::string::npos) {
    GTEST_SKIP() << "umoci on $PATH is not 0.4.7";
  }
  const std::string layout = directory_ / "layout";
  output_of({"python3", "-c", make_edge_cases, directory_ / "tree"});
  output_of({"umoci", "init", "--layout", layout});
  output_of({"umoci", "new", "--image", layout + ":t"});
  for (const std::string& target : {"/t"s, "/usr/share"s, "/" + std::string(99, 'u')}) {
    std::vector<std::string> insert = {"umoci", "--log=error", "insert", "--image", layout + ":t"};
    if (::geteuid() != 0) insert.emplace_back("--rootless");
    insert.insert(insert.end(), {directory_ / "tree", target});
    output_of(insert);
  }
  const std::vector<std::string> layers = compressed_blobs(layout);
  EXPECT_EQ(layers.size(), 3U);
  for (const std::string& layer : layers) {
    const std::string archive = output_of({"gzip", "-dc", layer});
    const std::vector<ReadEntry> entries = read_entries(archive);
    EXPECT_GT(entries.size(), 300U);
    const std::string again = archive_of([&entries](Writer& writer) {
      for (const ReadEntry& read : entries) put(writer, read.entry, read.content);
    });
    for (std::size_t i = 0; i < archive.size(); i += block_bytes) {
      const std::string theirs = archive.substr(i, block_bytes);
      ASSERT_EQ(quoted(again.substr(i, theirs.size())), quoted(theirs)) << "block at " << i;
    }
    // That version's insert forgets the padding of the last member and the end of the archive.
    EXPECT_EQ(again.substr(archive.size()).find_first_not_of('\0'), std::string::npos);
  }
}

}  // namespace
}  // namespace umoci::tar::test
