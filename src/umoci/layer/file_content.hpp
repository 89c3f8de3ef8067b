// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <umoci/digest/hasher.hpp>
#include <umoci/io/source.hpp>
#include <umoci/tree/entry.hpp>

namespace umoci::layer {

/// Writes the content of `entry` into the empty file `fd`, which is at its start, and gives it to
/// `hasher` on the way (nullptr: to nobody). Of an entry with holes all blocks
/// of zeros become holes. Throws:
/// invalid_data if `content` has not exactly the size the entry says; io, no_space.
void write_content(const tree::Entry& entry, io::Source& content, int fd, digest::Hasher* hasher);

}  // namespace umoci::layer
