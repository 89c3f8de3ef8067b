// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace umoci::fs {

/// renameat() which fails with EEXIST rather than to replace something.
/// Kernel: where a file system knows no RENAME_NOREPLACE, a second name says the same of a file; of
/// a directory, what appears in just that moment may be replaced if it is an empty one.
[[nodiscard]] int rename_new(int from, const char* old_name, int to, const char* new_name);

}  // namespace umoci::fs
