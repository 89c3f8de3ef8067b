// SPDX-License-Identifier: Apache-2.0
#pragma once

// How the values of keywords look in a manifest.

#include <umoci/mtree/manifest.hpp>

#include <string>
#include <string_view>

namespace umoci::mtree {

/// The value of one keyword of a record, such as "0755" for the mode. Not for `xattr`, which has
/// one value for each attribute.
[[nodiscard]] std::string value_text(const Record& record, Keyword keyword);

/// False for a value that mtree(5) allows and this library cannot compare: a device number in one
/// of the rarer formats, a symbolic mode. True for one that is merely wrong.
[[nodiscard]] bool is_understood(Keyword keyword, std::string_view text);

/// Reads a value written by value_text() or by another mtree, and adds the keyword to the record.
/// Not for `xattr`. Throws: invalid_data.
void read_value(Record& record, Keyword keyword, std::string_view text);

/// The word for one attribute: `xattr.NAME=BASE64`.
[[nodiscard]] std::string xattr_word(std::string_view name, std::string_view value);

/// Reads such a word, without the "xattr." before NAME. Throws: invalid_data.
void read_xattr(Record& record, std::string_view word);

}  // namespace umoci::mtree
