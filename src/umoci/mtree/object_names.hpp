// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <umoci/tree/entry.hpp>

#include <string>
#include <unordered_map>

namespace umoci::mtree {

/// Gives each object of a tree that has several names one text, that of Record::linked. Remembers
/// the objects it saw: entries must come in the order of one walk.
class ObjectNames {
 public:
  /// The object's first name in the walk, or what stands for a very long one: the memory that the
  /// texts of a manifest take must not be the number of names times the length of one. Empty for an
  /// object with one name, and for one that comes from no disk.
  [[nodiscard]] std::string name_of(const tree::Entry& entry);

 private:
  std::unordered_map<tree::InodeId, std::string> names_;
};

}  // namespace umoci::mtree
