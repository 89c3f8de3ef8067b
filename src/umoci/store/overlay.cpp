// SPDX-License-Identifier: Apache-2.0
#include <umoci/store/overlay.hpp>

#include <umoci/base/error.hpp>

#include <time.h>

#include <algorithm>
#include <system_error>
#include <utility>

namespace umoci::store {

std::shared_ptr<Spool> Overlay::make_spool() const {
  if (!temporary_directory_.empty()) return std::make_shared<Spool>(temporary_directory_);
  // Whoever sets TMPDIR to what is no directory learns it when there is something to put there.
  std::error_code ignored;
  auto usual = std::filesystem::temp_directory_path(ignored);
  return std::make_shared<Spool>(usual.empty() ? "/tmp" : std::move(usual));
}

std::shared_ptr<const Spool> Overlay::find(const digest::Digest& digest) const {
  const std::lock_guard guard(mutex_);
  const auto found = written_.find(digest);
  return found != written_.end() ? found->second.bytes : nullptr;
}

bool Overlay::is_hidden(const digest::Digest& digest) const {
  const std::lock_guard guard(mutex_);
  return hidden_.contains(digest);
}

std::optional<std::uint64_t> Overlay::find_size(const digest::Digest& digest) const {
  if (const auto own = find(digest)) return own->size_bytes();
  if (is_hidden(digest)) return std::nullopt;
  return std::as_const(*below_).blobs().find(digest);
}

void Overlay::put(const digest::Digest& digest, std::shared_ptr<const Spool> bytes) {
  const bool is_stored = find_size(digest) == bytes->size_bytes();
  const std::lock_guard guard(mutex_);
  unsettled_.insert(digest);
  if (is_stored) return;
  const auto now = static_cast<std::int64_t>(::time(nullptr));
  Written written{.bytes = std::move(bytes), .modified_seconds = now};
  if (written_.emplace(digest, std::move(written)).second) order_.push_back(digest);
}

void Overlay::remove(const digest::Digest& digest) {
  const std::lock_guard guard(mutex_);
  if (written_.erase(digest) > 0) std::erase(order_, digest);
  hidden_.insert(digest);
}

std::optional<BlobListing> Overlay::list(digest::Algorithm algorithm) const {
  std::optional<BlobListing> listing = std::as_const(*below_).list_blobs(algorithm);
  const std::lock_guard guard(mutex_);
  if (listing) {
    std::erase_if(listing->blobs, [&](const ListedBlob& listed) {
      return hidden_.contains(listed.blob.digest) || written_.contains(listed.blob.digest);
    });
  }
  for (const auto& [digest, written] : written_) {
    if (digest.algorithm() != algorithm) continue;
    if (!listing) listing.emplace();
    listing->blobs.push_back({.blob = {.digest = digest, .size_bytes = written.bytes->size_bytes()},
                              .modified_seconds = written.modified_seconds});
  }
  if (listing) {
    std::ranges::sort(listing->blobs, {}, [](const ListedBlob& item) { return item.blob.digest; });
  }
  return listing;
}

std::string Overlay::read_index() const {
  {
    const std::lock_guard guard(mutex_);
    if (index_) return index_->after;
  }
  return below_->read_index();
}

void Overlay::replace_index(std::string before, std::string after) {
  const std::lock_guard guard(mutex_);
  if (!index_) index_ = {.before = std::move(before), .after = {}};
  index_->after = std::move(after);
}

std::set<digest::Digest> Overlay::unsettled() const {
  const std::lock_guard guard(mutex_);
  return unsettled_;
}

void Overlay::settle() {
  const std::lock_guard guard(mutex_);
  unsettled_.clear();
}

std::vector<Leftover> Overlay::find_leftovers() const {
  std::vector<Leftover> leftovers = below_->find_leftovers();
  const std::lock_guard guard(mutex_);
  std::erase_if(leftovers, [&](const Leftover& leftover) {
    return removed_leftovers_.contains(leftover.path);
  });
  return leftovers;
}

void Overlay::remove_leftover(const Leftover& leftover) {
  const std::lock_guard guard(mutex_);
  removed_leftovers_.insert(leftover.path);
}

ForeseenChanges Overlay::changes() const {
  const std::lock_guard guard(mutex_);
  ForeseenChanges changes;
  for (const digest::Digest& digest : order_) {
    changes.written.push_back(
        {.digest = digest, .size_bytes = written_.at(digest).bytes->size_bytes()});
  }
  if (index_) {
    changes.refs =
        compare_refs(parse_index(*below_, index_->before), parse_index(*below_, index_->after));
  }
  return changes;
}

}  // namespace umoci::store
