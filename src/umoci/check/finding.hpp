// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace umoci::check {

enum class Severity {
  info,     ///< allowed, but worth knowing
  warning,  ///< a specification says SHOULD, or other tools stumble over it
  error,    ///< a specification says MUST
};

/// Where something was found.
struct Place {
  /// A file relative to what is checked, or the way to a document: `index.json`,
  /// `index.json -> sha256:1234… -> config sha256:5678…`. Full digests.
  std::string document;
  /// RFC 6901, within that document; empty: the document as a whole.
  std::string pointer;

  friend bool operator==(const Place&, const Place&) = default;
};

/// One violation of one rule at one place.
struct Finding {
  /// Of the table in rule.hpp: "D05".
  std::string_view rule;
  /// That of the rule, or a milder one where the rule says so.
  Severity severity = Severity::error;
  Place place;
  /// Lower case, quotes the offending value.
  std::string message;
};

}  // namespace umoci::check
