// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <umoci/base/limits.hpp>
#include <umoci/base/progress.hpp>
#include <umoci/check/findings.hpp>
#include <umoci/check/layout_files.hpp>
#include <umoci/io/source.hpp>

#include <cstdint>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <unordered_map>

namespace umoci::check {

/// What is stored under a digest.
struct Blob {
  enum class State {
    missing,
    no_file,       ///< something else has its name
    unverifiable,  ///< nothing here can compute its digest
    unreadable,    ///< the caller may not read it
    too_large,     ///< beyond Limits::layer_bytes: not read
    wrong,         ///< the content has another digest
    right,
  } state = State::missing;
  std::uint64_t size_bytes = 0;
};

/// The blobs of a layout, each read once however often it is referred to. What does not match its
/// name, or cannot be read, is reported, once (L07, L13).
class Blobs {
 public:
  struct Surroundings {
    const Limits& limits;
    std::stop_token stop;
    Progress* progress;  ///< counts bytes; may be nullptr
  };
  using Reader = std::function<void(io::Source&)>;

  Blobs(const LayoutFiles& files, Findings& findings, Surroundings surroundings);

  /// `digest` follows the grammar. If there is a `reader` the content is lent to it, which is not
  /// verified yet then; to be asked for once. Throws: io, cancelled.
  const Blob& examine(const std::string& digest, const Reader& reader = {});

  /// The content of a blob that is right, and still is; nullopt if it is not, or larger than
  /// Limits::document_bytes.
  [[nodiscard]] std::optional<std::string> read_document(const std::string& digest);

  /// True if examine() was called for it.
  [[nodiscard]] bool is_examined(const std::string& digest) const;

 private:
  [[nodiscard]] Blob examine_if_allowed(const std::string& digest, const Reader& reader);
  [[nodiscard]] Blob examine_file(const std::string& digest, const Reader& reader);

  const LayoutFiles& files_;
  Findings& findings_;
  Surroundings surroundings_;
  std::unordered_map<std::string, Blob> examined_;
};

/// Path of a blob within its layout.
[[nodiscard]] std::string blob_file(const std::string& digest);

}  // namespace umoci::check
