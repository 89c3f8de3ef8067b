// SPDX-License-Identifier: Apache-2.0
#include <umoci/layer/image_totals.hpp>

#include <algorithm>
#include <limits>

namespace umoci::layer {
namespace {

/// Sums that stop at the highest number rather than start again at zero.
void add_to(std::uint64_t& sum, std::uint64_t more) {
  sum += std::min(more, std::numeric_limits<std::uint64_t>::max() - sum);
}

}  // namespace

void ImageTotals::count_entry() {
  check_limit(limits_, &Limits::entries, ++layer_entries_);
  check_limit(limits_, &Limits::image_entries, ++entries_);
}

void ImageTotals::add(const tree::Entry& entry) {
  count_entry();
  if (entry.type == tree::EntryType::file) {
    check_limit(limits_, &Limits::file_bytes, entry.size_bytes);
    // Nobody has to store holes, but somebody has to hash them.
    add_to(hole_bytes_, entry.hole_bytes);
    check_limit(limits_, &Limits::hole_bytes, hole_bytes_);
    add_to(written_bytes_, entry.size_bytes - std::min(entry.size_bytes, entry.hole_bytes));
  }
  add_to(written_bytes_, entry.link.size());
  std::uint64_t xattr_bytes = 0;
  for (const auto& [name, value] : entry.xattrs) xattr_bytes += name.size() + value.size();
  add_to(xattr_bytes_, xattr_bytes);
  check_limit(limits_, &Limits::image_xattr_bytes, xattr_bytes_);
  add_to(written_bytes_, xattr_bytes);
  check_limit(limits_, &Limits::image_bytes, written_bytes_);
}

}  // namespace umoci::layer
