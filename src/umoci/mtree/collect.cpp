// SPDX-License-Identifier: Apache-2.0
#include <umoci/base/error.hpp>
#include <umoci/digest/checksum.hpp>
#include <umoci/io/source.hpp>
#include <umoci/mtree/content.hpp>
#include <umoci/mtree/extension.hpp>
#include <umoci/mtree/object_names.hpp>
#include <umoci/mtree/path_budget.hpp>
#include <umoci/mtree/vis.hpp>

#include <utility>

namespace umoci::mtree {

using tree::EntryType;

bool applies(Keyword keyword, EntryType type) {
  switch (keyword) {
    case Keyword::link:
      return type == EntryType::symlink;
    case Keyword::device:
      return type == EntryType::char_device || type == EntryType::block_device;
    default:
      return !content_keywords.has(keyword) || type == EntryType::file;
  }
}

namespace {

void put_name(Record& record, Keyword keyword, const std::optional<std::string>& name) {
  if (name) {
    record.texts.emplace(keyword, vis(*name));
  } else {
    record.keywords.remove(keyword);
  }
}

digest::ChecksumKind checksum_of(Keyword keyword) {
  switch (keyword) {
    case Keyword::cksum:
      return digest::ChecksumKind::cksum;
    case Keyword::md5digest:
      return digest::ChecksumKind::md5;
    case Keyword::ripemd160digest:
      return digest::ChecksumKind::ripemd160;
    case Keyword::sha1digest:
      return digest::ChecksumKind::sha1;
    case Keyword::sha256digest:
      return digest::ChecksumKind::sha256;
    case Keyword::sha384digest:
      return digest::ChecksumKind::sha384;
    case Keyword::sha512digest:
      return digest::ChecksumKind::sha512;
    case Keyword::sha512256digest:
      return digest::ChecksumKind::sha512_256;
    default:
      throw Error(ErrorKind::internal, quoted(name_of(keyword)) + " is no checksum");
  }
}

}  // namespace

std::optional<std::string> name_in(const OwnerNames::NameOf& name_of, std::uint32_t id) {
  return name_of ? name_of(id) : std::nullopt;
}

void reject_hard_link(const tree::Entry& entry) {
  if (entry.type != EntryType::hard_link) return;
  throw Error(ErrorKind::invalid_argument,
              "hard link " + quoted(entry.path.display()) + " has no metadata of its own");
}

Record describe_metadata(const tree::Entry& entry, KeywordSet keywords, const OwnerNames& names) {
  reject_hard_link(entry);
  Record record;
  record.path = entry.path;
  for (const Keyword keyword : all_keywords) {
    const bool is_metadata = !content_keywords.has(keyword);
    if (is_metadata && keywords.has(keyword) && applies(keyword, entry.type)) {
      record.keywords.add(keyword);
    }
  }
  const auto has = [&](Keyword keyword) { return record.keywords.has(keyword); };
  if (has(Keyword::size)) record.size_bytes = entry.size_bytes;
  if (has(Keyword::type)) record.type = entry.type;
  if (has(Keyword::uid)) record.uid = entry.uid;
  if (has(Keyword::gid)) record.gid = entry.gid;
  if (has(Keyword::uname)) put_name(record, Keyword::uname, name_in(names.user, entry.uid));
  if (has(Keyword::gname)) put_name(record, Keyword::gname, name_in(names.group, entry.gid));
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

std::map<Keyword, std::string> describe_content(tree::EntrySource& source, const tree::Entry& entry,
                                                KeywordSet wanted,
                                                const KnownDigest& known_digest) {
  std::map<Keyword, std::string> values;
  if (wanted.has(Keyword::sha256digest) && known_digest) {
    if (auto known = known_digest(entry)) {
      values.emplace(Keyword::sha256digest, std::move(*known));
      wanted.remove(Keyword::sha256digest);
    }
  }
  std::vector<std::pair<Keyword, digest::Checksum>> sums;
  for (const Keyword keyword : all_keywords) {
    if ((wanted & content_keywords).has(keyword)) sums.emplace_back(keyword, checksum_of(keyword));
  }
  if (sums.empty()) return values;
  io::Source& content = source.content();
  for (io::Bytes bytes = content.peek(); !bytes.empty(); bytes = content.peek()) {
    for (auto& [keyword, sum] : sums) sum.update(bytes);
    content.consume(bytes.size());
  }
  for (auto& [keyword, sum] : sums) values.emplace(keyword, sum.finish());
  return values;
}

Record describe(tree::EntrySource& source, const tree::Entry& entry, KeywordSet keywords,
                const Facts& facts) {
  Record record = describe_metadata(entry, keywords, facts.owner_names);
  if (entry.type != EntryType::file) return record;
  for (const auto& [keyword, value] :
       describe_content(source, entry, keywords, facts.known_digest)) {
    if (keyword == Keyword::sha256digest) {
      record.sha256 = value;
    } else {
      record.texts.emplace(keyword, value);
    }
    record.keywords.add(keyword);
  }
  return record;
}

Manifest collect(tree::EntrySource& source, KeywordSet keywords, const Facts& facts) {
  std::vector<Record> records;
  PathBudget budget(facts.limits);
  ObjectNames objects;
  while (const tree::Entry* const entry = source.next()) {
    budget.charge(entry->path.text().size());
    records.push_back(describe(source, *entry, keywords, facts));
    if (keywords.has(Keyword::nlink)) records.back().linked = objects.name_of(*entry);
    if (facts.image_facts) records.back().facts = facts.image_facts(*entry);
  }
  return Manifest(std::move(records));
}

}  // namespace umoci::mtree
