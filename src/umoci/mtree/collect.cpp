// SPDX-License-Identifier: Apache-2.0
#include <umoci/base/error.hpp>
#include <umoci/digest/hasher.hpp>
#include <umoci/io/source.hpp>
#include <umoci/mtree/content.hpp>
#include <umoci/mtree/extension.hpp>
#include <umoci/mtree/path_budget.hpp>

#include <utility>

namespace umoci::mtree {

using tree::EntryType;

bool applies(Keyword keyword, EntryType type) {
  switch (keyword) {
    case Keyword::link:
      return type == EntryType::symlink;
    case Keyword::sha256digest:
      return type == EntryType::file;
    case Keyword::device:
      return type == EntryType::char_device || type == EntryType::block_device;
    default:
      return true;
  }
}

void reject_hard_link(const tree::Entry& entry) {
  if (entry.type != EntryType::hard_link) return;
  throw Error(ErrorKind::invalid_argument,
              "hard link " + quoted(entry.path.display()) + " has no metadata of its own");
}

Record describe_metadata(const tree::Entry& entry, KeywordSet keywords) {
  reject_hard_link(entry);
  Record record;
  record.path = entry.path;
  for (const Keyword keyword : all_keywords) {
    if (keyword != Keyword::sha256digest && keywords.has(keyword) && applies(keyword, entry.type)) {
      record.keywords.add(keyword);
    }
  }
  const auto has = [&](Keyword keyword) { return record.keywords.has(keyword); };
  if (has(Keyword::size)) record.size_bytes = entry.size_bytes;
  if (has(Keyword::type)) record.type = entry.type;
  if (has(Keyword::uid)) record.uid = entry.uid;
  if (has(Keyword::gid)) record.gid = entry.gid;
  if (has(Keyword::mode)) record.mode = entry.mode;
  if (has(Keyword::link)) record.link = entry.link;
  if (has(Keyword::nlink)) record.link_count = entry.link_count;
  if (has(Keyword::tar_time)) record.time = {.seconds = entry.mtime.seconds};
  if (has(Keyword::time)) record.time = entry.mtime;
  if (has(Keyword::xattr)) record.xattrs = entry.xattrs;
  if (has(Keyword::device)) record.device = entry.device;
  if (!is_special(entry.type) && entry.xattrs.empty()) record.keywords.remove(Keyword::xattr);
  return record;
}

std::string sha256_of_content(tree::EntrySource& source, const tree::Entry& entry,
                              const KnownDigest& known_digest) {
  if (known_digest) {
    if (auto known = known_digest(entry)) return std::move(*known);
  }
  digest::Hasher hasher(digest::Algorithm::sha256);
  io::Source& content = source.content();
  for (io::Bytes bytes = content.peek(); !bytes.empty(); bytes = content.peek()) {
    hasher.update(bytes);
    content.consume(bytes.size());
  }
  return std::string(hasher.finish().encoded());
}

Record describe(tree::EntrySource& source, const tree::Entry& entry, KeywordSet keywords,
                const KnownDigest& known_digest) {
  Record record = describe_metadata(entry, keywords);
  if (keywords.has(Keyword::sha256digest) && applies(Keyword::sha256digest, entry.type)) {
    record.sha256 = sha256_of_content(source, entry, known_digest);
    record.keywords.add(Keyword::sha256digest);
  }
  return record;
}

Manifest collect(tree::EntrySource& source, KeywordSet keywords, const KnownDigest& known_digest) {
  std::vector<Record> records;
  PathBudget budget;
  while (const tree::Entry* const entry = source.next()) {
    budget.charge(entry->path.text().size());
    records.push_back(describe(source, *entry, keywords, known_digest));
  }
  return Manifest(std::move(records));
}

}  // namespace umoci::mtree
