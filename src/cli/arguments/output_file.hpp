// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cli/command.hpp>

#include <string>
#include <string_view>

namespace umoci::cli {

/// Makes `text` the content of a file that the user names; `what` is it for messages, such as
/// "runtime configuration". A regular file is replaced as a whole, with owner and mode as they were
/// and links to it followed; a new one has the mode that the umask allows. What cannot be replaced
/// is written to: pipes, devices, the standard output, and files whose directory or owner allow
/// nothing else. Throws: invalid_argument for a directory; not_found, permission, no_space, io;
/// cancelled while it waits for the reader of a pipe.
void write_output(const Invocation& line, const std::string& path, std::string_view what,
                  std::string_view text);

}  // namespace umoci::cli
