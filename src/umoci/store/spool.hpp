// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <umoci/base/unique_fd.hpp>
#include <umoci/io/source.hpp>

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>

namespace umoci::store {

/// Bytes that nobody else can see: in memory while they are few, beyond that in a file without a
/// name, which is gone when this object is. Written once, then read any number of times.
class Spool {
 public:
  static constexpr std::size_t most_in_memory_bytes = 1U << 20U;

  /// `directory` is where the file would be made.
  explicit Spool(std::filesystem::path directory) : directory_(std::move(directory)) {}

  /// Throws: no_space, permission, io, saying that it is about that directory.
  void append(io::Bytes bytes);
  /// Writes out what is held back. To be called once, after the last append().
  void finish();

  [[nodiscard]] std::uint64_t size_bytes() const noexcept { return size_bytes_; }
  [[nodiscard]] bool is_in_memory() const noexcept { return !file_; }

  /// The bytes from the first on. Thread-safe after finish(); this object must outlive the result.
  [[nodiscard]] std::unique_ptr<io::Source> open() const;

 private:
  void write_out(io::Bytes bytes);

  std::filesystem::path directory_;
  std::string memory_;
  UniqueFd file_;
  std::uint64_t size_bytes_ = 0;
};

}  // namespace umoci::store
