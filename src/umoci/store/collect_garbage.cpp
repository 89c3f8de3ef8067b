// SPDX-License-Identifier: Apache-2.0
#include <umoci/store/collect_garbage.hpp>

#include <umoci/base/cancellation.hpp>
#include <umoci/base/error.hpp>
#include <umoci/store/blob_listing.hpp>
#include <umoci/store/index_file.hpp>
#include <umoci/store/layout_impl.hpp>
#include <umoci/store/reachable.hpp>
#include <umoci/store/work_directory.hpp>

#include <fcntl.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <functional>
#include <limits>
#include <utility>

namespace umoci::store {
namespace {

/// The store lock: for ourselves alone to remove, shared with writers to look only. A session of
/// this layout lends its lock: a second one would wait for the first for ever.
class StoreLock {
 public:
  StoreLock(const LayoutDirectory& layout, WriteSessions& sessions, LockMode mode)
      : session_(sessions.current()), mode_(mode), log_(layout.log()) {
    if (session_) {
      if (mode_ == LockMode::exclusive) session_->convert_lock(mode_);
      return;
    }
    fd_ = layout.open_directory(".");
    layout.locker().lock(fd_.get(), mode_, store_lock);
  }
  StoreLock(const StoreLock&) = delete;
  StoreLock& operator=(const StoreLock&) = delete;
  ~StoreLock() {
    if (!session_ || mode_ == LockMode::shared) return;
    try {
      session_->convert_lock(LockMode::shared);
    } catch (const Error& error) {
      // What follows is as on a file system without locks.
      log_.warn("store lock is lost", {{"reason", error.what()}});
    }
  }

  [[nodiscard]] const WriteSession* session() const { return session_.get(); }

 private:
  std::shared_ptr<WriteSession> session_;
  LockMode mode_;
  Log& log_;
  UniqueFd fd_;
};

/// What is being written at this moment without regard to the lock that we hold.
struct ForeignWriters {
  /// Blobs not older than this may be theirs.
  std::int64_t oldest_seconds = std::numeric_limits<std::int64_t>::max();
};

class Collector {
 public:
  Collector(const LayoutDirectory& layout, const BlobStore& blobs, const WriteSession* session,
            Log& log, const CollectOptions& options)
      : layout_(layout),
        blobs_(blobs),
        session_(session),
        log_(log),
        options_(options),
        progress_(options.progress) {}

  GarbageReport run() {
    check_stored();
    plan();
    if (options_.collection == Collection::dry_run) return foresee();
    remove_blobs();
    for_each_dead_temporary_file([&](const std::string& path) { remove_temporary_file(path); });
    for (std::string& name : dead_work_directories()) remove_work_directory(std::move(name));
    return std::move(report_);
  }

 private:
  /// Another collector may have come between a session's shared lock and our exclusive one.
  void check_stored() const {
    if (session_ == nullptr) return;
    for (const digest::Digest& digest : session_->stored()) {
      if (blobs_.find(digest)) continue;
      throw Error(ErrorKind::conflict,
                  "blob was removed by another collector: " + quoted(digest.text()));
    }
  }

  /// Decides what to remove. Done again if a program that knows no locks changed the index
  /// meanwhile.
  void plan() {
    const PhaseReport phase(progress_, {.activity = ProgressActivity::find_garbage});
    constexpr int attempts = 50;
    for (int attempt = 0; attempt < attempts; ++attempt) {
      const std::string text = read_index_text(layout_);
      const DigestSet reachable = mark(text);
      list(reachable);
      if (read_index_text(layout_) == text) return phase.finish();
    }
    throw Error(ErrorKind::conflict, "the index does not stop changing: " +
                                         quoted((layout_.path() / index_name).string()));
  }

  DigestSet mark(const std::string& text) const {
    oci::Index index =
        in_context([&] { return quoted((layout_.path() / index_name).string()); },
                   [&] { return oci::Index::parse_top_level(text, layout_.limits()); });
    for (const digest::Digest& digest : options_.keep) {
      const auto size_bytes = blobs_.find(digest);
      if (!size_bytes) continue;
      // An entry of unknown type: if it is a document, it is followed.
      oci::Descriptor entry;
      entry.digest = digest;
      entry.size_bytes = static_cast<std::int64_t>(*size_bytes);
      index.manifests.push_back(std::move(entry));
    }
    DigestSet reachable =
        find_reachable(index, blobs_, layout_, {.log = log_, .progress = progress_});
    if (session_ != nullptr) {
      for (const digest::Digest& digest : session_->stored()) reachable.insert(digest.text());
    }
    return reachable;
  }

  void list(const DigestSet& reachable) {
    report_ = {};
    unreachable_.clear();
    temporary_.clear();
    std::vector<ListedBlob> candidates;
    for (const auto algorithm :
         {digest::Algorithm::sha256, digest::Algorithm::sha384, digest::Algorithm::sha512}) {
      auto listing = list_own_blobs(layout_, algorithm);
      if (!listing) continue;
      if (progress_ != nullptr) progress_->add_entries(listing->blobs.size());
      for (ListedBlob& listed : listing->blobs) {
        if (reachable.contains(listed.blob.digest.text()))
          keep(listed.blob);
        else
          candidates.push_back(std::move(listed));
      }
      std::ranges::move(listing->temporary, std::back_inserter(temporary_));
      std::ranges::move(listing->foreign, std::back_inserter(report_.skipped));
    }
    // Looked for after the listing: the blobs of whoever starts later are not in it.
    spare(std::move(candidates), find_foreign_writers());
  }

