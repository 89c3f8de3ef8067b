// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <umoci/fs/root.hpp>
#include <umoci/layer/known_directories.hpp>
#include <umoci/layer/xattr_policy.hpp>

namespace umoci::layer {

/// Gives all directories the metadata recorded for them, what is below them first, because it may
/// take away the permission to get there. Throws: conflict if a directory is not the one that was
/// worked in; nothing is changed then in what took its place.
void finish_directories(const fs::Root& root, KnownDirectories& directories, XattrPolicy& xattrs);

}  // namespace umoci::layer
