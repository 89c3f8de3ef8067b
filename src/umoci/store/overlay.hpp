// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <umoci/store/driver.hpp>
#include <umoci/store/spool.hpp>

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace umoci::store {

/// What an OverlayDriver and the blobs being written to it share: a driver that is only read, and
/// what differs from it. Thread-safe.
class Overlay {
 public:
  Overlay(std::shared_ptr<Driver> below, std::filesystem::path temporary_directory)
      : below_(std::move(below)), temporary_directory_(std::move(temporary_directory)) {}

  [[nodiscard]] Driver& below() const noexcept { return *below_; }
  /// An empty place for the bytes of a blob.
  [[nodiscard]] std::shared_ptr<Spool> make_spool() const;

  /// A blob that was written here; nullptr if it was not.
  [[nodiscard]] std::shared_ptr<const Spool> find(const digest::Digest& digest) const;
  /// True for a blob that is below, but shall not be seen.
  [[nodiscard]] bool is_hidden(const digest::Digest& digest) const;
  /// Size of a blob, wherever it is.
  [[nodiscard]] std::optional<std::uint64_t> find_size(const digest::Digest& digest) const;

  /// Takes finished bytes, unless such a blob is there already.
  void put(const digest::Digest& digest, std::shared_ptr<const Spool> bytes);
  void remove(const digest::Digest& digest);
  [[nodiscard]] std::optional<BlobListing> list(digest::Algorithm algorithm) const;

  [[nodiscard]] std::string read_index() const;
  void replace_index(std::string before, std::string after);

  /// Blobs put since the last call of settle().
  [[nodiscard]] std::set<digest::Digest> unsettled() const;
  void settle();

  [[nodiscard]] std::vector<Leftover> find_leftovers() const;
  void remove_leftover(const Leftover& leftover);

  [[nodiscard]] ForeseenChanges changes() const;

 private:
  struct Written {
    std::shared_ptr<const Spool> bytes;
    std::int64_t modified_seconds;
  };
  /// From its first change on.
  struct ChangedIndex {
    std::string before;
    std::string after;
  };

  const std::shared_ptr<Driver> below_;
  const std::filesystem::path temporary_directory_;
  mutable std::mutex mutex_;
  std::map<digest::Digest, Written> written_;
  std::vector<digest::Digest> order_;  ///< of writing
  std::set<digest::Digest> hidden_;
  std::set<digest::Digest> unsettled_;
  std::set<std::string> removed_leftovers_;
  std::optional<ChangedIndex> index_;
};

}  // namespace umoci::store
