// SPDX-License-Identifier: Apache-2.0
#include <umoci/store/collect_garbage.hpp>

#include <umoci/base/cancellation.hpp>
#include <umoci/base/error.hpp>
#include <umoci/oci/json.hpp>
#include <umoci/oci/media_type.hpp>
#include <umoci/store/driver.hpp>
#include <umoci/store/index_file.hpp>
#include <umoci/store/reachable.hpp>
#include <umoci/store/referrers.hpp>

#include <time.h>

#include <algorithm>
#include <iterator>
#include <limits>
#include <optional>
#include <utility>

namespace umoci::store {
namespace {

constexpr std::int64_t day_seconds = 24L * 60 * 60;

/// What is no index may be what is left of one: that it leads to nothing is no reason to remove all
/// there is.
void require_index(const Driver& driver, const std::string& text) {
  const auto json = oci::Json::parse(text, driver.limits());
  const oci::Json* entries = json.find("manifests");
  const oci::Json* version = json.find("schemaVersion");
  const oci::Json* type = json.find("mediaType");
  // umoci writes 0 in place of none.
  const bool is_version =
      version == nullptr || version->if_int64() == 0 || version->if_int64() == 2;
  const bool is_type =
      type == nullptr || (type->if_string() != nullptr &&
                          oci::kind_of(*type->if_string()) == oci::DocumentKind::index);
  if (entries != nullptr && entries->if_array() != nullptr && is_version && is_type) return;
  throw Error(ErrorKind::invalid_data, "is no image index, nothing is removed: " +
                                           quoted((driver.path() / index_name).string()));
}

class Collector {
 public:
  Collector(Driver& driver, Log& log, const CollectOptions& options)
      : driver_(driver), log_(log), options_(options), progress_(options.progress) {}

  GarbageReport run() {
    check_unsettled();
    plan();
    remove_blobs();
    for (Leftover& leftover : driver_.find_leftovers()) remove_leftover(std::move(leftover));
    return std::move(report_);
  }

 private:
  /// Another collector may have come between a writer's shared lock and our exclusive one.
  void check_unsettled() const {
    for (const digest::Digest& digest : driver_.unsettled_blobs()) {
      if (driver_.blobs().find(digest)) continue;
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
      const std::string text = driver_.read_index();
      oci::Index index = parse_index(driver_, text);
      require_index(driver_, text);
      list(mark(std::move(index)));
      if (driver_.read_index() == text) return phase.finish();
    }
    throw Error(ErrorKind::conflict, "the index does not stop changing: " +
                                         quoted((driver_.path() / index_name).string()));
  }

  /// All that must stay.
  [[nodiscard]] DigestSet mark(oci::Index index) const {
    for (const digest::Digest& digest : options_.keep) {
      const auto size_bytes = driver_.blobs().find(digest);
      if (!size_bytes) continue;
      // An entry of unknown type: if it is a document, it is followed.
      oci::Descriptor entry;
      entry.digest = digest;
      entry.size_bytes = static_cast<std::int64_t>(*size_bytes);
      index.manifests.push_back(std::move(entry));
    }
    SearchOptions search{.log = log_, .progress = progress_, .damage = options_.damage};
    if (options_.referrers == Referrers::kept) {
      search.referrers = [&](const DigestSet& found) { return find_referrers(found, driver_); };
    }
    DigestSet reachable = find_reachable(index, driver_, search);
    for (const digest::Digest& digest : driver_.unsettled_blobs()) reachable.insert(digest.text());
    return reachable;
  }

  void list(const DigestSet& reachable) {
    report_ = {};
    unreachable_.clear();
    std::vector<ListedBlob> candidates;
    for (const digest::Algorithm algorithm : all_algorithms) {
      auto listing = driver_.list_blobs(algorithm);
      if (!listing) continue;
      if (progress_ != nullptr) progress_->add_entries(listing->blobs.size());
      for (ListedBlob& listed : listing->blobs) {
        if (reachable.contains(listed.blob.digest.text()))
          keep(listed.blob);
        else
          candidates.push_back(std::move(listed));
      }
      std::ranges::move(listing->foreign, std::back_inserter(report_.skipped));
    }
    // Looked for after the listing: the blobs of whoever starts later are not in it.
    foreign_writer_seconds_ = driver_.foreign_writer_seconds();
    spare(std::move(candidates));
  }

