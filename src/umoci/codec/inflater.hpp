// SPDX-License-Identifier: Apache-2.0
#pragma once

// Streaming inflate behind one interface, so that the library in use is a decision of the build and
// the tests run on all of them.

#include <umoci/io/source.hpp>

#include <memory>
#include <vector>

namespace umoci::codec {

enum class InflateEngine {
  isal,  ///< several times faster, not on every platform
  zlib,
};

/// Those of this build, the best one first.
[[nodiscard]] std::vector<InflateEngine> inflate_engines();

/// Decompresses what follows the header of a gzip member: deflate data and the trailer, which is
/// compared with the bytes.
class Inflater {
 public:
  struct Step {
    std::size_t consumed = 0;
    std::size_t produced = 0;
    /// True once the trailer was read and is right.
    bool ended = false;
  };

  Inflater() = default;
  Inflater(const Inflater&) = delete;
  Inflater& operator=(const Inflater&) = delete;
  virtual ~Inflater() = default;

  /// Gets ready for the next member.
  virtual void start() = 0;

  /// Reads from `in`, which is empty only at the end of the stream, and writes to `out`. Without
  /// input, a step that neither produces nor ends means that the member is cut off. Throws:
  /// invalid_data.
  virtual Step step(io::Bytes in, std::span<std::byte> out) = 0;
};

[[nodiscard]] std::unique_ptr<Inflater> make_inflater(InflateEngine engine);

}  // namespace umoci::codec
