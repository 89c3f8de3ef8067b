// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <umoci/fs/metadata.hpp>
#include <umoci/fs/object.hpp>

#include <sys/stat.h>

namespace umoci::fs {

class GrantLedger;
class TemporaryGrant;

/// What apply() needs to help itself where the owner lacks permissions.
struct Help {
  GrantLedger* ledger = nullptr;  ///< null: as granted
  TemporaryGrant& grant;          ///< for the object itself
};

/// Applies to an object whose status, apart from grants, was `status` a moment ago.
void apply(const Object& object, const struct stat& status, const Metadata& metadata, Help help);

}  // namespace umoci::fs
