// SPDX-License-Identifier: Apache-2.0
#include <umoci/base/error.hpp>
#include <umoci/mtree/extension.hpp>
#include <umoci/mtree/lines.hpp>
#include <umoci/mtree/manifest.hpp>
#include <umoci/mtree/outline.hpp>
#include <umoci/mtree/value.hpp>
#include <umoci/mtree/vis.hpp>

#include <algorithm>

namespace umoci::mtree {
namespace {

using tree::EntryType;

constexpr std::uint32_t default_mode = 0664;
constexpr KeywordSet settable_keywords{Keyword::type, Keyword::nlink, Keyword::mode, Keyword::uid,
                                       Keyword::gid};
/// Nobody can name a longer path to the system; and comments of that length would be most of the
/// text where directories are nested very deeply.
constexpr std::size_t max_comment_path_bytes = 4096;

void append_header_line(std::string& text, std::string_view label, std::string_view value) {
  constexpr std::size_t label_columns = 14;
  text += '#';
  text.append(label_columns - label.size(), ' ');
  text += label;
  text += ": ";
  text += vis_comment(value);
  text += '\n';
}

/// The synonym that every mtree knows, where there are several.
std::string_view written_name(Keyword keyword) {
  return keyword == Keyword::ripemd160digest ? "rmd160digest" : name_of(keyword);
}

std::string header_text(const Header& header, KeywordSet keywords) {
  std::string names;
  for (const Keyword keyword : all_keywords) {
    // Device numbers do not stand where other readers look for the keywords.
    if (!keywords.has(keyword) || keyword == Keyword::device) continue;
    if (!names.empty()) names += ',';
    names += name_of(keyword);
  }
  std::string text;
  if (header.user) append_header_line(text, "user", *header.user);
  if (header.machine) append_header_line(text, "machine", *header.machine);
  append_header_line(text, "tree", header.tree);
  append_header_line(text, "date", header.date);
  append_header_line(text, "keywords", names);
  return text;
}

class Formatter {
 public:
  Formatter(const std::vector<Record>& records, KeywordSet keywords)
      : records_(records),
        outline_(records),
        keywords_(keywords),
        set_(keywords & settable_keywords) {
    // What an entry leaves out, a reader takes from /set: it must hold nothing that is unknown of
    // some entry.
    for (const Record& record : records) set_ = set_ & record.keywords;
    tracks_special_xattrs_ = all_special_xattrs_tracked();
  }

  std::string run() && {
    if (tracks_special_xattrs_) text_ += std::string(extension_mark) + " xattr\n";
    if (records_.empty()) return std::move(text_);
    const bool has_root = outline_.root() != Outline::none;
    text_ += "\n# .\n";
    if (has_root) {
      const Record& root = records_[outline_.root()];
      put_set_line(&root);
      put_line(root, ".", is_directory(root) ? "" : "    ");
    } else {
      put_set_line(nullptr);
    }
    put_tree();
    for (const std::size_t index : outline_.orphans()) {
      put_line(records_[index], records_[index].path.text(), "    ");
    }
    if (has_root && is_directory(records_[outline_.root()])) text_ += "..\n";
    return std::move(text_);
  }

 private:
  [[nodiscard]] bool all_special_xattrs_tracked() const {
    if (!keywords_.has(Keyword::xattr)) return false;
    bool tracked = false;
    for (const Record& record : records_) {
      if (!record.keywords.has(Keyword::type) || !is_special(record.type)) continue;
      if (!record.keywords.has(Keyword::xattr)) return false;
      tracked = true;
    }
    return tracked;
  }

  /// All entries below the root. Keeps its own stack: trees may be deeper than ours.
  void put_tree() {
    struct Level {
      std::size_t directory;
      std::size_t next;
    };
    std::vector<Level> levels;
    const auto enter = [&](std::size_t directory) {
      const std::size_t first = outline_.first_child(directory);
      for (std::size_t at = first; at != Outline::none; at = outline_.next_sibling(at)) {
        if (!is_directory(records_[at])) put_line(records_[at], records_[at].path.name(), "    ");
      }
      levels.push_back({.directory = directory, .next = first});
    };

    enter(Outline::none);
    while (!levels.empty()) {
      std::size_t at = levels.back().next;
      while (at != Outline::none && !is_directory(records_[at])) at = outline_.next_sibling(at);
      if (at == Outline::none) {
        levels.pop_back();
        if (!levels.empty()) text_ += "..\n";
        continue;
      }
      levels.back().next = outline_.next_sibling(at);
      put_directory(records_[at]);
      enter(at);
    }
  }

  void put_directory(const Record& record) {
    text_ += '\n';
    if (record.path.text().size() <= max_comment_path_bytes) {
      text_ += "# " + vis_comment(record.path.text()) + '\n';
    }
    const bool other_owner = (set_.has(Keyword::uid) && set_uid_ != record.uid) ||
                             (set_.has(Keyword::gid) && set_gid_ != record.gid);
    if (other_owner) put_set_line(&record);
    put_line(record, record.path.name(), "");
  }

