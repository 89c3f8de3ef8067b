// SPDX-License-Identifier: Apache-2.0
#include <umoci/mtree/compare.hpp>

#include <umoci/base/base64.hpp>
#include <umoci/mtree/content.hpp>
#include <umoci/mtree/extension.hpp>
#include <umoci/mtree/object_names.hpp>
#include <umoci/mtree/tree_order.hpp>
#include <umoci/mtree/value.hpp>
#include <umoci/mtree/vis.hpp>

#include <algorithm>
#include <utility>

namespace umoci::mtree {
namespace {

using tree::Entry;
using tree::EntryType;

constexpr KeywordSet time_keywords{Keyword::time, Keyword::tar_time};

/// Digits are as good in upper case.
bool is_same_hex(std::string_view one, std::string_view other) {
  const auto lower = [](char c) {
    return c >= 'A' && c <= 'F' ? static_cast<char>(c - 'A' + 'a') : c;
  };
  return std::equal(one.begin(), one.end(), other.begin(), other.end(),
                    [&](char a, char b) { return lower(a) == lower(b); });
}

/// Finds the differences between one record and one entry. The entry is turned into text only
/// where it differs.
class EntryComparison {
 public:
  EntryComparison(const Record& expected, const Entry& actual, const CompareOptions& options)
      : expected_(expected), actual_(actual), options_(options) {}

  std::vector<Difference> run(tree::EntrySource& source) && {
    bool is_time_compared = false;
    bool is_content_compared = false;
    for (const Keyword keyword : all_keywords) {
      if (time_keywords.has(keyword)) {
        // Asking for one asks for the other: which one counts depends on what is recorded.
        if (!std::exchange(is_time_compared, true)) compare_time();
      } else if (content_keywords.has(keyword)) {
        if (!std::exchange(is_content_compared, true)) compare_content(source);
      } else if (options_.keywords.has(keyword)) {
        compare_keyword(keyword);
      }
    }
    return std::move(differences_);
  }

 private:
  void compare_keyword(Keyword keyword) {
    if (const std::string* const expected = find_not_understood(keyword)) {
      put(name_of(keyword), *expected, actual_text(keyword));
      return;
    }
    switch (keyword) {
      case Keyword::uname:
        compare_name(keyword, name_in(options_.facts.owner_names.user, actual_.uid));
        break;
      case Keyword::gname:
        compare_name(keyword, name_in(options_.facts.owner_names.group, actual_.gid));
        break;
      case Keyword::size:
      case Keyword::nlink:
        if (!is_left_out_of_directories() && !is_size_of_files_only(keyword)) {
          compare_value(keyword);
        }
        break;
      case Keyword::xattr:
        compare_xattrs();
        break;
      case Keyword::device:
        // umoci does not record it, so that its absence means nothing.
        if (expected_.keywords.has(keyword)) compare_value(keyword);
        break;
      default:
        compare_value(keyword);
    }
  }

  [[nodiscard]] bool is_left_out_of_directories() const {
    const bool is_directory =
        actual_.type == EntryType::directory ||
        (expected_.keywords.has(Keyword::type) && expected_.type == EntryType::directory);
    return is_directory && options_.directory_sizes == DirectorySizes::ignore;
  }

  /// mtree of the BSDs and bsdtar record the size of files only.
  [[nodiscard]] bool is_size_of_files_only(Keyword keyword) const {
    return keyword == Keyword::size && !expected_.keywords.has(keyword) &&
           actual_.type != EntryType::file && options_.directory_sizes == DirectorySizes::ignore;
  }

  void compare_value(Keyword keyword) {
    const bool is_expected = expected_.keywords.has(keyword);
    const bool is_actual = applies(keyword, actual_.type);
    if (!is_expected && !is_actual) return;
    if (is_expected && is_actual && is_equal(keyword)) return;
    put(name_of(keyword), is_expected ? value_text(expected_, keyword) : "", actual_text(keyword));
  }

  /// What a manifest would say of the entry; empty if the keyword says nothing of its type.
  [[nodiscard]] std::string actual_text(Keyword keyword) const {
    if (!applies(keyword, actual_.type)) return {};
    return value_text(describe_metadata(actual_, {keyword}, {}), keyword);
  }

  /// A recorded value that cannot be compared, and so is equal to none; nullptr if there is none.
  [[nodiscard]] const std::string* find_not_understood(Keyword keyword) const {
    for (const auto& [name, value] : expected_.others) {
      if (name == name_of(keyword)) return &value;
    }
    return nullptr;
  }

