// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <umoci/base/unique_fd.hpp>
#include <umoci/store/driver.hpp>
#include <umoci/store/layout_directory.hpp>
#include <umoci/store/write_session.hpp>

#include <memory>

namespace umoci::store {

/// The store lock of a directory. A session of the same layout lends its lock: a second one would
/// wait for the first for ever.
class DirectoryLock final : public StoreLock {
 public:
  DirectoryLock(const LayoutDirectory& layout, const WriteSessions& sessions, LockMode mode);
  ~DirectoryLock() override;

 private:
  std::shared_ptr<WriteSession> session_;
  LockMode mode_;
  Log& log_;
  UniqueFd fd_;
};

}  // namespace umoci::store
