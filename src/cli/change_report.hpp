// SPDX-License-Identifier: Apache-2.0
#pragma once

// What a command that changes a layout tells at its end.

#include <cli/command.hpp>

#include <umoci/image/image.hpp>
#include <umoci/store/foreseen_changes.hpp>
#include <umoci/store/layout.hpp>

#include <iosfwd>
#include <string>

namespace umoci::cli {

/// Prints a fact a line. `blob DIGEST SIZE` is a blob that would be written, `tag NAME OLD -> NEW`
/// a name that would mean something else; `none` stands for a name that is not there. Of several
/// entries of one name there is a comma between the digests; a name outside the grammar is quoted.
void print_text(std::ostream& out, const store::ForeseenChanges& changes);

/// Of a dry run: prints what would have changed and returns true.
bool report_if_foreseen(const Invocation& line, const store::Layout& layout);

/// Tells of an image that `tag` means now, or would mean.
void report_new_image(const Invocation& line, const store::Layout& layout,
                      const image::DescriptorPath& path, const std::string& tag);

}  // namespace umoci::cli
