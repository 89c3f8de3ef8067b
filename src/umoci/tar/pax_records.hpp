// SPDX-License-Identifier: Apache-2.0
#pragma once

// The text in the body of an extended header: `<length> <key>=<value>\n`, again and again.

#include <umoci/base/limits.hpp>
#include <umoci/tar/extent.hpp>

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace umoci::tar {

/// The keys with a meaning here. Others are ignored, extended attributes collected.
enum class PaxKey : std::uint8_t {
  path,
  linkpath,
  size,
  uid,
  gid,
  uname,
  gname,
  mtime,
  atime,
  ctime,
  sparse_major,
  sparse_minor,
  sparse_name,
  sparse_size,
  sparse_real_size,
  sparse_block_count,
  sparse_map,
};
inline constexpr std::size_t pax_key_count = 17;

[[nodiscard]] std::string_view name_of(PaxKey key);

struct PaxRecord {
  std::string_view key;
  std::string_view value;
};

/// Cuts the first record off `rest`, which is not empty. Throws: invalid_data.
[[nodiscard]] PaxRecord next_pax_record(std::string_view& rest);

/// The key of an extended attribute in a record is its name after this.
inline constexpr std::string_view pax_xattr_prefix = "SCHILY.xattr.";

/// Appends a record to `body`.
void append_pax_record(std::string& body, std::string_view key, std::string_view value);

/// The records in front of one entry. Of records with the same key the last counts; one without a
/// value takes back what came before. Values are views of a body kept here.
class PaxRecords {
 public:
  using Xattr = std::pair<std::string_view, std::string_view>;

  PaxRecords() = default;
  PaxRecords(const PaxRecords&) = delete;
  PaxRecords& operator=(const PaxRecords&) = delete;

  /// Replaces everything by the records in `body`, swapping the memory of both. Throws:
  /// invalid_data for a malformed record, limit_exceeded.
  void parse(std::string& body, const Limits& limits);
  void clear();

  [[nodiscard]] bool empty() const noexcept { return body_.empty(); }
  /// Empty if not set.
  [[nodiscard]] std::string_view value(PaxKey key) const {
    return values_[static_cast<std::size_t>(key)];
  }
  /// Throws: invalid_data if the value is no decimal number.
  [[nodiscard]] std::optional<std::int64_t> number(PaxKey key) const;

  /// In the order of the records, the same name perhaps several times; without a value if taken
  /// back.
  [[nodiscard]] const std::vector<Xattr>& xattrs() const noexcept { return xattrs_; }

  /// The regions given as pairs of records, as GNU's sparse format 0.0 does.
  [[nodiscard]] const Extents& sparse_pairs() const noexcept { return sparse_pairs_; }

 private:
  void take(const PaxRecord& record, const Limits& limits);
  void take_sparse_pair(const PaxRecord& record, const Limits& limits);

  std::string body_;
  std::array<std::string_view, pax_key_count> values_;
  std::vector<Xattr> xattrs_;
  Extents sparse_pairs_;
  bool awaits_pair_size_ = false;
};

}  // namespace umoci::tar
