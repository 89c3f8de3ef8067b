// SPDX-License-Identifier: Apache-2.0
// What is formatted parses to the same records again, whatever the names and values are.
#include <umoci/mtree/manifest.hpp>

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <set>
#include <string>

namespace umoci::mtree {
namespace {

using tree::EntryType;
using tree::TreePath;

/// Names that a careless writer or reader would trip over, and any bytes.
rc::Gen<std::string> name() {
  const auto any = rc::gen::map(rc::gen::nonEmpty(rc::gen::container<std::string>(
                                    rc::gen::cast<char>(rc::gen::inRange(1, 256)))),
                                [](std::string bytes) {
                                  for (char& c : bytes) c = c == '/' ? '\\' : c;
                                  return bytes == "." || bytes == ".." ? std::string("...") : bytes;
                                });
  const auto hostile = rc::gen::elementOf(std::vector<std::string>{"a",
                                                                   "b",
                                                                   "..foo",
                                                                   "...",
                                                                   "#",
                                                                   "#umoci: xattr",
                                                                   "# x",
                                                                   " ",
                                                                   "\t",
                                                                   "\n",
                                                                   "\r",
                                                                   "x\r",
                                                                   "x\n..",
                                                                   "\n/set uid=9",
                                                                   "\\",
                                                                   "x\\",
                                                                   "\\\\",
                                                                   "\\n",
                                                                   "\\040",
                                                                   "=",
                                                                   "a=b",
                                                                   "type=dir",
                                                                   "x type=dir",
                                                                   "\xff\xfe",
                                                                   "\xc3",
                                                                   "\xc2\x85",
                                                                   "\xe2\x80\xa8",
                                                                   "*?[",
                                                                   "%20",
                                                                   "\"",
                                                                   "optional",
                                                                   "-",
                                                                   "a-b",
                                                                   "a\x01",
                                                                   "\x7f"});
  return rc::gen::weightedOneOf<std::string>({{1, any}, {2, hostile}});
}

rc::Gen<std::string> bytes() { return rc::gen::arbitrary<std::string>(); }

rc::Gen<std::string> bytes_without_nul() {
  return rc::gen::map(bytes(), [](std::string text) {
    std::erase(text, '\0');
    return text;
  });
}

rc::Gen<std::string> hex_digest() {
  return rc::gen::container<std::string>(64, rc::gen::elementOf(std::string("0123456789abcdef")));
}

/// A directory among those made before, or the root.
TreePath parent_among(const std::vector<TreePath>& directories) {
  return directories.empty() ? TreePath() : *rc::gen::elementOf(directories);
}

tree::Xattrs xattrs() {
  return *rc::gen::container<tree::Xattrs>(
      rc::gen::map(bytes_without_nul(), [](std::string text) { return "user." + text; }), bytes());
}

bool is_special(EntryType type) { return type != EntryType::file && type != EntryType::directory; }

/// Values of the keywords in `record.keywords`; all others keep their defaults.
void fill(Record& record) {
  const auto has = [&](Keyword keyword) { return record.keywords.has(keyword); };
  if (has(Keyword::size)) record.size_bytes = *rc::gen::arbitrary<std::uint64_t>();
  if (has(Keyword::uid))
    record.uid = *rc::gen::elementOf(std::vector<std::uint32_t>{0, 1, 4294967295});
  if (has(Keyword::gid)) record.gid = *rc::gen::inRange<std::uint32_t>(0, 3);
  if (has(Keyword::mode))
    record.mode = *rc::gen::elementOf(std::vector<std::uint32_t>{0, 0664, 07777, 01});
  if (has(Keyword::nlink)) record.link_count = *rc::gen::inRange<std::uint64_t>(0, 3);
  if (has(Keyword::time)) {
    record.time = {.seconds = *rc::gen::arbitrary<std::int64_t>(),
                   .nanoseconds = *rc::gen::inRange<std::uint32_t>(0, 1'000'000'000)};
  } else if (has(Keyword::tar_time)) {
    record.time = {.seconds = *rc::gen::arbitrary<std::int64_t>()};
  }
  if (has(Keyword::link)) record.link = *bytes_without_nul();
  if (has(Keyword::sha256digest)) record.sha256 = *hex_digest();
  if (has(Keyword::device)) {
    record.device = {.major = *rc::gen::arbitrary<std::uint32_t>(),
                     .minor = *rc::gen::arbitrary<std::uint32_t>()};
  }
  if (has(Keyword::xattr)) record.xattrs = xattrs();
  for (const Keyword keyword : all_keywords) {
    const bool is_text = keyword == Keyword::uname || keyword == Keyword::gname ||
                         (keyword != Keyword::sha256digest && content_keywords.has(keyword));
    if (!is_text || !has(keyword)) continue;
    record.texts[keyword] =
        *rc::gen::elementOf(std::vector<std::string>{"", "0af", "x\\", "x\r", "a=b", "\xff"});
  }
}

tree::ImageFacts random_facts() {
  tree::ImageFacts facts;
  const auto number = [] { return *rc::gen::arbitrary<std::uint32_t>(); };
  if (*rc::gen::inRange(0, 4) == 0) facts.owner = {.uid = number(), .gid = number()};
  if (*rc::gen::inRange(0, 4) == 0) {
    const bool is_block = *rc::gen::arbitrary<bool>();
    facts.device = {.type = is_block ? EntryType::block_device : EntryType::char_device,
                    .number = {.major = number(), .minor = number()}};
  }
  return facts;
}

enum class Kind { complete, partial };

/// A record as collect() makes it, or one that says as little as a foreign manifest may.
Record random_record(TreePath path, Kind kind) {
  Record record;
  record.path = std::move(path);
  record.type = *rc::gen::elementOf(std::vector<EntryType>{
      EntryType::file, EntryType::file, EntryType::directory, EntryType::directory,
      EntryType::symlink, EntryType::char_device, EntryType::fifo});
  const bool is_device = record.type == EntryType::char_device;
  for (const Keyword keyword : all_keywords) {
    if (keyword == Keyword::link && record.type != EntryType::symlink) continue;
    if (content_keywords.has(keyword) && record.type != EntryType::file) continue;
    if (keyword == Keyword::device && !is_device) continue;
    if (kind == Kind::complete ? keyword != Keyword::time : *rc::gen::arbitrary<bool>()) {
      record.keywords.add(keyword);
    }
  }
  fill(record);
  if (!is_special(record.type) && record.xattrs.empty() && kind == Kind::complete) {
    record.keywords.remove(Keyword::xattr);
  }
  if (!record.keywords.has(Keyword::type)) record.type = EntryType::file;
  record.facts = random_facts();
  if (kind == Kind::partial) {
    record.optional = *rc::gen::arbitrary<bool>();
    record.ignore = *rc::gen::arbitrary<bool>();
    record.nochange = *rc::gen::arbitrary<bool>();
    if (*rc::gen::arbitrary<bool>()) {
      record.others = {{"flags", *rc::gen::elementOf(
                                     std::vector<std::string>{"", "x\\", "x\r", "a=b", "\xff"})}};
    }
  }
  return record;
}

Manifest random_manifest(Kind kind) {
  std::vector<Record> records;
  std::vector<TreePath> directories;
  if (kind == Kind::complete || *rc::gen::arbitrary<bool>()) {
    records.push_back(random_record(TreePath(), kind));
    if (kind == Kind::complete) records.back().type = EntryType::directory;
  }
  const int count = *rc::gen::inRange(0, 20);
  for (int i = 0; i < count; ++i) {
    TreePath parent = parent_among(directories);
    if (kind == Kind::partial && *rc::gen::inRange(0, 4) == 0) parent = parent.child(*name());
    records.push_back(random_record(parent.child(*name()), kind));
    if (records.back().type == EntryType::directory) directories.push_back(records.back().path);
  }
  return Manifest(std::move(records));
}

constexpr KeywordSet every_keyword =
    bundle_keywords | content_keywords | KeywordSet{Keyword::time, Keyword::uname, Keyword::gname};

void expect_round_trip(const Manifest& manifest) {
  const Header header{.user = *bytes(), .machine = {}, .tree = *bytes(), .date = "d\n"};
  const std::string text = manifest.format(header, every_keyword);
  RC_LOG(text);
  const Manifest parsed = Manifest::parse(text);
  RC_ASSERT(parsed.records().size() == manifest.records().size());
  for (std::size_t i = 0; i < parsed.records().size(); ++i) {
    RC_ASSERT(parsed.records()[i].path.text() == manifest.records()[i].path.text());
    RC_ASSERT(parsed.records()[i] == manifest.records()[i]);
  }
  RC_ASSERT(parsed.format(header, every_keyword) == text);
}

TEST(RoundTrip, OfATree) {
  EXPECT_TRUE(rc::check([] { expect_round_trip(random_manifest(Kind::complete)); }));
}

TEST(RoundTrip, OfAnyRecords) {
  EXPECT_TRUE(rc::check([] { expect_round_trip(random_manifest(Kind::partial)); }));
}

}  // namespace
}  // namespace umoci::mtree
