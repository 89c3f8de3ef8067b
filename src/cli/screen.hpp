// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cli/run.hpp>

#include <cstddef>

namespace umoci::cli {

/// Characters that can be drawn with.
enum class CharacterSet { ascii, unicode };

/// What standard output can show.
struct Screen {
  std::size_t columns = 80;
  CharacterSet characters = CharacterSet::ascii;
};

/// Unicode if the locale (LC_ALL, LC_CTYPE, LANG) has UTF-8 and the terminal has the glyphs: TERM
/// is neither "dumb" nor "linux". 80 columns where nobody knows.
[[nodiscard]] Screen screen_of(const Io& io);

}  // namespace umoci::cli
