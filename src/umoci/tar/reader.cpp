// SPDX-License-Identifier: Apache-2.0
#include <umoci/tar/reader.hpp>

#include <umoci/base/error.hpp>
#include <umoci/tar/block_cursor.hpp>
#include <umoci/tar/entry_context.hpp>
#include <umoci/tar/entry_metadata.hpp>
#include <umoci/tar/header_block.hpp>
#include <umoci/tar/member_content.hpp>
#include <umoci/tar/sparse_map.hpp>

#include <fmt/format.h>

#include <array>
#include <span>
#include <string>

namespace umoci::tar {
namespace {

bool is_zero(std::string_view block) {
  static constexpr std::array<char, block_bytes> zeros{};
  return block == std::string_view(zeros.data(), zeros.size());
}

bool is_special(char type) {
  return type == type_flag::pax || type == type_flag::pax_global ||
         type == type_flag::gnu_long_name || type == type_flag::gnu_long_link;
}

}  // namespace

class Reader::Impl {
 public:
  Impl(io::Source& archive, const Limits& limits) : archive_(archive), limits_(limits) {}

  const tree::Entry* next();
  io::Source& content() { return content_; }
  [[nodiscard]] std::string_view stored_name() const { return stored_name_; }
  [[nodiscard]] bool has_end_marker() const { return has_end_marker_; }

 private:
  enum class State { reading, ended, failed };

  bool read_headers();
  void read_special(const HeaderBlock& header);
  void read_body(std::uint64_t size_bytes);
  void read_entry(const HeaderBlock& header);
  void open_content(const HeaderBlock& header);
  void check_content_size();
  void check_end();

  BlockCursor archive_;
  const Limits limits_;
  Overrides overrides_;
  tree::Entry entry_;
  MemberContent content_{archive_, entry_};

  std::uint64_t entry_count_ = 0;
  std::uint64_t content_bytes_ = 0;  ///< of all entries so far
  std::uint64_t header_offset_bytes_ = 0;
  bool is_named_ = false;  ///< entry_.path is that of the header being read
  bool has_end_marker_ = false;
  State state_ = State::reading;

