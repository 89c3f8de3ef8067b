// SPDX-License-Identifier: Apache-2.0
#pragma once

// mtree(5) manifests: what a tree looked like, as text. Must not know of disks: trees come as
// EntrySource. Read first: Manifest, collect(), compare().

#include <umoci/base/limits.hpp>
#include <umoci/base/time.hpp>
#include <umoci/digest/digest.hpp>
#include <umoci/mtree/keyword.hpp>
#include <umoci/tree/entry.hpp>
#include <umoci/tree/entry_source.hpp>
#include <umoci/tree/image_facts.hpp>

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace umoci::mtree {

/// As Record::linked: the text of no object that there is.
inline constexpr std::string_view linked_with_nothing = "/";

/// What a manifest says of one path. A value is meaningful only if its keyword is in `keywords`.
struct Record {
  tree::TreePath path;
  KeywordSet keywords;
  tree::EntryType type = tree::EntryType::file;
  std::uint32_t uid = 0;
  std::uint32_t gid = 0;
  std::uint32_t mode = 0;
  std::uint64_t size_bytes = 0;
  std::uint64_t link_count = 1;
  Time time;  ///< of `time`, or of `tar_time` (then nanoseconds are 0)
  std::string link;
  std::string sha256;  ///< lower-case hex
  /// Owners' names (encoded as names of files are), `cksum` and all other digests, as they stand in
  /// the manifest.
  std::map<Keyword, std::string> texts;
  /// All attributes. Of files and directories every manifest with attributes tells them, and the
  /// keyword is there if there is at least one; of other types it is there if they were looked at,
  /// since umoci itself never does.
  tree::Xattrs xattrs;
  tree::DeviceNumber device;  ///< of char and block devices
  /// Of an object with several names: the same text for all of them, and another one for every
  /// other object. Empty where that is not known, as in manifests of umoci.
  std::string linked;
  /// What the object is in the image, where the disk cannot hold that. Never compared.
  tree::ImageFacts facts;
  bool optional = false;  ///< may be missing
  bool ignore = false;    ///< nothing below is compared
  bool nochange = false;  ///< only existence is compared
  /// Keywords this library knows no field for, in file order: name and raw value.
  std::vector<std::pair<std::string, std::string>> others;

  friend bool operator==(const Record&, const Record&) = default;
};

/// Facts for the comment lines at the top; absent ones leave out their line.
struct Header {
  std::optional<std::string> user;
  std::optional<std::string> machine;
  std::string tree;  ///< the root's path as given by the user
  std::string date;  ///< such as "Sat Nov 21 01:18:17 2026"
};

/// The records of a tree, sorted by path bytes, no path twice.
class Manifest {
 public:
  Manifest() = default;
  /// Takes records in any order; of several with one path the last one stays.
  explicit Manifest(std::vector<Record> records);

  /// Parses the text of a manifest written by BSD's mtree, gomtree, umoci or this library. The last
  /// of several lines for one path wins; keywords that /set puts in force are part of each record.
  /// Throws: invalid_data and limit_exceeded, with the line number. Limits: a line of 16 MiB with
  /// its continuations, 100 unknown keywords a line, and of `limits` path_bytes for each path and
  /// tree_path_bytes for all together (which only absurdly deep trees need).
  [[nodiscard]] static Manifest parse(std::string_view text, const Limits& limits = {});

  /// The text, in the layout umoci writes: header comments, /set lines, per directory first its
  /// non-directories, then its directories. Depends on the records and the header alone. parse()
  /// gives the same records again. What umoci's readers would take for a difference (device
  /// numbers, attributes of symlinks and devices) stands in comments. Throws: invalid_argument for
  /// a name or value in `others` that is no single word. Spec: docs/formats/mtree.md.
  [[nodiscard]] std::string format(const Header& header, KeywordSet keywords) const;

  [[nodiscard]] const std::vector<Record>& records() const noexcept { return records_; }
  [[nodiscard]] const Record* find(const tree::TreePath& path) const;
  /// The facts recorded at the path of `entry`, an object of a disk, as far as they still hold for
  /// what is there: a link to something else is another link, and a file with content stands in for
  /// no device.
  [[nodiscard]] tree::ImageFacts facts_of(const tree::Entry& entry) const;
  /// All keywords that some record uses.
  [[nodiscard]] KeywordSet used_keywords() const;

  friend bool operator==(const Manifest&, const Manifest&) = default;

 private:
  std::vector<Record> records_;
};

/// Gives the SHA-256 (hex) of the file that `source` is at, or nullopt to have its content read.
using KnownDigest = std::function<std::optional<std::string>(const tree::Entry&)>;

/// Names of users and groups. An id without a name, and every id where the function is not set, has
/// no value for `uname` and `gname`.
struct OwnerNames {
  using NameOf = std::function<std::optional<std::string>(std::uint32_t id)>;
  NameOf user;
  NameOf group;
};

/// The names that this machine knows; each is looked up once. Not safe for use by several threads.
[[nodiscard]] OwnerNames host_owner_names();

/// Gives the facts of an object that the disk cannot hold; without members if there are none.
using KnownFacts = std::function<tree::ImageFacts(const tree::Entry&)>;

/// What describing an entry takes besides the entry.
struct Facts {
  KnownDigest known_digest;
  OwnerNames owner_names;
  KnownFacts image_facts;  ///< unset: there are none
  Limits limits;           ///< tree_path_bytes of it
};

/// Describes a tree. Reads the content of a file, once, only if one of content_keywords is
/// asked for; not if that is `sha256digest` alone and `known_digest` has an answer. Throws:
/// limit_exceeded as parse() for all paths together; invalid_argument for an entry of type
/// hard_link, which is a name and not an object.
[[nodiscard]] Manifest collect(tree::EntrySource& source, KeywordSet keywords,
                               const Facts& facts = {});

/// The record of one entry, content read as above.
[[nodiscard]] Record describe(tree::EntrySource& source, const tree::Entry& entry,
                              KeywordSet keywords, const Facts& facts);

}  // namespace umoci::mtree
