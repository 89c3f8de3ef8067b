// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <umoci/digest/digest.hpp>
#include <umoci/oci/json.hpp>
#include <umoci/oci/media_type.hpp>
#include <umoci/oci/platform.hpp>

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace umoci::oci {

/// Sorted by key bytes, as they are written.
using Annotations = std::map<std::string, std::string>;

inline constexpr std::string_view ref_name_annotation = "org.opencontainers.image.ref.name";
inline constexpr std::string_view uncompressed_size_annotation = "ci.umo.uncompressed_blob_size";

/// Points at a blob. The digest is text that nobody has checked yet, the size may be negative:
/// both are rejected where the descriptor is used. Spec: image-spec descriptor.md.
struct Descriptor {
  std::string media_type;
  digest::Digest digest;
  std::int64_t size_bytes = 0;
  std::vector<std::string> urls;
  Annotations annotations;
  /// Decoded embedded content; absent is not the same as empty.
  std::optional<std::string> data;
  std::optional<Platform> platform;
  std::string artifact_type;
  Json::Object extra;  ///< members this library does not know, in their order
  /// Read from a document that gave no size; to_json() invents none.
  bool size_absent = false;

  /// Missing members read as empty and a size of 0. Throws: invalid_data naming a member of the
  /// wrong type, for a size outside 64 bits, and for `data` that is not base64 to the letter.
  [[nodiscard]] static Descriptor from_json(const Json& json);
  /// Known members in the specification's order, without those that are empty, then `extra`.
  [[nodiscard]] Json to_json() const;

  [[nodiscard]] DocumentKind kind() const { return kind_of(media_type); }
  /// The ref.name annotation; nullopt without one.
  [[nodiscard]] std::optional<std::string> ref_name() const;

  friend bool operator==(const Descriptor&, const Descriptor&) = default;
};

}  // namespace umoci::oci
