// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <umoci/base/progress.hpp>
#include <umoci/oci/index.hpp>
#include <umoci/oci/json.hpp>
#include <umoci/store/collect_garbage.hpp>
#include <umoci/store/driver.hpp>

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

namespace umoci::store {

/// Texts of digests.
using DigestSet = std::unordered_set<std::string>;

/// A document that says which other one it is about, such as a signature.
struct Referrer {
  digest::Digest subject;
  oci::Descriptor document;
};

struct SearchOptions {
  Log& log;
  Progress* progress = nullptr;  ///< counts each document; nullptr: nobody wants to know
  Damage damage = Damage::fails;
  /// Called once, with what was found without it: documents that count as found as soon as their
  /// subject is. Empty: there are none.
  std::function<std::vector<Referrer>(const DigestSet& found)> referrers = {};
};

/// The media type of a document: its own if that fits its members, or what they tell; nullopt if it
/// is neither an index nor a manifest.
[[nodiscard]] std::optional<std::string_view> guess_document_type(const oci::Json& json);

/// Every digest that the entries of `index` lead to. Opens indexes, manifests and what may be one
/// without saying so. Throws what reading one of them throws, with the way to it as context, or
/// warns, as SearchOptions::damage says; a missing configuration or subject is no damage.
[[nodiscard]] DigestSet find_reachable(const oci::Index& index, const Driver& driver,
                                       const SearchOptions& options);

}  // namespace umoci::store
