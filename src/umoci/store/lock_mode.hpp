// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace umoci::store {

/// How many may hold a lock at a time.
enum class LockMode { shared, exclusive };

}  // namespace umoci::store
