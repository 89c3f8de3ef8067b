// SPDX-License-Identifier: Apache-2.0
// Names in an index: the grammar beside the specification's expression, and an index that is given
// and loses names beside a plain list, with entries whose other members nobody may touch.
#include <fuzz/input.hpp>
#include <fuzz/target.hpp>

#include <umoci/base/utf8.hpp>
#include <umoci/oci/index.hpp>
#include <umoci/store/ref_name.hpp>

#include <regex.h>

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace umoci::store {
namespace {

using fuzz::expect;
using fuzz::Input;

/// Spec: image-spec annotations.md, org.opencontainers.image.ref.name.
bool is_ref_name_by_the_specification(std::string_view name) {
  static const regex_t grammar = [] {
    regex_t expression{};
    expect(::regcomp(&expression,
                     "^[A-Za-z0-9]+((--|[-._:@+])[A-Za-z0-9]+)*"
                     "(/[A-Za-z0-9]+((--|[-._:@+])[A-Za-z0-9]+)*)*$",
                     REG_EXTENDED | REG_NOSUB) == 0,
           "an expression of this program is malformed");
    return expression;
  }();
  return name.find('\0') == std::string_view::npos &&
         ::regexec(&grammar, std::string(name).c_str(), 0, nullptr, 0) == 0;
}

void check_grammar(std::string_view name) {
  expect(is_ref_name(name) == is_ref_name_by_the_specification(name),
         "the grammar is not the specification's");
}

/// What should be in the index: names, and a number by which an entry is known.
struct ModelEntry {
  std::optional<std::string> name;
  std::int64_t number = 0;
};

oci::Descriptor entry_of(std::int64_t number) {
  oci::Descriptor descriptor;
  descriptor.media_type = oci::media_type::manifest;
  descriptor.size_bytes = number;
  descriptor.annotations["other"] = std::to_string(number);
  descriptor.extra.emplace_back("x-number", oci::Json(number));
  return descriptor;
}

class Names {
 public:
  void set(const std::string& name) {
    const std::int64_t number = ++count_;
    set_ref(index_, name, entry_of(number));
    // In the place of the first one of that name.
    std::vector<ModelEntry> entries;
    bool is_placed = false;
    for (const ModelEntry& entry : std::exchange(model_, {})) {
      if (entry.name != name) {
        entries.push_back(entry);
      } else if (!is_placed) {
        entries.push_back({name, number});
        is_placed = true;
      }
    }
    if (!is_placed) entries.push_back({name, number});
    model_ = std::move(entries);
  }

  void remove(const std::string& name) {
    const auto removed =
        std::erase_if(model_, [&](const ModelEntry& entry) { return entry.name == name; });
    expect(remove_ref(index_, name) == removed, "more or fewer entries are removed");
  }

  /// What other programs may write: an entry without a name, or one of a name that is there.
  void append(const std::optional<std::string>& name) {
    oci::Descriptor entry = entry_of(++count_);
    if (name) entry.annotations[std::string(oci::ref_name_annotation)] = *name;
    index_.manifests.push_back(std::move(entry));
    model_.push_back({name, count_});
  }

  void check() const {
    std::vector<std::string> names;
    for (const ModelEntry& entry : model_) {
      if (entry.name) names.push_back(*entry.name);
    }
    expect(ref_names(index_) == names, "other names, or in another order");
    for (const std::string& name : names) check_found(name);

    // Bytes that are no UTF-8 cannot be written.
    if (!std::ranges::all_of(names, [](const std::string& name) { return is_utf8(name); })) return;
    const oci::Index again = oci::Index::parse_top_level(index_.dump());
    expect(again.manifests == index_.manifests, "entries change on their way out and in");
  }

 private:
  void check_found(const std::string& name) const {
    std::vector<oci::Descriptor> expected;
    for (const ModelEntry& entry : model_) {
      if (entry.name != name) continue;
      expected.push_back(entry_of(entry.number));
      expected.back().annotations[std::string(oci::ref_name_annotation)] = name;
    }
    expect(find_ref(index_, name) == expected, "other entries are found, or they have changed");
  }

  oci::Index index_;
  std::vector<ModelEntry> model_;
  std::int64_t count_ = 0;
};

void check_index(Input input) {
  // The first are equal to each other sooner or later.
  const std::array<std::string, 4> names{std::string(input.text()), std::string(input.text()), "",
                                         "a"};
  for (const std::string& name : names) check_grammar(name);
  Names index;
  for (int step = 0; step < 40 && !input.empty(); ++step) {
    const std::size_t what = input.below(4);
    const std::string& name = input.pick(names);
    if (what == 0) index.set(name);
    if (what == 1) index.remove(name);
    if (what == 2) index.append(name);
    if (what == 3) index.append(std::nullopt);
    index.check();
  }
}

}  // namespace
}  // namespace umoci::store

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = umoci::fuzz::as_text(data, size);
  umoci::store::check_grammar(text);
  umoci::store::check_index(umoci::fuzz::Input(text));
  return 0;
}
