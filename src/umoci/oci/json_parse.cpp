// SPDX-License-Identifier: Apache-2.0
#include <umoci/oci/json.hpp>

#include <umoci/base/error.hpp>
#include <umoci/base/utf8.hpp>
#include <umoci/oci/place.hpp>

#include <nlohmann/json.hpp>

#include <algorithm>
#include <deque>

namespace umoci::oci {
namespace {

/// A value takes 40 bytes of memory and more, but may have been only two bytes of text. No document
/// of an image comes near one value for 32 bytes of the size that Limits admits.
constexpr std::uint64_t text_bytes_per_value = 32;

constexpr std::size_t max_told_duplicates = 100;

constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";

/// Receives the events of nlohmann's parser, which keeps its own stack off the call stack.
class Builder {
 public:
  /// `duplicates` may be nullptr: they are an error then.
  Builder(std::string_view text, const Limits& limits, std::vector<std::string>* duplicates)
      : text_(text),
        limits_(limits),
        duplicates_(duplicates),
        max_values_(limits.document_bytes / text_bytes_per_value) {}

  bool null() { return add(Json()); }
  bool boolean(bool value) { return add(Json(value)); }
  bool number_integer(std::int64_t value) {
    // The parser comes here for numbers with a sign only, so this is the one whose text is lost.
    return add(Json::Number{value == 0 ? "-0" : std::to_string(value)});
  }
  bool number_unsigned(std::uint64_t value) { return add(Json::Number{std::to_string(value)}); }
  bool number_float(double /*value*/, const std::string& token) {
    Json::Number number{token};
    // The parser puts the locale's decimal point in place of the document's.
    for (char& c : number.text) {
      if (std::string_view("0123456789+-eE").find(c) == std::string_view::npos) c = '.';
    }
    return add(std::move(number));
  }
  bool string(std::string& value) { return add(Json(std::string_view(value))); }
  bool binary(nlohmann::json::binary_t& /*value*/) { return false; }

  bool start_object(std::size_t /*size*/) { return open(Json::Object()); }
  bool key(std::string& name) {
    open_.back().name = name;
    return true;
  }
  bool end_object() {
    check_duplicates(*open_.back().value.if_object());
    return close();
  }
  bool start_array(std::size_t /*size*/) { return open(Json::Array()); }
  bool end_array() { return close(); }

  [[noreturn]] bool parse_error(std::size_t bytes_read, const std::string& /*token*/,
                                const nlohmann::json::exception& error) const;

  Json take() { return std::move(result_); }

 private:
  /// A list that has not ended yet.
  struct Open {
    Json value;
    std::string name;  ///< of the member that comes next, in an object
  };

  bool open(Json value) {
    check_limit(limits_, &Limits::document_depth, open_.size() + 1);
    open_.push_back({std::move(value), {}});
    return true;
  }

  bool close() {
    Json value = std::move(open_.back().value);
    open_.pop_back();
    return add(std::move(value));
  }

  bool add(Json value) {
    if (++value_count_ > max_values_) {
      throw Error(ErrorKind::limit_exceeded,
                  "document has more than " + std::to_string(max_values_) + " values");
    }
    if (open_.empty()) {
      result_ = std::move(value);
    } else if (Json::Array* array = open_.back().value.if_array()) {
      array->push_back(std::move(value));
    } else {
      open_.back().value.if_object()->emplace_back(std::move(open_.back().name), std::move(value));
    }
    return true;
  }

  void check_duplicates(const Json::Object& members) const;
  void add_duplicate(std::string_view name) const;

  std::string_view text_;
  const Limits& limits_;
  std::vector<std::string>* duplicates_;
  std::uint64_t max_values_;
  std::uint64_t value_count_ = 0;
  std::vector<Open> open_;
  Json result_;
};

void Builder::check_duplicates(const Json::Object& members) const {
  std::vector<std::string_view> names;
  names.reserve(members.size());
  for (const Json::Member& member : members) names.push_back(member.first);
  std::sort(names.begin(), names.end());
  for (auto twice = std::adjacent_find(names.begin(), names.end()); twice != names.end();
       twice = std::adjacent_find(twice, names.end())) {
    add_duplicate(*twice);
    twice = std::upper_bound(twice, names.end(), *twice);
  }
}

void Builder::add_duplicate(std::string_view name) const {
  // A Place points at the one that contains it.
  std::deque<Place> places(1);
  for (std::size_t depth = 0; depth + 1 < open_.size(); ++depth) {
    const Open& list = open_[depth];
    const Json::Array* array = list.value.if_array();
    places.push_back(array != nullptr ? places.back().element(array->size())
                                      : places.back().member(list.name));
  }
  const Place place = places.back().member(name);
  if (duplicates_ == nullptr) {
    throw Error(ErrorKind::invalid_data, "duplicate member " + place.text());
  }
  if (duplicates_->size() < max_told_duplicates) duplicates_->push_back(place.pointer());
}

bool Builder::parse_error(std::size_t bytes_read, const std::string& /*token*/,
                          const nlohmann::json::exception& error) const {
  // Both ends of the text count as one byte read too many.
  const std::size_t offset = std::min(bytes_read == 0 ? 0 : bytes_read - 1, text_.size());
  const std::string at = " at byte " + std::to_string(offset);
  if (!is_utf8(text_)) throw Error(ErrorKind::invalid_data, "JSON text is no UTF-8" + at);
  constexpr int out_of_range_number = 406;
  if (error.id == out_of_range_number) {
    throw Error(ErrorKind::invalid_data, "number too large" + at);
  }
  if (offset == text_.size()) {
    throw Error(ErrorKind::invalid_data, "JSON text ends too early" + at);
  }
  constexpr std::size_t shown_bytes = 20;
  throw Error(ErrorKind::invalid_data,
              "malformed JSON" + at + ": " + quoted(text_.substr(offset, shown_bytes)));
}

Json parse_text(std::string_view text, const Limits& limits, std::vector<std::string>* duplicates) {
  check_limit(limits, &Limits::document_bytes, text.size());
  if (text.starts_with(byte_order_mark)) {
    throw Error(ErrorKind::invalid_data, "JSON text starts with a byte order mark at byte 0");
  }
  // The parser would take it for the end of the text.
  if (const std::size_t nul = text.find('\0'); nul != std::string_view::npos) {
    throw Error(ErrorKind::invalid_data, "NUL in JSON text at byte " + std::to_string(nul));
  }
  Builder builder(text, limits, duplicates);
  if (!nlohmann::json::sax_parse(text.begin(), text.end(), &builder)) {
    throw Error(ErrorKind::internal, "the JSON parser gave up");
  }
  return builder.take();
}

}  // namespace

Json Json::parse(std::string_view text, const Limits& limits) {
  return parse_text(text, limits, nullptr);
}

Json Json::parse(std::string_view text, const Limits& limits,
                 std::vector<std::string>& duplicates) {
  return parse_text(text, limits, &duplicates);
}

}  // namespace umoci::oci