  /// Puts defaults in force, with the owner of `directory`; without an owner if that is null.
  void put_set_line(const Record* directory) {
    std::string words;
    if (set_.has(Keyword::type)) words += " type=file";
    if (set_.has(Keyword::nlink)) words += " nlink=1";
    if (set_.has(Keyword::mode)) words += " mode=0664";
    if (directory != nullptr && set_.has(Keyword::uid)) {
      set_uid_ = directory->uid;
      words += " uid=" + value_text(*directory, Keyword::uid);
    }
    if (directory != nullptr && set_.has(Keyword::gid)) {
      set_gid_ = directory->gid;
      words += " gid=" + value_text(*directory, Keyword::gid);
    }
    if (!words.empty()) text_ += "/set" + words + '\n';
  }

  [[nodiscard]] bool is_set(const Record& record, Keyword keyword) const {
    if (!set_.has(keyword)) return false;
    switch (keyword) {
      case Keyword::type:
        return record.type == EntryType::file;
      case Keyword::nlink:
        return record.link_count == 1;
      case Keyword::mode:
        return record.mode == default_mode;
      case Keyword::uid:
        return record.uid == set_uid_;
      case Keyword::gid:
        return record.gid == set_gid_;
      default:
        return false;
    }
  }

  void put_line(const Record& record, std::string_view name, std::string_view indent) {
    text_ += indent;
    text_ += vis(name);
    const KeywordSet keywords = keywords_ & record.keywords;
    for (const Keyword keyword : all_keywords) {
      if (keyword == Keyword::xattr || keyword == Keyword::device) continue;
      if (!keywords.has(keyword) || is_set(record, keyword)) continue;
      text_ += ' ';
      const std::string value = value_text(record, keyword);
      check_word(name_of(keyword), value);
      text_ += written_name(keyword);
      text_ += '=';
      text_ += value;
    }
    if (!is_special(record.type)) put_xattrs(record);
    if (record.optional) text_ += " optional";
    if (record.ignore) text_ += " ignore";
    if (record.nochange) text_ += " nochange";
    put_others(record);
    end_line();
    put_extension(record, indent);
  }

  void put_xattrs(const Record& record) {
    if (!(keywords_ & record.keywords).has(Keyword::xattr)) return;
    for (const auto& [name, value] : record.xattrs) text_ += ' ' + xattr_word(name, value);
  }

  /// What the caller put into a record as text must not become other words or lines.
  static void check_word(std::string_view name, std::string_view value) {
    const bool is_word = !name.empty() && name.find_first_of(" \t\n=") == std::string::npos &&
                         value.find_first_of(" \t\n") == std::string::npos;
    if (is_word) return;
    throw Error(ErrorKind::invalid_argument, "keyword " + quoted(name) + " with value " +
                                                 quoted(value) + " cannot stand in a manifest");
  }

  void put_others(const Record& record) {
    for (const auto& [name, value] : record.others) {
      check_word(name, value);
      text_ += ' ' + name;
      if (!value.empty()) text_ += '=' + value;
    }
  }

  void put_extension(const Record& record, std::string_view indent) {
    const KeywordSet keywords = keywords_ & record.keywords;
    const std::size_t start = text_.size();
    text_ += indent;
    text_ += extension_mark;
    const std::size_t empty = text_.size();
    if (keywords.has(Keyword::device)) text_ += " device=" + value_text(record, Keyword::device);
    if (is_special(record.type)) put_xattrs(record);
    const bool implied = tracks_special_xattrs_ && is_special(record.type);
    if (keywords.has(Keyword::xattr) && record.xattrs.empty() && !implied) text_ += " xattr";
    if (keywords.has(Keyword::nlink) && !record.linked.empty()) {
      text_ += ' ';
      text_ += linked_keyword;
      text_ += '=' + vis(record.linked);
    }
    text_ += facts_text(record.facts);
    if (text_.size() == empty) {
      text_.resize(start);
    } else {
      text_ += '\n';
    }
  }

  void end_line() {
    // A backslash at the end would join the next line to this one, a CR would be taken for a part
    // of the line end.
    if (text_.ends_with('\\') || text_.ends_with('\r')) text_ += ' ';
    text_ += '\n';
  }

  const std::vector<Record>& records_;
  Outline outline_;
  KeywordSet keywords_;
  KeywordSet set_;
  std::optional<std::uint32_t> set_uid_;
  std::optional<std::uint32_t> set_gid_;
  bool tracks_special_xattrs_ = false;
  std::string text_;
};

}  // namespace

std::string Manifest::format(const Header& header, KeywordSet keywords) const {
  // The type is what nests the entries.
  keywords.add(Keyword::type);
  return header_text(header, keywords) + Formatter(records_, keywords).run();
}

}  // namespace umoci::mtree
