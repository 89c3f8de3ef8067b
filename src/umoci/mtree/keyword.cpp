// SPDX-License-Identifier: Apache-2.0
#include <umoci/mtree/keyword.hpp>

#include <umoci/base/error.hpp>

#include <algorithm>
#include <utility>

namespace umoci::mtree {
namespace {

/// What other programs write, and the name that the manifest format documents for it.
constexpr std::pair<std::string_view, std::string_view> synonyms[] = {
    {"md5", "md5digest"},
    {"rmd160", "ripemd160digest"},
    {"rmd160digest", "ripemd160digest"},
    {"ripemd160", "ripemd160digest"},
    {"sha1", "sha1digest"},
    {"sha256", "sha256digest"},
    {"sha384", "sha384digest"},
    {"sha512", "sha512digest"},
    {"sha512256", "sha512256digest"},
    {"xattrs", "xattr"},
};

}  // namespace

std::string_view name_of(Keyword keyword) {
  switch (keyword) {
    case Keyword::size:
      return "size";
    case Keyword::type:
      return "type";
    case Keyword::uid:
      return "uid";
    case Keyword::gid:
      return "gid";
    case Keyword::uname:
      return "uname";
    case Keyword::gname:
      return "gname";
    case Keyword::mode:
      return "mode";
    case Keyword::link:
      return "link";
    case Keyword::nlink:
      return "nlink";
    case Keyword::time:
      return "time";
    case Keyword::tar_time:
      return "tar_time";
    case Keyword::cksum:
      return "cksum";
    case Keyword::md5digest:
      return "md5digest";
    case Keyword::ripemd160digest:
      return "ripemd160digest";
    case Keyword::sha1digest:
      return "sha1digest";
    case Keyword::sha256digest:
      return "sha256digest";
    case Keyword::sha384digest:
      return "sha384digest";
    case Keyword::sha512digest:
      return "sha512digest";
    case Keyword::sha512256digest:
      return "sha512256digest";
    case Keyword::xattr:
      return "xattr";
    case Keyword::device:
      return "device";
  }
  return {};
}

std::string_view canonical_name(std::string_view name) {
  for (const auto& [synonym, canonical] : synonyms) {
    if (name == synonym) return canonical;
  }
  return name;
}

std::optional<Keyword> find_keyword(std::string_view name) {
  name = name.substr(0, name.find('.'));
  for (const Keyword keyword : all_keywords) {
    if (name == name_of(keyword)) return keyword;
  }
  const std::string_view canonical = canonical_name(name);
  return canonical == name ? std::nullopt : find_keyword(canonical);
}

KeywordSet parse_keyword_list(std::string_view list) {
  constexpr std::string_view separators = ", \t\n";
  KeywordSet keywords;
  std::size_t start = list.find_first_not_of(separators);
  while (start != std::string_view::npos) {
    const std::size_t end = std::min(list.find_first_of(separators, start), list.size());
    const std::string_view name = list.substr(start, end - start);
    const auto keyword = find_keyword(name);
    if (!keyword) throw Error(ErrorKind::invalid_argument, "unknown keyword " + quoted(name));
    keywords.add(*keyword);
    start = list.find_first_not_of(separators, end);
  }
  return keywords;
}

}  // namespace umoci::mtree
