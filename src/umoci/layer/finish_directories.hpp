// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <umoci/fs/root.hpp>
#include <umoci/layer/far_times.hpp>
#include <umoci/layer/known_directories.hpp>
#include <umoci/layer/unheld_facts.hpp>
#include <umoci/layer/xattr_policy.hpp>

#include <stop_token>

namespace umoci::layer {

/// Who hears of what could not be done, and who may end it.
struct FinishReports {
  UnheldFacts* facts = nullptr;  ///< of owners that could not be noted in attributes; may be null
  FarTimes& far_times;
  std::stop_token stop;  ///< once requested, cancelled is thrown
};

/// Gives all directories the metadata recorded for them, what is below them first, because it may
/// take away the permission to get there. Throws: conflict if a directory is not the one that was
/// worked in; nothing is changed then in what took its place.
void finish_directories(const fs::Root& root, KnownDirectories& directories, XattrPolicy& xattrs,
                        FinishReports reports);

}  // namespace umoci::layer