  [[nodiscard]] bool is_equal(Keyword keyword) const {
    switch (keyword) {
      case Keyword::size:
        return expected_.size_bytes == actual_.size_bytes;
      case Keyword::type:
        return expected_.type == actual_.type;
      case Keyword::uid:
        return expected_.uid == actual_.uid;
      case Keyword::gid:
        return expected_.gid == actual_.gid;
      case Keyword::mode:
        return expected_.mode == actual_.mode;
      case Keyword::link:
        return expected_.link == actual_.link;
      case Keyword::nlink:
        return expected_.link_count == actual_.link_count;
      case Keyword::time:
        return expected_.time == actual_.mtime;
      case Keyword::tar_time:
        return expected_.time.seconds == actual_.mtime.seconds;
      case Keyword::device:
        return expected_.device == actual_.device;
      default:
        return true;
    }
  }

  /// Nanoseconds count only if they are both asked for and recorded.
  void compare_time() {
    if ((options_.keywords & time_keywords).empty()) return;
    const bool is_expected = !(expected_.keywords & time_keywords).empty();
    if (!is_expected) {
      const bool is_exact = options_.keywords.has(Keyword::time);
      compare_value(is_exact ? Keyword::time : Keyword::tar_time);
      return;
    }
    const bool is_exact =
        options_.keywords.has(Keyword::time) && expected_.keywords.has(Keyword::time);
    const Keyword keyword = is_exact ? Keyword::time : Keyword::tar_time;
    if (is_equal(keyword)) return;
    put(name_of(keyword), value_text(expected_, keyword),
        value_text(describe_metadata(actual_, {keyword}, {}), keyword));
  }

  /// Some programs write names as they are, some encode them.
  void compare_name(Keyword keyword, const std::optional<std::string>& actual) {
    const std::string expected = value_text(expected_, keyword);
    if (actual ? expected == vis(*actual) || expected == *actual : expected.empty()) return;
    put(name_of(keyword), expected, actual ? vis(*actual) : "");
  }

  void compare_content(tree::EntrySource& source) {
    const KeywordSet wanted = options_.keywords & content_keywords;
    if (wanted.empty()) return;
    std::map<Keyword, std::string> actual;
    if (actual_.type == EntryType::file) {
      if (is_known_to_differ()) return;
      actual = describe_content(source, actual_, wanted, options_.facts.known_digest);
    }
    for (const Keyword keyword : all_keywords) {
      if (!wanted.has(keyword)) continue;
      const bool is_expected = expected_.keywords.has(keyword);
      const std::string expected = is_expected ? value_text(expected_, keyword) : "";
      if (is_same_hex(expected, actual[keyword])) continue;
      put(name_of(keyword), expected, actual[keyword]);
    }
  }

  /// A difference in type or size was found: then the content need not be read as well.
  [[nodiscard]] bool is_known_to_differ() const {
    return std::any_of(differences_.begin(), differences_.end(), [](const Difference& difference) {
      return difference.keyword == name_of(Keyword::type) ||
             difference.keyword == name_of(Keyword::size);
    });
  }

  /// The whole set of attributes counts. A file or directory without any in the manifest has none.
  /// Of other types umoci records none, whatever they have, so that nothing can be said of them
  /// unless the record has the keyword.
  void compare_xattrs() {
    const bool is_tracked = expected_.keywords.has(Keyword::xattr) || !is_special(expected_.type);
    if (!is_tracked) return;
    const tree::Xattrs& expected = expected_.xattrs;
    const tree::Xattrs& actual = actual_.xattrs;
    auto e = expected.begin();
    auto a = actual.begin();
    while (e != expected.end() || a != actual.end()) {
      if (a == actual.end() || (e != expected.end() && e->first < a->first)) {
        put_xattr(e->first, &e->second, nullptr);
        ++e;
      } else if (e == expected.end() || a->first < e->first) {
        put_xattr(a->first, nullptr, &a->second);
        ++a;
      } else {
        if (e->second != a->second) put_xattr(e->first, &e->second, &a->second);
        ++e;
        ++a;
      }
    }
  }

  void put_xattr(std::string_view name, const std::string* expected, const std::string* actual) {
    put("xattr." + vis(name), expected == nullptr ? "" : format_base64(*expected),
        actual == nullptr ? "" : format_base64(*actual));
  }

  void put(std::string_view keyword, std::string expected, std::string actual) {
    differences_.push_back({.keyword = std::string(keyword),
                            .expected = std::move(expected),
                            .actual = std::move(actual)});
  }