  void keep(const StoredBlob& blob) {
    ++report_.kept_blobs;
    report_.kept_bytes += blob.size_bytes;
  }

  ForeignWriters find_foreign_writers() const {
    ForeignWriters writers;
    const std::string own = own_work_directory();
    for (const FoundWorkDirectory& found : find_work_directories(layout_)) {
      if (!found.is_alive || found.name == own) continue;
      const std::int64_t born =
          found.born_seconds.value_or(std::numeric_limits<std::int64_t>::min());
      writers.oldest_seconds = std::min(writers.oldest_seconds, born);
    }
    return writers;
  }

  void spare(std::vector<ListedBlob> candidates, const ForeignWriters& writers) {
    const std::int64_t youngest_seconds = youngest_to_remove();
    for (ListedBlob& listed : candidates) {
      const bool is_spared = listed.modified_seconds >= writers.oldest_seconds;
      if (!is_spared && listed.modified_seconds <= youngest_seconds) {
        unreachable_.push_back(std::move(listed.blob));
        continue;
      }
      keep(listed.blob);
      (is_spared ? report_.spared : report_.young).push_back(std::move(listed.blob));
    }
  }

  /// The latest time of writing, in seconds since 1970, that a blob may have to go.
  [[nodiscard]] std::int64_t youngest_to_remove() const {
    if (options_.min_age.count() == 0) return std::numeric_limits<std::int64_t>::max();
    return static_cast<std::int64_t>(::time(nullptr)) - options_.min_age.count();
  }

  void remove_blobs() {
    std::uint64_t total_bytes = 0;
    for (const StoredBlob& blob : unreachable_) total_bytes += blob.size_bytes;
    const PhaseReport phase(progress_, {.activity = ProgressActivity::remove_garbage,
                                        .total_bytes = total_bytes,
                                        .total_entries = unreachable_.size()});
    for (const StoredBlob& blob : unreachable_) {
      remove_blob(blob);
      phase.add_entry();
      phase.add_bytes(blob.size_bytes);
    }
    phase.finish();
  }

  GarbageReport foresee() {
    report_.removed = std::move(unreachable_);
    for_each_dead_temporary_file(
        [&](const std::string& path) { report_.removed_temporary_files.push_back(path); });
    report_.removed_work_directories = dead_work_directories();
    return std::move(report_);
  }

  [[nodiscard]] std::string own_work_directory() const {
    return session_ != nullptr ? session_->work_directory_name() : std::string();
  }

  void remove_blob(const StoredBlob& blob) {
    check_not_cancelled(layout_.stop());
    const std::string path = blob_path(blob.digest);
    if (::unlinkat(layout_.fd(), path.c_str(), 0) != 0 && errno != ENOENT) {
      const int number = errno;
      in_context([&] { return "remove blob " + blob.digest.text(); },
                 [&] { layout_.throw_write_error(number, path); });
    }
    log_.debug("blob removed", {{"digest", blob.digest.text()}});
    report_.removed.push_back(blob);
  }

  /// Lends the temporary files that no writer holds a lock on, locked so that nobody else takes
  /// them for dead meanwhile.
  void for_each_dead_temporary_file(const std::function<void(const std::string&)>& fn) const {
    wait_for_newborns(layout_, temporary_);
    for (const std::string& path : temporary_) {
      const UniqueFd file = layout_.open_file(path);
      if (file && try_lock(file.get()) == TryLock::locked) fn(path);
    }
  }

  void remove_temporary_file(const std::string& path) {
    if (::unlinkat(layout_.fd(), path.c_str(), 0) != 0 && errno != ENOENT) {
      layout_.throw_write_error(errno, path);
    }
    report_.removed_temporary_files.push_back(path);
  }

  [[nodiscard]] std::vector<std::string> dead_work_directories() const {
    const std::string own = own_work_directory();
    std::vector<std::string> names;
    for (FoundWorkDirectory& found : find_work_directories(layout_)) {
      if (!found.is_alive && found.name != own) names.push_back(std::move(found.name));
    }
    return names;
  }

  void remove_work_directory(std::string name) {
    try {
      if (remove_dead_work_directory(layout_, name)) {
        report_.removed_work_directories.push_back(std::move(name));
      }
    } catch (const Error& error) {
      log_.warn("work directory cannot be removed",
                {{"path", (layout_.path() / name).string()}, {"reason", error.what()}});
    }
  }

  const LayoutDirectory& layout_;
  const BlobStore& blobs_;
  const WriteSession* session_;
  Log& log_;
  const CollectOptions& options_;
  Progress* progress_;
  std::vector<StoredBlob> unreachable_;
  std::vector<std::string> temporary_;
  GarbageReport report_;
};

void tell(const GarbageReport& report, Log& log) {
  for (const std::string& path : report.skipped) {
    log.warn("file is no blob and is left alone", {{"path", path}});
  }
  if (!report.spared.empty()) {
    log.warn("another program is writing to the layout: its blobs may be among those left",
             {{"left", std::to_string(report.spared.size())}});
  }
}

}  // namespace

GarbageReport collect_garbage(Layout& layout, Log& log, const CollectOptions& options) {
  Layout::Impl& impl = *layout.impl_;
  const LockMode mode =
      options.collection == Collection::remove ? LockMode::exclusive : LockMode::shared;
  const StoreLock lock(*impl.directory, impl.sessions, mode);
  GarbageReport report = Collector(*impl.directory, impl.blobs, lock.session(), log, options).run();
  tell(report, log);
  return report;
}

}  // namespace umoci::store
