// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <umoci/base/log.hpp>
#include <umoci/runtime/spec.hpp>

#include <filesystem>

namespace umoci::runtime {

/// Takes out of `spec` what an ordinary user may not do, and shares the host's network, with its
/// name servers from `resolv_conf`. Spec: store-and-config.md 5.5.
void make_rootless(Spec& spec, const std::filesystem::path& resolv_conf, Log& log);

}  // namespace umoci::runtime
