// SPDX-License-Identifier: Apache-2.0
#include <umoci/store/ref_name.hpp>

#include <umoci/oci/descriptor.hpp>

#include <algorithm>
#include <iterator>
#include <utility>

namespace umoci::store {
namespace {

bool is_alnum(char c) {
  return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

/// Length of the separator at the start of `text`: 2 for "--", else 1 or 0.
std::size_t separator_length(std::string_view text) {
  if (text.starts_with("--")) return 2;
  return !text.empty() && std::string_view("-._:@+/").find(text.front()) != text.npos ? 1 : 0;
}

}  // namespace

bool is_ref_name(std::string_view name) {
  // Runs of letters and digits with one separator between any two. That a slash ends a component
  // changes nothing: a component begins and ends with such a run.
  for (;;) {
    const auto end = std::ranges::find_if_not(name, is_alnum);
    if (end == name.begin()) return false;
    name.remove_prefix(static_cast<std::size_t>(end - name.begin()));
    if (name.empty()) return true;
    const std::size_t length = separator_length(name);
    if (length == 0) return false;
    name.remove_prefix(length);
  }
}

std::vector<std::string> ref_names(const oci::Index& index) {
  std::vector<std::string> names;
  for (const oci::Descriptor& entry : index.manifests) {
    if (auto name = entry.ref_name()) names.push_back(std::move(*name));
  }
  return names;
}

std::vector<oci::Descriptor> find_ref(const oci::Index& index, std::string_view name) {
  std::vector<oci::Descriptor> found;
  std::ranges::copy_if(index.manifests, std::back_inserter(found),
                       [&](const oci::Descriptor& entry) { return entry.ref_name() == name; });
  return found;
}

void set_ref(oci::Index& index, std::string_view name, oci::Descriptor target) {
  target.annotations.insert_or_assign(std::string(oci::ref_name_annotation), std::string(name));
  const auto has_name = [&](const oci::Descriptor& entry) { return entry.ref_name() == name; };
  auto& entries = index.manifests;
  const auto first = std::ranges::find_if(entries, has_name);
  if (first == entries.end()) {
    entries.push_back(std::move(target));
    return;
  }
  *first = std::move(target);
  entries.erase(std::remove_if(std::next(first), entries.end(), has_name), entries.end());
}

std::size_t remove_ref(oci::Index& index, std::string_view name) {
  return std::erase_if(index.manifests,
                       [&](const oci::Descriptor& entry) { return entry.ref_name() == name; });
}

}  // namespace umoci::store
