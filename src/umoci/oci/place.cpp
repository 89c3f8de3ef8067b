// SPDX-License-Identifier: Apache-2.0
#include <umoci/oci/place.hpp>

#include <umoci/base/error.hpp>

#include <algorithm>
#include <vector>

namespace umoci::oci {
namespace {

// A hostile document must not make a message as large as itself.
constexpr std::size_t shown_levels = 16;
constexpr std::size_t shown_name_bytes = 100;
constexpr std::size_t max_pointer_bytes = 4096;

void append_escaped(std::string& pointer, std::string_view name) {
  for (const char c : name) {
    if (c == '~') {
      pointer += "~0";
    } else if (c == '/') {
      pointer += "~1";
    } else {
      pointer += c;
    }
  }
}

bool is_plain(std::string_view name) {
  return !name.empty() && name.size() <= shown_name_bytes &&
         std::all_of(name.begin(), name.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                  c == '_';
         });
}

}  // namespace

std::string Place::text() const {
  if (parent_ == nullptr) return "document";
  std::vector<const Place*> way;
  for (const Place* place = this; place->parent_ != nullptr; place = place->parent_) {
    way.push_back(place);
  }
  std::string text;
  if (way.size() > shown_levels) {
    way.resize(shown_levels);
    text = "...";
  }
  for (auto place = way.rbegin(); place != way.rend(); ++place) {
    const std::string_view name = (*place)->name_;
    if ((*place)->index_ != no_index) {
      text += '[' + std::to_string((*place)->index_) + ']';
    } else if (is_plain(name)) {
      if (!text.empty()) text += '.';
      text += name;
    } else {
      text += '[' + quoted(name.substr(0, shown_name_bytes)) + ']';
    }
  }
  return text;
}

std::string Place::pointer() const {
  std::vector<const Place*> way;
  for (const Place* place = this; place->parent_ != nullptr; place = place->parent_) {
    way.push_back(place);
  }
  std::string pointer;
  for (auto place = way.rbegin(); place != way.rend(); ++place) {
    std::string token = "/";
    if ((*place)->index_ != no_index) {
      token += std::to_string((*place)->index_);
    } else {
      append_escaped(token, (*place)->name_);
    }
    if (pointer.size() + token.size() > max_pointer_bytes) break;
    pointer += token;
  }
  return pointer;
}

}  // namespace umoci::oci
