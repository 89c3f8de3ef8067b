// SPDX-License-Identifier: Apache-2.0
#include <umoci/base/limits.hpp>

#include <umoci/base/error.hpp>

#include <algorithm>
#include <array>
#include <string>

namespace umoci {
namespace {

constexpr std::array names = {
    LimitName{"entries", &Limits::entries, "entries of one layer, with the directories they imply"},
    LimitName{"image_entries", &Limits::image_entries,
              "entries of all layers of an image, with the directories they imply"},
    LimitName{"layer_bytes", &Limits::layer_bytes, "uncompressed bytes of one layer"},
    LimitName{"image_bytes", &Limits::image_bytes,
              "bytes written for all layers of an image: content without holes, attributes, links"},
    LimitName{"file_bytes", &Limits::file_bytes, "content of one file in bytes"},
    LimitName{"hole_bytes", &Limits::hole_bytes,
              "holes of sparse files in all layers of an image in bytes"},
    LimitName{"expansion_ratio", &Limits::expansion_ratio,
              "uncompressed bytes a compressed byte may become; 0: any number"},
    LimitName{"expansion_free_bytes", &Limits::expansion_free_bytes,
              "uncompressed bytes of an image that do not count for expansion_ratio"},
    LimitName{"path_depth", &Limits::path_depth, "components of one path"},
    LimitName{"path_bytes", &Limits::path_bytes, "bytes of one path or link target"},
    LimitName{"tree_path_bytes", &Limits::tree_path_bytes,
              "bytes of all paths of a bundle's tree together, beyond 1024 for each"},
    LimitName{"symlinks", &Limits::symlinks, "symbolic links followed on the way to one entry"},
    LimitName{"link_steps", &Limits::link_steps,
              "components walked for the sake of links on the way to all entries of an image"},
    LimitName{"xattr_bytes", &Limits::xattr_bytes,
              "names and values of the extended attributes of one entry in bytes"},
    LimitName{"image_xattr_bytes", &Limits::image_xattr_bytes,
              "the same of all entries of an image: what directories have of it is kept in memory"},
    LimitName{"sparse_extents", &Limits::sparse_extents, "data regions of one sparse file"},
    LimitName{"special_header_bytes", &Limits::special_header_bytes,
              "bytes of one PAX or GNU header that describes an entry"},
    LimitName{"zstd_window_bytes", &Limits::zstd_window_bytes,
              "memory in bytes that a zstd frame may demand"},
    LimitName{"mtree_bytes", &Limits::mtree_bytes,
              "bytes of the mtree manifest of a tree, all of which is held in memory"},
    LimitName{"layers", &Limits::layers, "layers of one manifest"},
    LimitName{"document_bytes", &Limits::document_bytes, "bytes of one JSON document"},
    LimitName{"document_depth", &Limits::document_depth, "nesting of one JSON document"},
    LimitName{"index_depth", &Limits::index_depth, "indexes above a manifest"},
    LimitName{"graph_nodes", &Limits::graph_nodes, "descriptors looked at to find an image"},
};
static_assert(names.size() * sizeof(std::uint64_t) == sizeof(Limits), "a limit has no name");

}  // namespace

std::span<const LimitName> limit_names() noexcept { return names; }

void check_limit(const Limits& limits, std::uint64_t Limits::* limit, std::uint64_t value) {
  if (value <= limits.*limit) return;
  const auto* const name = std::ranges::find(names, limit, &LimitName::limit);
  throw Error(ErrorKind::limit_exceeded, "limit " + std::string(name->name) +
                                             " exceeded: " + std::to_string(value) +
                                             " is more than " + std::to_string(limits.*limit));
}

}  // namespace umoci
