// SPDX-License-Identifier: Apache-2.0
#include <umoci/layer/changeset.hpp>

#include <umoci/layer/masks.hpp>
#include <umoci/layer/object_writer.hpp>

#include <algorithm>

namespace umoci::layer {
namespace {

/// Orders paths so that all that lie below one follow it at once.
bool before_by_component(std::string_view left, std::string_view right) {
  const auto rank = [](char byte) {
    return byte == '/' ? -1 : static_cast<int>(static_cast<unsigned char>(byte));
  };
  return std::lexicographical_compare(
      left.begin(), left.end(), right.begin(), right.end(),
      [&](char one, char other) { return rank(one) < rank(other); });
}

/// True if a layer's entry for `delta` leaves nothing of what was below it.
bool covers(const mtree::Delta& delta) {
  return delta.kind == mtree::DeltaKind::missing || delta.type != tree::EntryType::directory;
}

/// No layer holds sockets: one in the place of something else leaves nothing there, and a new one
/// is no change at all.
void leave_out_sockets(std::vector<mtree::Delta>& deltas, const Masks& masks, Log& log) {
  std::erase_if(deltas, [&](mtree::Delta& delta) {
    if (delta.type != tree::EntryType::socket || delta.kind == mtree::DeltaKind::missing) {
      return false;
    }
    if (!is_masked(delta.path, masks)) warn_of_socket(log, delta.path);
    if (delta.kind == mtree::DeltaKind::extra) return true;
    delta.kind = mtree::DeltaKind::missing;
    delta.differences.clear();
    return false;
  });
}

}  // namespace

std::vector<mtree::Delta> select_changes(std::vector<mtree::Delta> deltas, const Masks& masks,
                                         Log* log) {
  leave_out_sockets(deltas, masks, log != nullptr ? *log : silent_log());
  std::sort(deltas.begin(), deltas.end(), [](const mtree::Delta& left, const mtree::Delta& right) {
    return before_by_component(left.path.text(), right.path.text());
  });
  std::vector<mtree::Delta> selected;
  // What is masked still says that what was below it is gone.
  tree::TreePath covering;
  bool covered_by_missing = false;
  for (mtree::Delta& delta : deltas) {
    const bool below = !covering.is_root() && delta.path.is_within(covering);
    const bool said = below && (covered_by_missing || delta.kind == mtree::DeltaKind::missing);
    if (!below && covers(delta)) {
      covering = delta.path;
      covered_by_missing = delta.kind == mtree::DeltaKind::missing;
    }
    if (!said && !is_masked(delta.path, masks)) selected.push_back(std::move(delta));
  }
  std::sort(
      selected.begin(), selected.end(),
      [](const mtree::Delta& left, const mtree::Delta& right) { return left.path < right.path; });
  return selected;
}

}  // namespace umoci::layer
