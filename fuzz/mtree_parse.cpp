// SPDX-License-Identifier: Apache-2.0
// Manifests of any bytes: what is parsed, formatted and parsed again is the same, whatever the
// names, the values and the comments are.
#include <fuzz/target.hpp>

#include <umoci/base/error.hpp>
#include <umoci/mtree/manifest.hpp>

#include <algorithm>
#include <optional>

namespace umoci::mtree {
namespace {

using fuzz::expect;

constexpr KeywordSet every_keyword = [] {
  KeywordSet keywords;
  for (const Keyword keyword : all_keywords) keywords.add(keyword);
  return keywords;
}();

/// The record with nothing in it that its keywords do not speak of.
Record meaningful_part(Record record) {
  const auto has = [&](Keyword keyword) { return record.keywords.has(keyword); };
  const Record none;
  if (!has(Keyword::size)) record.size_bytes = none.size_bytes;
  if (!has(Keyword::type)) record.type = none.type;
  if (!has(Keyword::uid)) record.uid = none.uid;
  if (!has(Keyword::gid)) record.gid = none.gid;
  if (!has(Keyword::mode)) record.mode = none.mode;
  if (!has(Keyword::link)) record.link = none.link;
  if (!has(Keyword::nlink)) record.link_count = none.link_count;
  if (!has(Keyword::sha256digest)) record.sha256 = none.sha256;
  std::erase_if(record.texts, [&](const auto& text) { return !has(text.first); });
  if (!has(Keyword::xattr)) record.xattrs = none.xattrs;
  if (!has(Keyword::device)) record.device = none.device;
  if (!has(Keyword::time)) record.time.nanoseconds = 0;
  if (!has(Keyword::time) && !has(Keyword::tar_time)) record.time = none.time;
  return record;
}

void check_record(const Record& record) {
  expect(tree::TreePath::clean(record.path.text()) == record.path, "a path is not clean");
  expect(record.path.text().find('\0') == std::string::npos, "a path with a NUL byte");
  expect(record.link.find('\0') == std::string::npos, "a link with a NUL byte");
  expect(record.mode <= 07777, "a mode with other bits than permissions");
  expect(record.time.nanoseconds < 1'000'000'000, "a second has more than a second");
  const bool is_digest = !record.keywords.has(Keyword::sha256digest) ||
                         (record.sha256.size() == 64 &&
                          std::all_of(record.sha256.begin(), record.sha256.end(), [](char c) {
                            return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
                          }));
  expect(is_digest, "a digest is no digest");
  for (const auto& [name, value] : record.xattrs) {
    expect(name.find('\0') == std::string::npos, "an extended attribute with a NUL byte");
  }
}

void expect_equal(const Record& one, const Record& other) {
  expect(one.path == other.path, "paths differ");
  expect(one.keywords == other.keywords, "keywords differ");
  expect(one.type == other.type, "types differ");
  expect(one.time == other.time, "times differ");
  expect(one.link == other.link, "links differ");
  expect(one.sha256 == other.sha256, "digests differ");
  expect(one.texts == other.texts, "names of owners or checksums differ");
  expect(one.xattrs == other.xattrs, "extended attributes differ");
  expect(one.device == other.device, "device numbers differ");
  expect(one.others == other.others, "unknown keywords differ");
  expect(one == other, "numbers or flags differ");
}

void check(std::string_view text) {
  std::optional<Manifest> parsed;
  try {
    parsed = Manifest::parse(text);
  } catch (const Error& error) {
    expect(error.kind() == ErrorKind::invalid_data || error.kind() == ErrorKind::limit_exceeded,
           "another kind of error");
    return;
  }
  for (const Record& record : parsed->records()) check_record(record);

  // Whatever is told about the tree must stay in its comment.
  const std::string comment(text.substr(0, 200));
  const Header header{.user = comment, .machine = comment, .tree = comment, .date = comment};
  const std::string formatted = parsed->format(header, every_keyword);
  const Manifest again = Manifest::parse(formatted);
  expect(again.records().size() == parsed->records().size(), "there are more or fewer records");
  for (std::size_t i = 0; i < again.records().size(); ++i) {
    expect_equal(meaningful_part(again.records()[i]), meaningful_part(parsed->records()[i]));
    expect(parsed->find(again.records()[i].path) == &parsed->records()[i],
           "a record is not found by its path");
  }
  expect(again.format(header, every_keyword) == formatted, "formatting again makes another text");
}

}  // namespace
}  // namespace umoci::mtree

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  umoci::mtree::check(umoci::fuzz::as_text(data, size));
  return 0;
}
