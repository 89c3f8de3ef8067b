// SPDX-License-Identifier: Apache-2.0
#include <umoci/tar/member_content.hpp>

#include <umoci/base/error.hpp>
#include <umoci/tar/entry_context.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace umoci::tar {
namespace {

constexpr std::array<std::byte, 64U << 10U> zeros{};

/// The same rules as GNU tar's and Go's: no room for two opinions about what the content is.
void check_extents(const Extents& extents, std::uint64_t size_bytes, std::uint64_t stored_bytes) {
  std::uint64_t end = 0;
  std::uint64_t data_bytes = 0;
  for (const Extent& extent : extents) {
    if (extent.offset_bytes < end || extent.offset_bytes > size_bytes ||
        extent.size_bytes > size_bytes - extent.offset_bytes) {
      throw Error(ErrorKind::invalid_data,
                  fmt::format("sparse region of {} bytes at {} overlaps another or the end at {}",
                              extent.size_bytes, extent.offset_bytes, size_bytes));
    }
    end = extent.offset_bytes + extent.size_bytes;
    data_bytes += extent.size_bytes;
  }
  if (data_bytes != stored_bytes) {
    throw Error(ErrorKind::invalid_data,
                fmt::format("sparse regions of {} bytes, but {} bytes of data are there",
                            data_bytes, stored_bytes));
  }
}

}  // namespace

void MemberContent::open(std::uint64_t size_bytes) {
  size_bytes_ = size_bytes;
  stored_bytes_ = size_bytes;
  padding_bytes_ = padding_of(size_bytes);
  extents_.clear();
  extent_ = 0;
  position_ = 0;
  run_end_ = size_bytes;
  is_hole_ = false;
}

void MemberContent::open_sparse(std::uint64_t size_bytes, std::uint64_t stored_bytes,
                                Extents& extents) {
  check_extents(extents, size_bytes, stored_bytes);
  open(stored_bytes);
  size_bytes_ = size_bytes;
  extents_.swap(extents);
  std::erase_if(extents_, [](const Extent& extent) { return extent.size_bytes == 0; });
  enter_run();
}

void MemberContent::close() {
  if (archive_.skip(stored_bytes_) != stored_bytes_) refuse_truncation();
  // Some writers do not pad the last member.
  archive_.skip(padding_bytes_);
  open(0);
}

io::Bytes MemberContent::peek() {
  if (position_ == size_bytes_) return {};
  const std::uint64_t rest_bytes = run_end_ - position_;
  const io::Bytes chunk = is_hole_ ? io::Bytes(zeros) : archive_.peek();
  if (chunk.empty()) refuse_truncation();
  return chunk.first(static_cast<std::size_t>(std::min<std::uint64_t>(chunk.size(), rest_bytes)));
}

void MemberContent::consume(std::size_t count) {
  if (!is_hole_) {
    archive_.consume(count);
    stored_bytes_ -= count;
  }
  position_ += count;
  if (position_ == run_end_ && position_ != size_bytes_) {
    if (!is_hole_) ++extent_;
    enter_run();
  }
}

void MemberContent::enter_run() {
  const bool is_last = extent_ == extents_.size();
  const Extent next = is_last ? Extent{.offset_bytes = size_bytes_} : extents_[extent_];
  is_hole_ = position_ < next.offset_bytes;
  run_end_ = next.offset_bytes + (is_hole_ ? 0 : next.size_bytes);
}

void MemberContent::refuse_truncation() const {
  throw Error(ErrorKind::invalid_data,
              entry_context(entry_.path) + ": archive ends within the content");
}

}  // namespace umoci::tar
