// SPDX-License-Identifier: Apache-2.0
#pragma once

// Where a layout is kept: the seam between what is done with a layout (Layout, collect_garbage) and
// the place that holds its bytes. A driver keeps bytes under digests and the bytes of one index; it
// knows neither tags nor images. DirectoryDriver keeps them on the disk, OverlayDriver keeps
// changes to itself, above another driver that stays as it is. Read first: Driver, Capabilities.

#include <umoci/base/limits.hpp>
#include <umoci/base/log.hpp>
#include <umoci/digest/digest.hpp>
#include <umoci/oci/index.hpp>
#include <umoci/store/blob_store.hpp>
#include <umoci/store/foreseen_changes.hpp>
#include <umoci/store/layout_options.hpp>
#include <umoci/store/lock_mode.hpp>

#include <array>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <stop_token>
#include <string>
#include <vector>

namespace umoci::store {

/// What a driver can do at all; whether the caller may is another question. Functions for what it
/// cannot do throw unsupported.
struct Capabilities {
  bool writable = false;   ///< blobs can be added, and the index changed
  bool listable = false;   ///< blobs can be listed
  bool deletable = false;  ///< blobs and leftovers can be removed
  bool lockable = false;   ///< other processes can be kept waiting
  bool streaming = false;  ///< blobs of any size are read and written without being held in memory

  friend bool operator==(const Capabilities&, const Capabilities&) = default;
};

/// The algorithms a layout can have blobs of that anybody could check.
inline constexpr std::array all_algorithms{digest::Algorithm::sha256, digest::Algorithm::sha384,
                                           digest::Algorithm::sha512};

/// Something whose name is a digest.
struct ListedBlob {
  StoredBlob blob;  ///< the size of a link is its own
  std::int64_t modified_seconds = 0;
};

/// What there is of one algorithm, sorted by name; paths are relative to the layout. Temporary
/// files of writers are not among it.
struct BlobListing {
  std::vector<ListedBlob> blobs;
  std::vector<std::string> foreign;  ///< what is no blob
};

/// What nobody needs who lives, or what nobody can tell.
struct Leftover {
  enum class Kind {
    temporary_file,  ///< a blob that a dead writer did not finish
    junk,            ///< a regular file among the blobs whose name is no digest
    foreign_file,    ///< what skopeo or its kin began to write; its writer may live
    work_directory,  ///< of a dead writer
  };
  Kind kind = Kind::junk;
  std::string path;                   ///< relative to the layout
  std::int64_t modified_seconds = 0;  ///< since 1970; of junk and foreign files alone
};

/// Held as long as the object lives.
class StoreLock {
 public:
  StoreLock() = default;
  StoreLock(const StoreLock&) = delete;
  StoreLock& operator=(const StoreLock&) = delete;
  virtual ~StoreLock() = default;
};

/// Keeps a layout. Thread-safe but for what is said to be for collectors of garbage, of which an
/// object serves one at a time.
class Driver {
 public:
  Driver(const Driver&) = delete;
  Driver& operator=(const Driver&) = delete;
  virtual ~Driver() = default;

  [[nodiscard]] const Limits& limits() const noexcept { return limits_; }
  [[nodiscard]] const std::stop_token& stop() const noexcept { return stop_; }
  [[nodiscard]] Log& log() const noexcept { return log_; }

  [[nodiscard]] virtual Capabilities capabilities() const = 0;
  /// What messages call the layout.
  [[nodiscard]] virtual const std::filesystem::path& path() const noexcept = 0;

  [[nodiscard]] virtual BlobStore& blobs() noexcept = 0;
  [[nodiscard]] virtual const BlobStore& blobs() const noexcept = 0;

  /// The first bytes of a blob, `count` of them or all there are; empty if there is no such blob.
  /// Not verified: good for a guess at what the blob is, and for nothing else.
  [[nodiscard]] virtual std::string read_start(const digest::Digest& digest,
                                               std::size_t count) const = 0;

  /// The bytes of the index as it is now. They tell one version of it from another, too. Throws:
  /// not_found, invalid_data, limit_exceeded, io.
  [[nodiscard]] virtual std::string read_index() const = 0;

  /// Makes the new bytes of the index from those that it has; nullopt: it stays as it is.
  using IndexOperation = std::function<std::optional<std::string>(const std::string&)>;
  /// Applies `operation` to the freshly read index while nobody else can change it. All blobs
  /// written before are durable by then. An exception leaves the index as it is. Throws: permission
  /// ("layout is read-only"), io, no_space; what `operation` throws.
  virtual void update_index(const IndexOperation& operation) = 0;

  /// Throws permission ("layout is read-only") if that cannot be written.
  virtual void require_writable(Writes writes) const = 0;
  /// Keeps collectors of garbage in other processes waiting until the next update of the index, or
  /// the end of this object. Creating a blob does it too.
  virtual void hold_blobs() = 0;
  /// True for the directory where this object keeps what it has not finished.
  [[nodiscard]] virtual bool is_work_directory(std::uint64_t device, std::uint64_t inode) const;

  // What follows is for collectors of garbage.

  /// The store lock: alone, to remove blobs, or shared with writers. Waits for those who hold it.
  [[nodiscard]] virtual std::unique_ptr<StoreLock> lock_store(LockMode mode);
  /// Blobs that this object stored since the last update of the index: nothing may lead to them
  /// yet.
  [[nodiscard]] virtual std::set<digest::Digest> unsettled_blobs() const = 0;
  /// nullopt if there is no place for blobs of this algorithm, or if it is not this layout's alone.
  [[nodiscard]] virtual std::optional<BlobListing> list_blobs(digest::Algorithm algorithm) const;
  /// That it is gone already is a success, too. Throws: permission, io.
  virtual void remove_blob(const digest::Digest& digest);
  /// Since when another program has been writing, in seconds since 1970, that takes no store lock;
  /// nullopt if there is none. What is listed before and was written since may be its.
  [[nodiscard]] virtual std::optional<std::int64_t> foreign_writer_seconds() const;
  /// In the order of their kinds.
  [[nodiscard]] virtual std::vector<Leftover> find_leftovers() const;
  /// False if a writer owns it by now. Throws: permission, io.
  virtual bool remove_leftover(const Leftover& leftover);

  /// What would have changed so far, of a driver that keeps changes to itself; nullopt from all
  /// others.
  [[nodiscard]] virtual std::optional<ForeseenChanges> foreseen() const;

 protected:
  Driver(Limits limits, std::stop_token stop, Log& log)
      : limits_(limits), stop_(std::move(stop)), log_(log) {}

 private:
  Limits limits_;
  std::stop_token stop_;
  Log& log_;
};

/// Reads the bytes of the index of `driver`; errors say whose they are. Throws: invalid_data,
/// limit_exceeded.
[[nodiscard]] oci::Index parse_index(const Driver& driver, const std::string& text);

}  // namespace umoci::store
