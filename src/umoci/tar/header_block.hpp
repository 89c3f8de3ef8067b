// SPDX-License-Identifier: Apache-2.0
#pragma once

// The 512 bytes in front of every member: where its fields are, and how they are read.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace umoci::tar {

inline constexpr std::size_t block_bytes = 512;

/// How many bytes follow `size_bytes` up to the next block.
[[nodiscard]] constexpr std::size_t padding_of(std::uint64_t size_bytes) {
  return (block_bytes - size_bytes % block_bytes) % block_bytes;
}

/// A range of bytes of a header block.
struct Field {
  std::string_view name;  ///< for messages
  std::size_t offset;
  std::size_t size;
};

namespace field {

inline constexpr Field name{"name", 0, 100};
inline constexpr Field mode{"mode", 100, 8};
inline constexpr Field uid{"uid", 108, 8};
inline constexpr Field gid{"gid", 116, 8};
inline constexpr Field size{"size", 124, 12};
inline constexpr Field mtime{"mtime", 136, 12};
inline constexpr Field checksum{"checksum", 148, 8};
inline constexpr Field type{"type", 156, 1};
inline constexpr Field link{"link name", 157, 100};
inline constexpr Field magic{"magic", 257, 8};  ///< with the version
inline constexpr Field device_major{"device major", 329, 8};
inline constexpr Field device_minor{"device minor", 337, 8};
inline constexpr Field ustar_prefix{"prefix", 345, 155};

inline constexpr Field star_prefix{"prefix", 345, 131};
inline constexpr Field star_atime{"atime", 476, 12};
inline constexpr Field star_trailer{"trailer", 508, 4};

inline constexpr Field gnu_atime{"atime", 345, 12};
inline constexpr Field gnu_ctime{"ctime", 357, 12};
inline constexpr Field gnu_sparse{"sparse map", 386, 96};
inline constexpr Field gnu_sparse_more{"sparse map continuation", 482, 1};
inline constexpr Field gnu_real_size{"real size", 483, 12};

}  // namespace field

namespace type_flag {

inline constexpr char v7_file = '\0';
inline constexpr char file = '0';
inline constexpr char hard_link = '1';
inline constexpr char symlink = '2';
inline constexpr char char_device = '3';
inline constexpr char block_device = '4';
inline constexpr char directory = '5';
inline constexpr char fifo = '6';
inline constexpr char contiguous_file = '7';
inline constexpr char gnu_sparse_file = 'S';
inline constexpr char pax = 'x';
inline constexpr char pax_global = 'g';
inline constexpr char gnu_long_name = 'L';
inline constexpr char gnu_long_link = 'K';

}  // namespace type_flag

enum class Dialect {
  v7,     ///< no magic
  ustar,  ///< also PAX
  star,   ///< Schilling's tar before POSIX.1-2001
  gnu,
};

/// A view of one header block, which must outlive it.
class HeaderBlock {
 public:
  /// `block` is 512 bytes long. Throws: invalid_data if the checksum is wrong.
  explicit HeaderBlock(std::string_view block);

  [[nodiscard]] char type() const { return block_[field::type.offset]; }
  [[nodiscard]] Dialect dialect() const noexcept { return dialect_; }

  /// The bytes of a field.
  [[nodiscard]] std::string_view bytes(const Field& field) const {
    return block_.substr(field.offset, field.size);
  }
  /// The bytes up to the first NUL.
  [[nodiscard]] std::string_view text(const Field& field) const;
  /// Throws: invalid_data if the field holds no number.
  [[nodiscard]] std::int64_t number(const Field& field) const;

  /// What stands in front of the name, without the slash between them.
  [[nodiscard]] std::string_view prefix() const;
  /// Seconds; absent where the dialect has none or it was not set.
  [[nodiscard]] std::optional<std::int64_t> atime() const;

 private:
  [[nodiscard]] bool has_gnu_times() const;

  std::string_view block_;
  Dialect dialect_;
};

}  // namespace umoci::tar
