// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <umoci/fs/directory.hpp>
#include <umoci/fs/granted_access.hpp>
#include <umoci/fs/object.hpp>

#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace umoci::fs {

/// `name` for system calls, which want a NUL behind it. Throws: invalid_argument if it is no
/// component.
[[nodiscard]] std::string checked_name(std::string_view name);

/// What the copies of a Directory share.
class Directory::Handle {
 public:
  /// `ledger` is null for Access::as_granted.
  Handle(UniqueFd fd, std::shared_ptr<GrantLedger> ledger)
      : fd_(std::move(fd)), ledger_(std::move(ledger)), grant_(ledger_.get(), fd_.get()) {}

  [[nodiscard]] int fd() const noexcept { return fd_.get(); }
  [[nodiscard]] const std::shared_ptr<GrantLedger>& ledger() const noexcept { return ledger_; }
  /// For this directory, until it is closed.
  [[nodiscard]] TemporaryGrant& grant() noexcept { return grant_; }

  /// lstat of anything, with the mode it has apart from grants.
  [[nodiscard]] int status(const Object& object, struct stat& out) const {
    return ledger_ ? ledger_->status(object, out) : object.status(out);
  }

 private:
  UniqueFd fd_;
  std::shared_ptr<GrantLedger> ledger_;
  TemporaryGrant grant_;  ///< released before the descriptor is closed
};

}  // namespace umoci::fs
