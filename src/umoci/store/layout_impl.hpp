// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <umoci/store/directory_blobs.hpp>
#include <umoci/store/layout.hpp>
#include <umoci/store/layout_directory.hpp>
#include <umoci/store/write_session.hpp>

#include <functional>
#include <memory>

namespace umoci::store {

class Layout::Impl {
 public:
  Impl(std::shared_ptr<const LayoutDirectory> opened, const LayoutOptions& options)
      : directory(std::move(opened)),
        sessions(directory),
        blobs(directory, sessions),
        precondition(options.precondition) {}

  const std::shared_ptr<const LayoutDirectory> directory;
  WriteSessions sessions;
  DirectoryBlobs blobs;
  const std::function<void(const oci::Index&)> precondition;
};

}  // namespace umoci::store
