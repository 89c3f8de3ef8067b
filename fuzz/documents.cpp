// SPDX-License-Identifier: Apache-2.0
// Indexes, manifests and image configurations: what is written of one that was read is what the
// tables of docs/formats/json.md say, member by member, and reads and writes as the same again.
#include <fuzz/document_model.hpp>
#include <fuzz/target.hpp>

#include <umoci/base/error.hpp>
#include <umoci/base/utf8.hpp>
#include <umoci/oci/image_config.hpp>
#include <umoci/oci/index.hpp>
#include <umoci/oci/manifest.hpp>

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace umoci::oci {
namespace {

using fuzz::expect;

/// Of `parse(text)`; nullopt if it refuses the text, which is no error of this program.
template <class Parse>
auto parse_or_refuse(Parse parse, std::string_view text) -> std::optional<decltype(parse(text))> {
  try {
    return parse(text);
  } catch (const Error& error) {
    expect(error.kind() == ErrorKind::invalid_data || error.kind() == ErrorKind::limit_exceeded,
           "another kind of error");
    return std::nullopt;
  }
}

/// One line, nothing that HTML or JavaScript would take for its own.
void check_text(const std::string& text) {
  expect(!text.empty() && text.find('\n') == text.size() - 1, "a document is no line");
  expect(is_utf8(text), "a document is no UTF-8");
  for (const char c : text.substr(0, text.size() - 1)) {
    expect(static_cast<unsigned char>(c) >= 0x20, "a control character is not escaped");
    expect(c != '<' && c != '>' && c != '&', "a character of HTML is not escaped");
  }
  expect(text.find("\xe2\x80\xa8") == std::string::npos, "U+2028 is not escaped");
  expect(text.find("\xe2\x80\xa9") == std::string::npos, "U+2029 is not escaped");
}

template <class Parse>
void check_written(const std::string& text, const Json& expected, Parse parse) {
  check_text(text);
  const Json json = Json::parse(text);
  expect(json == expected, "members are not written as they should be");
  expect(json.dump() + '\n' == text, "there is white space");
  expect(parse(text).dump() == text, "what was written is written otherwise the next time");
}

/// Docker's manifest list, whatever the case of its letters and its parameters.
bool is_docker_list(std::string_view type) {
  constexpr std::string_view list = "application/vnd.docker.distribution.manifest.list.v2+json";
  type = type.substr(0, type.find(';'));
  while (type.ends_with(' ') || type.ends_with('\t')) type.remove_suffix(1);
  return std::ranges::equal(type, list, [](char left, char right) {
    return (left >= 'A' && left <= 'Z' ? left - 'A' + 'a' : left) == right;
  });
}

Json written_index(const Json& read) {
  Json written = fuzz::written(read, fuzz::index_members);
  if (!is_docker_list(*written.find("mediaType")->if_string())) {
    written.set("mediaType", media_type::index);
  }
  return written;
}

Json& member_or(Json& object, std::string_view name, Json otherwise) {
  const Json* found = object.find(name);
  if (found == nullptr || found->is_null()) object.set(name, std::move(otherwise));
  return *object.find(name);
}

/// Edits that touch every part of a configuration leave everything else alone.
void check_edits(ImageConfig config, Json expected) {
  config.set_author("a <b>");
  config.set_variant("");
  config.set_label("l", "m");
  config.append_diff_id(digest::Digest("d"));
  config.append_history({.created = "c", .created_by = "b", .author = {}, .comment = {}});

  expected.set("author", "a <b>");
  expected.erase("variant");
  member_or(member_or(expected, "config", Json::Object()), "Labels", Json::Object()).set("l", "m");
  Json& rootfs = member_or(expected, "rootfs", Json::Object());
  member_or(rootfs, "diff_ids", Json::Array()).if_array()->emplace_back("d");
  member_or(expected, "history", Json::Array())
      .if_array()
      ->push_back(Json::Object{{"created", "c"}, {"created_by", "b"}});
  check_written(config.dump(), fuzz::written(expected, fuzz::image_config_members),
                [](std::string_view text) { return ImageConfig::parse(text); });
}

/// What was accepted can be read: wrong types were refused before.
void read_all(const ImageConfig& config) {
  static_cast<void>(config.created());
  static_cast<void>(config.author());
  static_cast<void>(config.platform());
  static_cast<void>(config.user());
  static_cast<void>(config.working_dir());
  static_cast<void>(config.stop_signal());
  static_cast<void>(config.env());
  static_cast<void>(config.entrypoint());
  static_cast<void>(config.cmd());
  static_cast<void>(config.exposed_ports());
  static_cast<void>(config.volumes());
  static_cast<void>(config.labels());
  static_cast<void>(config.args_escaped());
  static_cast<void>(config.rootfs_type());
  static_cast<void>(config.diff_ids());
  static_cast<void>(config.history());
}

void check_index(std::string_view text, const Json& json) {
  const auto parse = [](std::string_view bytes) { return Index::parse(bytes); };
  const auto parse_top = [](std::string_view bytes) { return Index::parse_top_level(bytes); };
  const auto top = parse_or_refuse(parse_top, text);
  const auto index = parse_or_refuse(parse, text);
  if (!top) {
    expect(!index, "index.json is read more strictly than other indexes");
    return;
  }
  const Json expected = written_index(json.is_null() ? Json(Json::Object()) : json);
  check_written(top->dump(), expected, parse_top);
  if (index) check_written(index->dump(), expected, parse);
}

void check_manifest(std::string_view text, const Json& json) {
  const auto parse = [](std::string_view bytes) { return Manifest::parse(bytes); };
  const auto manifest = parse_or_refuse(parse, text);
  if (!manifest) return;
  check_written(manifest->dump(), fuzz::written(json, fuzz::manifest_members), parse);
}

void check_image_config(std::string_view text, const Json& json) {
  const auto parse = [](std::string_view bytes) { return ImageConfig::parse(bytes); };
  const auto config = parse_or_refuse(parse, text);
  if (!config) return;
  expect(config->json() == json, "members are lost by reading");
  read_all(*config);
  check_written(config->dump(), fuzz::written(json, fuzz::image_config_members), parse);
  check_edits(*config, json);
}

void check(std::string_view text) {
  const auto json =
      parse_or_refuse([](std::string_view bytes) { return Json::parse(bytes); }, text);
  if (!json) {
    expect(!parse_or_refuse([](auto bytes) { return Index::parse_top_level(bytes); }, text) &&
               !parse_or_refuse([](auto bytes) { return Manifest::parse(bytes); }, text) &&
               !parse_or_refuse([](auto bytes) { return ImageConfig::parse(bytes); }, text),
           "a document is accepted that is no JSON");
    return;
  }
  expect(Json::parse(json->dump()) == *json, "JSON changes on its way out and in");
  check_index(text, *json);
  check_manifest(text, *json);
  check_image_config(text, *json);
}

}  // namespace
}  // namespace umoci::oci

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  umoci::oci::check(umoci::fuzz::as_text(data, size));
  return 0;
}