  void keep(const StoredBlob& blob) {
    ++report_.kept_blobs;
    report_.kept_bytes += blob.size_bytes;
  }

  void spare(std::vector<ListedBlob> candidates) {
    for (ListedBlob& listed : candidates) {
      const bool is_spared = may_be_foreign(listed.modified_seconds);
      if (!is_spared && listed.modified_seconds <= youngest_to_remove()) {
        unreachable_.push_back(std::move(listed.blob));
        continue;
      }
      keep(listed.blob);
      (is_spared ? report_.spared : report_.young).push_back(std::move(listed.blob));
    }
  }

  /// What is not older than another program that is writing may be its.
  [[nodiscard]] bool may_be_foreign(std::int64_t modified_seconds) const {
    return foreign_writer_seconds_ && modified_seconds >= *foreign_writer_seconds_;
  }

  /// The latest time of writing, in seconds since 1970, that a blob may have to go.
  [[nodiscard]] std::int64_t youngest_to_remove() const {
    if (options_.min_age.count() == 0) return std::numeric_limits<std::int64_t>::max();
    return now_seconds_ - options_.min_age.count();
  }

  void remove_blobs() {
    std::uint64_t total_bytes = 0;
    for (const StoredBlob& blob : unreachable_) total_bytes += blob.size_bytes;
    // A dry run removes nothing that anybody could wait for.
    const PhaseReport phase(driver_.foreseen() ? nullptr : progress_,
                            {.activity = ProgressActivity::remove_garbage,
                             .total_bytes = total_bytes,
                             .total_entries = unreachable_.size()});
    for (const StoredBlob& blob : unreachable_) {
      check_not_cancelled(driver_.stop());
      driver_.remove_blob(blob.digest);
      report_.removed.push_back(blob);
      phase.add_entry();
      phase.add_bytes(blob.size_bytes);
    }
    phase.finish();
  }

  [[nodiscard]] bool is_to_go(const Leftover& leftover) const {
    switch (leftover.kind) {
      case Leftover::Kind::junk:
        return options_.junk == Junk::removed && !may_be_foreign(leftover.modified_seconds) &&
               leftover.modified_seconds <= youngest_to_remove();
      case Leftover::Kind::foreign_file:
        return options_.foreign_leftovers == ForeignLeftovers::removed &&
               leftover.modified_seconds <= now_seconds_ - day_seconds;
      default:
        return true;
    }
  }

  void remove_leftover(Leftover leftover) {
    if (!is_to_go(leftover)) return;
    try {
      if (!driver_.remove_leftover(leftover)) return;
    } catch (const Error& error) {
      if (leftover.kind != Leftover::Kind::work_directory) throw;
      log_.warn("work directory cannot be removed",
                {{"path", (driver_.path() / leftover.path).string()}, {"reason", error.what()}});
      return;
    }
    std::erase(report_.skipped, leftover.path);
    removed_of(leftover.kind).push_back(std::move(leftover.path));
  }

  std::vector<std::string>& removed_of(Leftover::Kind kind) {
    switch (kind) {
      case Leftover::Kind::temporary_file:
        return report_.removed_temporary_files;
      case Leftover::Kind::work_directory:
        return report_.removed_work_directories;
      default:
        return report_.removed_foreign_files;
    }
  }

  Driver& driver_;
  Log& log_;
  const CollectOptions& options_;
  Progress* progress_;
  const std::int64_t now_seconds_ = ::time(nullptr);
  std::optional<std::int64_t> foreign_writer_seconds_;
  std::vector<StoredBlob> unreachable_;
  GarbageReport report_;
};

void require_capabilities(const Driver& driver) {
  const Capabilities can = driver.capabilities();
  if (can.listable && can.deletable) return;
  throw Error(ErrorKind::unsupported, "garbage cannot be collected in a layout of this kind: " +
                                          quoted(driver.path().string()));
}

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
  Driver& driver = layout.driver();
  require_capabilities(driver);
  const auto lock = driver.lock_store(LockMode::exclusive);
  GarbageReport report = Collector(driver, log, options).run();
  tell(report, log);
  return report;
}

}  // namespace umoci::store
