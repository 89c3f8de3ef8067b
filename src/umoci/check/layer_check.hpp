// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <umoci/base/limits.hpp>
#include <umoci/check/document_report.hpp>
#include <umoci/check/layer_facts.hpp>
#include <umoci/digest/digest.hpp>
#include <umoci/io/source.hpp>

#include <stop_token>
#include <string_view>

namespace umoci::check {

struct LayerCheckOptions {
  std::string_view media_type;
  digest::Algorithm diff_algorithm = digest::Algorithm::sha256;
  const Limits& limits;
  std::stop_token stop;
};

/// Rules Y for one layer, whose stored bytes are read once. Throws: io, cancelled. Spec: image-spec
/// layer.md.
[[nodiscard]] LayerFacts check_layer(io::Source& stored, const LayerCheckOptions& options,
                                     DocumentReport& report);

}  // namespace umoci::check
