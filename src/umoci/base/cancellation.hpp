// SPDX-License-Identifier: Apache-2.0
#pragma once

// One std::stop_source per operation says that its result is no longer wanted. Whatever takes long
// asks its token now and then; the error that follows undoes the work on its way up.

#include <umoci/base/error.hpp>

#include <stop_token>

namespace umoci {

/// Throws: cancelled ("interrupted") once a stop was requested.
inline void check_not_cancelled(const std::stop_token& stop) {
  if (stop.stop_requested()) throw Error(ErrorKind::cancelled, "interrupted");
}

}  // namespace umoci
