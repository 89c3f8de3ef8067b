// SPDX-License-Identifier: Apache-2.0
#include <umoci/check/layer_entries.hpp>

#include <umoci/base/error.hpp>
#include <umoci/layer/whiteout.hpp>

#include <sys/stat.h>

#include <functional>
#include <utility>

namespace umoci::check {
namespace {

using tree::EntryType;

constexpr std::string_view reserved_prefix = ".wh..wh.";
constexpr std::int64_t far_future_seconds = std::int64_t{1} << 33U;
/// Files of accounts are small; others are not looked at.
constexpr std::uint64_t max_account_bytes = 1U << 20U;

LayerFacts::Kind kind_of(EntryType type) {
  if (type == EntryType::directory) return LayerFacts::Kind::directory;
  return type == EntryType::symlink ? LayerFacts::Kind::symlink : LayerFacts::Kind::other;
}

std::size_t hash(const tree::TreePath& path) { return std::hash<tree::TreePath>{}(path); }

std::string join(const tree::TreePath& directory, std::string_view name) {
  std::string path = directory.text();
  if (!path.empty()) path += '/';
  return path.append(name);
}

}  // namespace

void LayerEntries::add(std::string_view rule, Severity severity, std::string message) {
  report_.add(rule, severity, std::string(), std::move(message));
}

void LayerEntries::check(const tree::Entry& entry, std::string_view stored_name,
                         io::Source& content) {
  check_name(entry, stored_name);
  if (check_whiteout(entry)) return;
  if (!entry.path.is_root()) {
    facts_.add(entry.path, kind_of(entry.type));
    with_entries_.insert(hash(entry.path.parent()));
  }
  check_object(entry);
  note_account_file(entry, content);
}

/// Y03 and Y04.
void LayerEntries::check_name(const tree::Entry& entry, std::string_view stored_name) {
  const std::string shown = quoted(stored_name);
  std::int64_t depth = 0;
  for (std::string_view rest = stored_name; !rest.empty();) {
    const std::string_view part = tree::next_component(rest);
    if (part == "..") --depth;
    if (!part.empty() && part != "." && part != "..") ++depth;
    if (depth < 0) break;
  }
  if (depth < 0) add("Y04", Severity::error, "name " + shown + " leads out of the layer");
  if (stored_name.starts_with('/')) add("Y04", Severity::warning, "name " + shown + " is absolute");
  if (!names_.insert(hash(entry.path)).second) {
    add("Y03", Severity::error, "there are several entries for " + quoted(entry.path.display()));
  }
}

/// Y05 and Y07. True if it is a whiteout, or would be one.
bool LayerEntries::check_whiteout(const tree::Entry& entry) {
  const std::string_view name = entry.path.name();
  if (!name.starts_with(layer::whiteout_prefix)) return false;
  const std::string shown = quoted(entry.path.display());
  if (entry.type != EntryType::file || entry.size_bytes != 0) {
    add("Y05", Severity::warning, "whiteout " + shown + " is no empty file");
  }
  const tree::TreePath directory = entry.path.parent();
  if (name == layer::opaque_whiteout_name) {
    check_whiteout_place(directory, true, shown);
    facts_.hide_content(directory.text());
    return true;
  }
  const std::string_view hidden = name.substr(layer::whiteout_prefix.size());
  if (hidden.empty() || hidden == "." || hidden == "..") {
    add("Y05", Severity::error, "whiteout " + shown + " hides nothing");
    return true;
  }
  if (name.starts_with(reserved_prefix)) {
    add("Y05", Severity::warning, "reserved name " + shown + " is unknown");
    return true;
  }
  check_whiteout_place(directory, false, shown);
  const std::string path = join(directory, hidden);
  facts_.hide(path);
  for (const auto& [file, account] :
       {std::pair{"etc/passwd", &facts_.passwd}, std::pair{"etc/group", &facts_.group}}) {
    if (path == file && account->state == AccountFile::State::untouched) {
      account->state = AccountFile::State::gone;
    }
  }
  return true;
}

void LayerEntries::check_whiteout_place(const tree::TreePath& directory, bool is_opaque,
                                        const std::string& shown) {
  auto& own = is_opaque ? opaque_ : with_whiteouts_;
  const auto& others = is_opaque ? with_whiteouts_ : opaque_;
  own.insert(hash(directory));
  if (others.contains(hash(directory))) {
    add("Y07", Severity::warning,
        "directory " + quoted(directory.display()) + " has an opaque whiteout and others");
  }
  if (with_entries_.contains(hash(directory))) {
    add("Y07", Severity::warning, "whiteout " + shown + " comes after entries beside it");
  }
}

/// Y06, of which the rest follows in finish(), and Y08.
void LayerEntries::check_object(const tree::Entry& entry) {
  const std::string shown = quoted(entry.path.display());
  const auto warn = [&](const char* what) { add("Y08", Severity::warning, shown + what); };
  if (entry.type == EntryType::hard_link) {
    links_.push_back(
        {.path = entry.path.text(), .target = tree::TreePath::clean(entry.link).text()});
  }
  if (entry.type == EntryType::char_device || entry.type == EntryType::block_device) {
    warn(" is a device");
  }
  if (entry.hole_bytes != 0) warn(" is sparse");
  const bool is_set_id = (entry.mode & (S_ISUID | S_ISGID)) != 0;
  if (entry.type == EntryType::file && is_set_id && (entry.mode & S_IWOTH) != 0) {
    warn(" sets an id and can be written by all");
  }
  if (entry.mtime.seconds < 0 || entry.mtime.seconds > far_future_seconds) {
    warn(" has a time that not all systems can keep");
  }
}

void LayerEntries::note_account_file(const tree::Entry& entry, io::Source& content) {
  AccountFile* account = entry.path.text() == "etc/passwd"  ? &facts_.passwd
                         : entry.path.text() == "etc/group" ? &facts_.group
                                                            : nullptr;
  if (account == nullptr) return;
  const bool is_readable = entry.type == EntryType::file && entry.size_bytes <= max_account_bytes;
  account->state = is_readable ? AccountFile::State::there : AccountFile::State::unknown;
  account->text = is_readable ? io::read_all(content, max_account_bytes) : std::string();
}

void LayerEntries::finish() {
  for (LayerFacts::Link& link : links_) {
    const auto target = facts_.find(link.target);
    if (target == LayerFacts::Kind::directory || link.target.empty()) {
      add("Y06", Severity::error,
          "hard link " + quoted("/" + link.path) + " leads to a directory, " +
              quoted("/" + link.target));
    } else if (!target && !facts_.is_behind_link(link.target)) {
      facts_.outer_links.push_back(std::move(link));
    }
  }
}

}  // namespace umoci::check
