// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <umoci/base/unique_fd.hpp>
#include <umoci/io/sink.hpp>

#include <sys/types.h>

#include <filesystem>
#include <string>
#include <string_view>

namespace umoci::fs {

enum class Durability { synced, unsynced };

/// A file that appears whole or not at all: written beside its final name, renamed on commit(). For
/// the user's own paths, never inside a rootfs. The destructor removes what was not committed.
class AtomicFile final : public io::Sink {
 public:
  /// `mode` is subject to the umask.
  explicit AtomicFile(std::filesystem::path path, mode_t mode = 0666);
  ~AtomicFile() override;

  void write(io::Bytes bytes) override;
  void finish() override {}
  [[nodiscard]] int fd() const noexcept { return fd_.get(); }

  /// Publishes under the final name, replacing a file or link there. With `synced` content and name
  /// survive a power cut. Throws: io, no_space, permission; then nothing was published.
  void commit(Durability durability = Durability::synced);
  /// Publishes, but fails with already_exists if the name is taken.
  void commit_new(Durability durability = Durability::synced);

 private:
  void close_file(Durability durability);
  void sync_directory() const;

  std::filesystem::path path_;
  std::filesystem::path temporary_;
  UniqueFd fd_;
};

/// Reads a whole file of the user's. Throws: not_found, limit_exceeded, io; invalid_data if it is
/// no regular file.
[[nodiscard]] std::string read_file(const std::filesystem::path& path, std::uint64_t limit_bytes);

/// A name that nobody else uses: `prefix` and ten random decimal digits.
[[nodiscard]] std::string random_name(std::string_view prefix);

/// fsync of a directory, so that names in it survive a power cut.
void sync_directory(const std::filesystem::path& path);

}  // namespace umoci::fs
