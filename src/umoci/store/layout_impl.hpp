// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <umoci/store/directory_blobs.hpp>
#include <umoci/store/layout.hpp>
#include <umoci/store/layout_directory.hpp>
#include <umoci/store/write_session.hpp>

#include <memory>

namespace umoci::store {

class Layout::Impl {
 public:
  explicit Impl(std::shared_ptr<const LayoutDirectory> opened)
      : directory(std::move(opened)), sessions(directory), blobs(directory, sessions) {}

  const std::shared_ptr<const LayoutDirectory> directory;
  WriteSessions sessions;
  DirectoryBlobs blobs;
};

}  // namespace umoci::store