  const Record& expected_;
  const Entry& actual_;
  const CompareOptions& options_;
  std::vector<Difference> differences_;
};

std::string quoted_path(const tree::TreePath& path) {
  std::string text = vis_comment(path.is_root() ? "." : path.text());
  for (std::size_t at = text.find('"'); at != std::string::npos; at = text.find('"', at + 2)) {
    text.insert(at, 1, '\\');
  }
  return '"' + text + '"';
}

template <class Predicate>
Subtrees subtrees_of(const std::vector<Record>& records, Predicate is_top) {
  std::vector<tree::TreePath> tops;
  for (const Record& record : records) {
    if (is_top(record)) tops.push_back(record.path);
  }
  return Subtrees(std::move(tops));
}

class Comparison {
 public:
  Comparison(const Manifest& expected, const CompareOptions& options)
      : expected_(expected),
        options_(options),
        ignored_(subtrees_of(expected.records(), [](const Record& r) { return r.ignore; })),
        is_seen_(expected.records().size(), false) {}

  void take(tree::EntrySource& source, const Entry& entry) {
    reject_hard_link(entry);
    const std::string object = objects_.name_of(entry);
    if (ignored_.contain(entry.path)) return;
    const Record* const record = find(entry.path);
    if (record == nullptr) {
      deltas_.push_back(
          {.path = entry.path, .kind = DeltaKind::extra, .type = entry.type, .differences = {}});
      return;
    }
    is_seen_[index_of(*record)] = true;
    if (record->nochange) return;
    auto differences = EntryComparison(*record, entry, options_).run(source);
    compare_object(*record, object, differences);
    if (differences.empty()) return;
    deltas_.push_back({.path = entry.path,
                       .kind = DeltaKind::modified,
                       .type = entry.type,
                       .differences = std::move(differences)});
  }

  std::vector<Delta> finish() && {
    put_missing();
    std::stable_sort(deltas_.begin(), deltas_.end(),
                     [](const Delta& a, const Delta& b) { return a.path < b.path; });
    return std::move(deltas_);
  }

 private:
  /// Two objects that are alike may have exchanged names: then nothing else differs. Where one side
  /// has a single name, the number of names says so, if it is asked for.
  void compare_object(const Record& record, const std::string& object,
                      std::vector<Difference>& differences) const {
    if (!options_.keywords.has(Keyword::nlink) || record.linked.empty() || object.empty() ||
        record.linked == object) {
      return;
    }
    differences.push_back({.keyword = std::string(linked_keyword),
                           .expected = vis(record.linked),
                           .actual = vis(object)});
  }

  std::size_t index_of(const Record& record) const {
    return static_cast<std::size_t>(&record - expected_.records().data());
  }

  /// Trees often come in the order of the manifest: then no search is needed.
  const Record* find(const tree::TreePath& path) {
    const auto& records = expected_.records();
    const bool is_next = next_ < records.size() && records[next_].path == path;
    const Record* const record = is_next ? &records[next_] : expected_.find(path);
    if (record != nullptr) next_ = index_of(*record) + 1;
    return record;
  }

  void put_missing() {
    // What may be missing may be missing with all that is below.
    const Subtrees optional = subtrees_of(expected_.records(), [&](const Record& record) {
      return record.optional && !is_seen_[index_of(record)];
    });
    for (const Record& record : expected_.records()) {
      if (is_seen_[index_of(record)] || record.optional) continue;
      if (ignored_.contain(record.path) || optional.contain(record.path)) continue;
      deltas_.push_back({.path = record.path,
                         .kind = DeltaKind::missing,
                         .type = record.type,
                         .differences = {}});
    }
  }

  const Manifest& expected_;
  const CompareOptions& options_;
  Subtrees ignored_;
  ObjectNames objects_;
  std::vector<bool> is_seen_;
  std::size_t next_ = 0;
  std::vector<Delta> deltas_;
};

}  // namespace

std::string report_line(const Delta& delta) {
  const std::string path = quoted_path(delta.path) + ": ";
  if (delta.kind == DeltaKind::missing) return path + "missing path";
  if (delta.kind == DeltaKind::extra) return path + "unexpected path";
  const Difference& first = delta.differences.at(0);
  return path + "keyword \"" + first.keyword + "\": expected " + first.expected + "; got " +
         first.actual;
}

std::vector<Delta> compare(const Manifest& expected, tree::EntrySource& actual,
                           const CompareOptions& options) {
  Comparison comparison(expected, options);
  while (const Entry* const entry = actual.next()) comparison.take(actual, *entry);
  return std::move(comparison).finish();
}

}  // namespace umoci::mtree
