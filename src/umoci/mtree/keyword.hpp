// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string_view>

namespace umoci::mtree {

/// The keywords this library can compute, in the order in which they are written.
enum class Keyword : std::uint8_t {
  size,
  type,
  uid,
  gid,
  uname,
  gname,
  mode,
  link,
  nlink,
  time,
  tar_time,
  cksum,
  md5digest,
  ripemd160digest,
  sha1digest,
  sha256digest,
  sha384digest,
  sha512digest,
  sha512256digest,
  xattr,
  device,
};

/// Every keyword, in that order.
inline constexpr std::array all_keywords{Keyword::size,
                                         Keyword::type,
                                         Keyword::uid,
                                         Keyword::gid,
                                         Keyword::uname,
                                         Keyword::gname,
                                         Keyword::mode,
                                         Keyword::link,
                                         Keyword::nlink,
                                         Keyword::time,
                                         Keyword::tar_time,
                                         Keyword::cksum,
                                         Keyword::md5digest,
                                         Keyword::ripemd160digest,
                                         Keyword::sha1digest,
                                         Keyword::sha256digest,
                                         Keyword::sha384digest,
                                         Keyword::sha512digest,
                                         Keyword::sha512256digest,
                                         Keyword::xattr,
                                         Keyword::device};

/// "size", "sha256digest", …
[[nodiscard]] std::string_view name_of(Keyword keyword);

/// The keyword of that name or of a synonym ("sha256", "xattrs"); nullopt if there is none. A
/// suffix after the first dot (`xattr.user.a`) is not part of the name.
[[nodiscard]] std::optional<Keyword> find_keyword(std::string_view name);

/// The name without synonyms: "md5digest" for "md5"; a name that is none comes back unchanged.
[[nodiscard]] std::string_view canonical_name(std::string_view name);

/// A set of keywords; a value.
class KeywordSet {
 public:
  constexpr KeywordSet() = default;
  constexpr KeywordSet(std::initializer_list<Keyword> keywords) {
    for (const Keyword keyword : keywords) add(keyword);
  }

  constexpr void add(Keyword keyword) { bits_ |= bit(keyword); }
  constexpr void remove(Keyword keyword) { bits_ &= ~bit(keyword); }
  [[nodiscard]] constexpr bool has(Keyword keyword) const { return (bits_ & bit(keyword)) != 0; }
  [[nodiscard]] constexpr bool empty() const { return bits_ == 0; }

  friend constexpr KeywordSet operator|(KeywordSet a, KeywordSet b) {
    a.bits_ |= b.bits_;
    return a;
  }
  friend constexpr KeywordSet operator&(KeywordSet a, KeywordSet b) {
    a.bits_ &= b.bits_;
    return a;
  }
  friend constexpr bool operator==(KeywordSet, KeywordSet) = default;

 private:
  static constexpr std::uint32_t bit(Keyword keyword) {
    return 1U << static_cast<std::uint32_t>(keyword);
  }
  std::uint32_t bits_ = 0;
};

/// What bundles record and repack compares: the ten keywords of umoci, and device numbers.
inline constexpr KeywordSet bundle_keywords{
    Keyword::size,         Keyword::type,  Keyword::uid,   Keyword::gid,
    Keyword::mode,         Keyword::link,  Keyword::nlink, Keyword::tar_time,
    Keyword::sha256digest, Keyword::xattr, Keyword::device};

/// What says something of the content of a file.
inline constexpr KeywordSet content_keywords{Keyword::cksum,           Keyword::md5digest,
                                             Keyword::ripemd160digest, Keyword::sha1digest,
                                             Keyword::sha256digest,    Keyword::sha384digest,
                                             Keyword::sha512digest,    Keyword::sha512256digest};

/// The keywords that a user names in a list separated by commas or blanks; synonyms count. Throws:
/// invalid_argument for one this library cannot compute. Spec: cli.md 8.15.
[[nodiscard]] KeywordSet parse_keyword_list(std::string_view list);

}  // namespace umoci::mtree
