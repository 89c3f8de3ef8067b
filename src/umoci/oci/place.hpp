// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace umoci::oci {

/// Where in a document a value stands, for error messages. Costs nothing until text() is asked for:
/// it points at the Place around it, and at the name, which both must outlive it.
class Place {
 public:
  /// The document itself.
  Place() = default;

  [[nodiscard]] Place member(std::string_view name) const { return {this, name, no_index}; }
  [[nodiscard]] Place element(std::size_t index) const { return {this, {}, index}; }

  /// `manifests[3].digest`, `labels["a b"]`; "document" for the document itself.
  [[nodiscard]] std::string text() const;

  /// `/manifests/3/digest`; empty for the document itself. Where that would be longer than 4 KiB,
  /// the pointer to the nearest value around it that is not. Spec: RFC 6901.
  [[nodiscard]] std::string pointer() const;

 private:
  static constexpr std::size_t no_index = static_cast<std::size_t>(-1);

  Place(const Place* parent, std::string_view name, std::size_t index)
      : parent_(parent), name_(name), index_(index) {}

  const Place* parent_ = nullptr;
  std::string_view name_;
  std::size_t index_ = no_index;
};

}  // namespace umoci::oci
