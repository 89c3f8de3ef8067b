// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cli/arguments/image.hpp>
#include <cli/command.hpp>
#include <cli/progress/progress_display.hpp>

#include <memory>
#include <string>
#include <vector>

namespace umoci::cli {

/// What commands take that may take long.
[[nodiscard]] std::vector<Flag> progress_flags();
/// How --progress and --quiet want progress to be shown. Throws: invalid_argument for a form that
/// there is not.
[[nodiscard]] ProgressForm progress_form(const ParsedFlags& flags, const Io& io);
/// To be lent to the library; nullptr if nothing is to be shown. `name` says whose progress it is.
/// Throws: as progress_form().
[[nodiscard]] std::unique_ptr<Progress> open_progress(const Invocation& line, std::string name);
/// The same under the image's tag or digest.
[[nodiscard]] std::unique_ptr<Progress> open_progress(const Invocation& line,
                                                      const ImageArgument& image);

}  // namespace umoci::cli
