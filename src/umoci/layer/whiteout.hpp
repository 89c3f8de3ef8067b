// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <umoci/tree/entry.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace umoci::layer {

inline constexpr std::string_view whiteout_prefix = ".wh.";
inline constexpr std::string_view opaque_whiteout_name = ".wh..wh..opq";

/// What an entry of a layer hides. Spec: image-spec layer.md, Whiteouts.
struct Whiteout {
  tree::TreePath directory;  ///< that holds the marker
  /// The hidden name; empty for an opaque whiteout, which hides all of `directory`.
  std::string name;
};

/// The whiteout that `path` stands for by its last component; nullopt if it is an ordinary path.
/// Throws: invalid_data for a marker that hides nothing, "." or "..", and for a reserved name in
/// another component.
[[nodiscard]] std::optional<Whiteout> whiteout_of(const tree::TreePath& path);

/// The entry that hides `path`, which is not the root. Throws: invalid_data if its name begins with
/// ".wh.".
[[nodiscard]] tree::Entry make_whiteout(const tree::TreePath& path);
[[nodiscard]] tree::Entry make_opaque_whiteout(const tree::TreePath& directory);

}  // namespace umoci::layer
