// SPDX-License-Identifier: Apache-2.0
#include <umoci/base/error.hpp>
#include <umoci/base/limits.hpp>
#include <umoci/mtree/extension.hpp>
#include <umoci/mtree/lines.hpp>
#include <umoci/mtree/manifest.hpp>
#include <umoci/mtree/path_budget.hpp>
#include <umoci/mtree/value.hpp>
#include <umoci/mtree/vis.hpp>

#include <algorithm>

namespace umoci::mtree {
namespace {

using tree::EntryType;
using tree::TreePath;

/// Words of one entry, or in force through /set, that are kept in lists: no real manifest has
/// nearly as many, and each entry below a /set line would have a copy of them.
constexpr std::size_t max_listed_words = 100;

/// As long as ours are: each name of an object repeats it.
constexpr std::size_t max_linked_bytes = 255;

struct Word {
  std::string_view name;
  std::string_view value;
};

Word split(std::string_view word) {
  const std::size_t equals = word.find('=');
  if (equals == std::string_view::npos) return {.name = word, .value = {}};
  return {.name = word.substr(0, equals), .value = word.substr(equals + 1)};
}

/// The part of an attribute's word behind the dot; nullopt if the word is something else.
std::optional<std::string_view> xattr_part(std::string_view word) {
  for (const std::string_view prefix : {"xattr.", "xattrs."}) {
    if (word.starts_with(prefix)) return word.substr(prefix.size());
  }
  return std::nullopt;
}

bool* find_flag(Record& record, std::string_view name) {
  if (name == "optional") return &record.optional;
  if (name == "ignore") return &record.ignore;
  if (name == "nochange") return &record.nochange;
  return nullptr;
}

void put_other(Record& record, const Word& word) {
  const std::string_view name = canonical_name(word.name);
  auto& others = record.others;
  const auto same = [&](const auto& other) { return other.first == name; };
  const auto found = std::find_if(others.begin(), others.end(), same);
  if (found != others.end()) {
    found->second = word.value;
    return;
  }
  if (others.size() == max_listed_words) {
    throw Error(ErrorKind::limit_exceeded,
                "more than " + std::to_string(max_listed_words) + " unknown keywords");
  }
  others.emplace_back(name, word.value);
}

void remove_other(Record& record, std::string_view word) {
  const std::string_view name = canonical_name(word);
  std::erase_if(record.others, [&](const auto& other) { return other.first == name; });
}

void put_word(Record& record, std::string_view text) {
  if (const auto xattr = xattr_part(text)) return read_xattr(record, *xattr);
  const Word word = split(text);
  if (word.name.empty()) {
    throw Error(ErrorKind::invalid_data, "value " + quoted(text) + " has no keyword");
  }
  if (bool* const flag = find_flag(record, word.name)) {
    *flag = true;
    return;
  }
  const bool has_suffix = word.name.find('.') != std::string_view::npos;
  const auto keyword = has_suffix ? std::nullopt : find_keyword(word.name);
  if (!keyword || *keyword == Keyword::xattr) return put_other(record, word);
  // Whoever does not ask for it must not be stopped by it.
  if (!is_understood(*keyword, word.value)) {
    record.keywords.remove(*keyword);
    return put_other(record, word);
  }
  if (!record.others.empty()) remove_other(record, word.name);
  read_value(record, *keyword, word.value);
}

void remove_word(Record& record, std::string_view word) {
  if (const auto xattr = xattr_part(word)) {
    record.xattrs.erase(unvis(*xattr));
    if (record.xattrs.empty()) record.keywords.remove(Keyword::xattr);
    return;
  }
  if (bool* const flag = find_flag(record, word)) *flag = false;
  if (const auto keyword = find_keyword(word)) {
    record.keywords.remove(*keyword);
    record.texts.erase(*keyword);
    if (*keyword == Keyword::xattr) record.xattrs.clear();
  }
  remove_other(record, word);
}

std::string read_linked(std::string_view value) {
  std::string name = unvis(value);
  if (!name.empty() && name.size() <= max_linked_bytes) return name;
  throw Error(ErrorKind::invalid_data, "invalid " + quoted(linked_keyword));
}

/// True if the name can be put below a directory as it is.
bool is_plain_name(std::string_view name) {
  return !name.empty() && name != "." && name != ".." &&
         std::none_of(name.begin(), name.end(), [](char c) { return c == '/' || c == '\0'; });
}

/// Bytes that every record gets from /set.
std::size_t listed_bytes(const Record& defaults) {
  std::size_t bytes = defaults.link.size();
  for (const auto& [keyword, value] : defaults.texts) bytes += value.size();
  for (const auto& [name, value] : defaults.others) bytes += name.size() + value.size();
  for (const auto& [name, value] : defaults.xattrs) bytes += name.size() + value.size();
  return bytes;
}

class Parser {
 public:
  Parser(std::string_view text, const Limits& limits)
      : lines_(text), limits_(limits), budget_(limits) {
    // Lines of a bundle are shorter than this, so that the guess is low, whoever wrote the text.
    constexpr std::size_t bytes_per_record = 256;
    records_.reserve(text.size() / bytes_per_record);
  }