  // Memory used again from entry to entry.
  std::string body_;
  std::string joined_name_;
  std::string stored_name_;
  Extents extents_;
};

const tree::Entry* Reader::Impl::next() {
  if (state_ == State::ended) return nullptr;
  if (state_ == State::failed) {
    // Whatever comes now, nobody knows where a member starts.
    throw Error(ErrorKind::invalid_data, "archive is read on after an error");
  }
  state_ = State::failed;
  content_.close();
  is_named_ = false;
  const auto where = [this] {
    return is_named_ ? entry_context(entry_.path)
                     : fmt::format("tar header at byte {}", header_offset_bytes_);
  };
  const bool found = in_context(where, [this] { return read_headers(); });
  state_ = found ? State::reading : State::ended;
  return found ? &entry_ : nullptr;
}

/// Reads special headers up to the one of an entry. Returns false at the end of the archive.
bool Reader::Impl::read_headers() {
  overrides_.clear();
  for (;;) {
    header_offset_bytes_ = archive_.offset_bytes();
    const std::string_view block = archive_.peek_block();
    // Special headers without an entry after them mean nothing.
    if (block.empty()) return false;
    if (is_zero(block)) {
      check_end();
      has_end_marker_ = true;
      return false;
    }
    const HeaderBlock header(block);
    if (!is_special(header.type())) {
      read_entry(header);
      return true;
    }
    read_special(header);
  }
}

void Reader::Impl::read_special(const HeaderBlock& header) {
  const char type = header.type();
  // Records in front of a special header are not about it: its own size counts.
  const std::uint64_t size_bytes = size_field_bytes(header);
  check_limit(limits_, &Limits::special_header_bytes, size_bytes);
  archive_.consume_block();
  read_body(size_bytes);

  switch (type) {
    case type_flag::pax:
      overrides_.pax.parse(body_, limits_);
      break;
    case type_flag::gnu_long_name:
      overrides_.long_name = std::string_view(body_).substr(0, body_.find('\0'));
      break;
    case type_flag::gnu_long_link:
      overrides_.long_link = std::string_view(body_).substr(0, body_.find('\0'));
      break;
    default:
      // Nothing that a global header could say belongs in a layer, but it must be well-formed.
      for (std::string_view rest = body_; !rest.empty();) {
        static_cast<void>(next_pax_record(rest));
      }
  }
}

void Reader::Impl::read_body(std::uint64_t size_bytes) {
  body_.resize(static_cast<std::size_t>(size_bytes));
  const std::size_t present_bytes =
      archive_.read(std::as_writable_bytes(std::span(body_.data(), body_.size())));
  if (present_bytes != body_.size()) {
    throw Error(ErrorKind::invalid_data,
                fmt::format("archive ends after {} of the {} bytes of a special header",
                            present_bytes, size_bytes));
  }
  archive_.skip(padding_of(size_bytes));
}

void Reader::Impl::read_entry(const HeaderBlock& header) {
  check_limit(limits_, &Limits::entries, ++entry_count_);
  const std::string_view name = raw_name(header, overrides_, joined_name_);
  check_limit(limits_, &Limits::path_bytes, name.size());
  stored_name_ = name;
  entry_.path.assign_clean(name);
  is_named_ = true;
  check_limit(limits_, &Limits::path_depth, entry_.path.depth());

  entry_.type = entry_type(header, name);
  entry_.size_bytes = 0;
  entry_.hole_bytes = 0;
  read_metadata(header, overrides_, limits_, entry_);
  open_content(header);
}

void Reader::Impl::open_content(const HeaderBlock& header) {
  const SparseFormat format = sparse_format(overrides_.pax);
  const bool is_old_gnu = header.type() == type_flag::gnu_sparse_file;
  if (format != SparseFormat::none && (is_old_gnu || entry_.type != tree::EntryType::file)) {
    throw Error(ErrorKind::invalid_data,
                fmt::format("a {} of type {} cannot be sparse by PAX records",
                            tree::name_of(entry_.type), quoted(header.bytes(field::type))));
  }
  if (entry_.type != tree::EntryType::file) {
    // Whatever the size field says, no data follows.
    archive_.consume_block();
    content_.open(0);
    return;
  }

  std::uint64_t stored_bytes = stored_size_bytes(header, overrides_.pax);
  const bool is_sparse = is_old_gnu || format != SparseFormat::none;
  entry_.size_bytes = stored_bytes;
  if (is_old_gnu) entry_.size_bytes = old_gnu_real_size_bytes(header);
  if (format != SparseFormat::none) entry_.size_bytes = sparse_size_bytes(overrides_.pax);
  check_content_size();

  if (is_old_gnu) {
    read_old_gnu_map(archive_, limits_, extents_);
  } else {
    archive_.consume_block();
  }
  if (format == SparseFormat::pax_records) {
    read_map_of_records(overrides_.pax, limits_, extents_);
  } else if (format == SparseFormat::pax_data) {
    read_map_before_data(archive_, stored_bytes, limits_, extents_);
  }
  if (is_sparse) {
    content_.open_sparse(entry_.size_bytes, stored_bytes, extents_);
    entry_.hole_bytes = entry_.size_bytes - stored_bytes;
  } else {
    content_.open(stored_bytes);
  }
}

/// Holes take no room in the archive: a few blocks could ask for any amount of zeros, so that the
/// content of all entries is counted, not the bytes of the archive.
void Reader::Impl::check_content_size() {
  check_limit(limits_, &Limits::file_bytes, entry_.size_bytes);
  const std::uint64_t rest_bytes = limits_.layer_bytes - content_bytes_;
  if (entry_.size_bytes > rest_bytes) {
    throw Error(
        ErrorKind::limit_exceeded,
        fmt::format("limit layer_bytes exceeded: {} bytes of content after {} are more than {}",
                    entry_.size_bytes, content_bytes_, limits_.layer_bytes));
  }
  content_bytes_ += entry_.size_bytes;
}

/// After the first zero block: the second, or nothing more at all.
void Reader::Impl::check_end() {
  archive_.consume_block();
  const std::string_view block = archive_.peek_block();
  if (block.empty()) return;
  if (!is_zero(block)) {
    throw Error(ErrorKind::invalid_data, "a single zero block is followed by something else");
  }
  archive_.consume_block();
}

Reader::Reader(io::Source& archive, const Limits& limits)
    : impl_(std::make_unique<Impl>(archive, limits)) {}

Reader::~Reader() = default;

const tree::Entry* Reader::next() { return impl_->next(); }

io::Source& Reader::content() { return impl_->content(); }

std::string_view Reader::stored_name() const noexcept { return impl_->stored_name(); }

bool Reader::has_end_marker() const noexcept { return impl_->has_end_marker(); }

}  // namespace umoci::tar
