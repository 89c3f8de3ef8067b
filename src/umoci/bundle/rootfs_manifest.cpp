// SPDX-License-Identifier: Apache-2.0
#include <umoci/bundle/rootfs_manifest.hpp>

#include <umoci/base/error.hpp>
#include <umoci/fs/atomic_file.hpp>
#include <umoci/fs/walker.hpp>
#include <umoci/runtime/user_entries.hpp>
#include <umoci/tree/cancellable_entries.hpp>
#include <umoci/tree/reported_entries.hpp>

#include <unistd.h>

#include <array>
#include <cstdint>
#include <ctime>
#include <optional>
#include <unordered_map>
#include <unordered_set>
#include <utility>

namespace umoci::bundle {
namespace {

std::optional<std::string> host_name() {
  std::array<char, 256> name{};
  if (::gethostname(name.data(), name.size() - 1) != 0 || name[0] == '\0') return std::nullopt;
  return name.data();
}

/// The name of the effective user in /etc/passwd, if it is there. The file alone is asked: the C
/// library would load modules of the host into this program, which must not be where it is linked
/// statically, and $USER names whoever logged in.
std::optional<std::string> user_name() {
  constexpr std::uint64_t limit_bytes = 16ULL << 20U;
  try {
    const std::string text = fs::read_file("/etc/passwd", limit_bytes);
    runtime::UserEntries entries(text);
    while (const auto entry = entries.next()) {
      if (entry->uid == ::geteuid()) return std::string(entry->name);
    }
  } catch (const Error&) {  // A comment is not worth an error.
  }
  return std::nullopt;
}

/// Such as "Sat Nov 21 01:18:17 2026", in local time and independent of the locale.
std::string local_date() {
  constexpr std::array<const char*, 7> days{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  constexpr std::array<const char*, 12> months{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                               "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const std::time_t now = std::time(nullptr);
  std::tm local{};
  ::localtime_r(&now, &local);
  std::array<char, 64> rest{};
  std::strftime(rest.data(), rest.size(), "%H:%M:%S %Y", &local);
  return std::string(days.at(static_cast<std::size_t>(local.tm_wday))) + " " +
         months.at(static_cast<std::size_t>(local.tm_mon)) + " " + std::to_string(local.tm_mday) +
         " " + rest.data();
}

/// What was below the paths whose entries in a layer leave nothing of it.
class PackedAway {
 public:
  PackedAway(const std::vector<mtree::Delta>& deltas, const layer::Masks& masks) {
    for (const auto& delta : deltas) {
      const bool covers =
          delta.kind == mtree::DeltaKind::missing || delta.type != tree::EntryType::directory;
      if (covers && !layer::is_masked(delta.path, masks)) tops_.insert(delta.path);
    }
  }

  [[nodiscard]] bool holds(tree::TreePath path) const {
    while (!path.is_root()) {
      path = path.parent();
      if (tops_.contains(path)) return true;
    }
    return false;
  }

 private:
  std::unordered_set<tree::TreePath> tops_;
};

}  // namespace

mtree::Manifest describe_rootfs(const fs::Root& rootfs, const mtree::Facts& known,
                                std::stop_token stop, Progress* progress) {
  const PhaseReport phase(progress, {.activity = ProgressActivity::describe_rootfs});
  fs::Walker walker(rootfs);
  tree::CancellableEntries cancellable(walker, std::move(stop));
  tree::ReportedEntries entries(cancellable, progress);
  mtree::Manifest manifest = mtree::collect(entries, mtree::bundle_keywords, known);
  phase.finish();
  return manifest;
}

std::string format_rootfs_manifest(const mtree::Manifest& manifest,
                                   const std::filesystem::path& rootfs) {
  const mtree::Header header{.user = user_name(),
                             .machine = host_name(),
                             .tree = std::filesystem::absolute(rootfs).lexically_normal().native(),
                             .date = local_date()};
  return manifest.format(header, mtree::bundle_keywords);
}

mtree::Manifest refresh_manifest(const RepackedTree& tree) {
  std::unordered_map<tree::TreePath, mtree::DeltaKind> changed;
  for (const auto& delta : tree.deltas) changed.emplace(delta.path, delta.kind);

  // A file that is as it was need not be read again.
  const auto known = [&](const tree::Entry& entry) -> std::optional<std::string> {
    const mtree::Record* record =
        changed.contains(entry.path) ? nullptr : tree.old.find(entry.path);
    if (record == nullptr || record->sha256.empty()) return std::nullopt;
    return record->sha256;
  };
  const auto facts = [&](const tree::Entry& entry) { return tree.old.facts_of(entry); };
  std::vector<mtree::Record> records =
      describe_rootfs(tree.rootfs, {.known_digest = known, .image_facts = facts}, {}, tree.progress)
          .records();

  // What lay in a directory that is packed as gone, or as something else, is gone in the image too.
  const PackedAway packed_away(tree.deltas, tree.masks);
  const auto keeps_old_record = [&](const tree::TreePath& path) {
    return changed.contains(path) && layer::is_masked(path, tree.masks) && !packed_away.holds(path);
  };
  std::erase_if(records, [&](const mtree::Record& record) {
    // What comes in the place of a socket will be new to the image.
    return record.type == tree::EntryType::socket || keeps_old_record(record.path);
  });
  for (const mtree::Record& record : tree.old.records()) {
    if (keeps_old_record(record.path)) records.push_back(record);
  }
  const std::unordered_set<tree::TreePath> apart(tree.left_behind.begin(), tree.left_behind.end());
  for (mtree::Record& record : records) {
    if (apart.contains(record.path)) record.linked = mtree::linked_with_nothing;
  }
  return mtree::Manifest(std::move(records));
}

}  // namespace umoci::bundle