  std::vector<Record> run() {
    in_context([&] { return "line " + std::to_string(lines_.number()); },
               [&] {
                 while (const auto line = lines_.next()) take(*line);
               });
    return std::move(records_);
  }

 private:
  void take(std::string_view line) {
    std::string_view words = line;
    const std::string_view first = next_word(words);
    if (first.empty()) return;
    if (first.front() == '#') return take_comment(line);
    if (first == "..") {
      directory_ = directory_.parent();
    } else if (first == "/set") {
      set(words);
    } else if (first == "/unset") {
      unset(words);
    } else if (line.front() == '/') {
      throw Error(ErrorKind::invalid_data, "unknown directive " + quoted(first));
    } else {
      put_entry(first, words);
    }
  }

  void set(std::string_view words) {
    for (auto word = next_word(words); !word.empty(); word = next_word(words)) {
      put_word(defaults_, word);
      if (defaults_.xattrs.size() > max_listed_words) {
        throw Error(
            ErrorKind::limit_exceeded,
            "/set has more than " + std::to_string(max_listed_words) + " extended attributes");
      }
    }
    default_bytes_ = listed_bytes(defaults_);
  }

  void unset(std::string_view words) {
    auto word = next_word(words);
    if (word.empty()) word = "all";
    for (; !word.empty(); word = next_word(words)) {
      if (word == "all") {
        defaults_ = {};
      } else {
        remove_word(defaults_, word);
      }
    }
    default_bytes_ = listed_bytes(defaults_);
  }

  TreePath path_of(std::string_view name) const {
    const std::string decoded = unvis(name);
    TreePath path;
    if (name.find('/') != std::string_view::npos) {
      path = TreePath::clean(decoded);
    } else if (is_plain_name(decoded)) {
      path = directory_.child(decoded);
    } else {
      path = TreePath::clean(directory_.text() + '/' + decoded);
    }
    check_limit(limits_, &Limits::path_bytes, path.text().size());
    return path;
  }

  void put_entry(std::string_view name, std::string_view words) {
    TreePath path = path_of(name);
    budget_.charge(path.text().size() + default_bytes_);
    Record& record = records_.emplace_back(defaults_);
    for (auto word = next_word(words); !word.empty(); word = next_word(words)) {
      put_word(record, word);
    }
    const bool is_typed = record.keywords.has(Keyword::type);
    if (tracks_special_xattrs_ && is_typed && is_special(record.type)) {
      record.keywords.add(Keyword::xattr);
    }
    if (is_typed && record.type == EntryType::directory &&
        name.find('/') == std::string_view::npos) {
      directory_ = path;
    }
    record.path = std::move(path);
  }

  /// Most comments are for people. Ours may add to the entry above, or to all that follow.
  void take_comment(std::string_view line) {
    auto words = extension_words(line);
    if (!words) return;
    for (auto word = next_word(*words); !word.empty(); word = next_word(*words)) {
      if (word == name_of(Keyword::xattr)) {
        if (records_.empty()) {
          tracks_special_xattrs_ = true;
        } else {
          records_.back().keywords.add(Keyword::xattr);
        }
      } else if (records_.empty() || read_fact(records_.back().facts, word)) {
        continue;
      } else if (xattr_part(word) || word.starts_with("device=")) {
        put_word(records_.back(), word);
      } else if (const Word fact = split(word); fact.name == linked_keyword) {
        records_.back().linked = read_linked(fact.value);
      }
    }
  }

  LineReader lines_;
  const Limits& limits_;
  Record defaults_;
  std::size_t default_bytes_ = 0;
  TreePath directory_;
  std::vector<Record> records_;
  PathBudget budget_;
  bool tracks_special_xattrs_ = false;
};

}  // namespace

Manifest Manifest::parse(std::string_view text, const Limits& limits) {
  return Manifest(Parser(text, limits).run());
}

}  // namespace umoci::mtree
