// SPDX-License-Identifier: Apache-2.0
#include <cli/arguments.hpp>

#include <umoci/base/error.hpp>
#include <umoci/store/ref_name.hpp>

#include <fmt/format.h>

#include <unistd.h>

#include <array>
#include <charconv>

namespace umoci::cli {
namespace {

constexpr std::array<std::string_view, 4> history_members{"history.author", "history.comment",
                                                          "history.created", "history.created_by"};

[[noreturn]] void fail(std::string message) {
  throw Error(ErrorKind::invalid_argument, std::move(message));
}

void require_tag(std::string_view flag, const std::string& tag) {
  if (tag.empty()) fail(fmt::format("invalid {}: tag is empty", flag));
  if (!store::is_ref_name(tag)) {
    fail(fmt::format("invalid {}: tag contains invalid characters: {}", flag, quoted(tag)));
  }
}

layer::IdMap id_map(const ParsedFlags& flags, std::string_view name, std::uint32_t own_id) {
  std::vector<tree::IdMapping> mappings;
  for (const std::string& text : flags.values(name)) {
    mappings.push_back(in_context([&] { return fmt::format("failure parsing --{}", name); },
                                  [&] { return layer::parse_id_mapping(text); }));
  }
  if (mappings.empty() && flags.is_set("rootless")) {
    mappings.push_back({.container_id = 0, .host_id = own_id, .size = 1});
  }
  return layer::IdMap(std::move(mappings));
}

}  // namespace

std::vector<Flag> image_flags() {
  return {{.name = "image",
           .kind = FlagKind::single,
           .value_name = "path[:tag]",
           .description = "the image: an OCI layout and the name of an image in it",
           .default_text = "tag latest"}};
}

ImageArgument require_image(const ParsedFlags& flags) {
  const auto value = flags.value("image");
  if (!value) fail("missing mandatory argument: --image");
  const std::size_t colon = value->find(':');
  ImageArgument image{.layout = value->substr(0, colon), .tag = "latest"};
  if (image.layout.empty()) fail("invalid --image: path is empty");
  if (colon != std::string::npos) {
    image.tag = value->substr(colon + 1);
    require_tag("--image", image.tag);
  }
  return image;
}

std::vector<Flag> layout_flags() {
  return {{.name = "layout",
           .kind = FlagKind::single,
           .value_name = "path",
           .description = "the OCI layout"}};
}

std::filesystem::path require_layout(const ParsedFlags& flags) {
  const auto value = flags.value("layout");
  if (!value) fail("missing mandatory argument: --layout");
  if (value->empty()) fail("invalid --layout: path is empty");
  if (value->find(':') != std::string::npos) {
    fail(fmt::format("invalid --layout: path contains ':' character: {}", quoted(*value)));
  }
  return *value;
}

std::vector<Flag> tag_flags() {
  return {{.name = "tag",
           .kind = FlagKind::single,
           .value_name = "tag",
           .description = "name of the new image",
           .default_text = "the tag of --image, which then means the new image"}};
}

std::string destination_tag(const ParsedFlags& flags, const std::string& otherwise) {
  const auto value = flags.value("tag");
  if (!value) return otherwise;
  require_tag("--tag", *value);
  return *value;
}

void require_positionals(const Invocation& line, const std::vector<std::string_view>& names) {
  if (line.positionals.size() != names.size()) {
    std::string expected;
    for (const std::string_view name : names) {
      expected += fmt::format("{}<{}>", expected.empty() ? "" : " ", name);
    }
    fail(fmt::format("invalid number of positional arguments: expected {}, got {}",
                     expected.empty() ? "none" : expected, line.positionals.size()));
  }
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (line.positionals[i].empty()) fail(fmt::format("{} cannot be empty", names[i]));
  }
}

std::vector<Flag> history_flags() {
  return {
      {.name = "no-history", .description = "add no line to the image's history"},
      {.name = "history.author",
       .kind = FlagKind::single,
       .value_name = "text",
       .description = "author named in the line of history"},
      {.name = "history.comment",
       .kind = FlagKind::single,
       .value_name = "text",
       .description = "comment in the line of history"},
      {.name = "history.created",
       .kind = FlagKind::single,
       .value_name = "date",
       .description = "date of the line of history (RFC 3339)",
       .default_text = "SOURCE_DATE_EPOCH or now"},
      {.name = "history.created_by",
       .kind = FlagKind::single,
       .value_name = "text",
       .description = "command named in the line of history"},
  };
}

void check_history_conflict(const ParsedFlags& flags) {
  if (!flags.is_set("no-history")) return;
  for (const std::string_view name : history_members) {
    if (flags.given(name)) {
      fail(fmt::format("--no-history and --{} may not be specified together", name));
    }
  }
}

std::optional<image::HistoryRequest> history_request(const Invocation& line,
                                                     std::string_view created_by) {
  // Parsed even if nothing needs it: a malformed epoch must not go unnoticed.
  std::string created = creation_time(line.io);
  if (line.flags.is_set("no-history")) return std::nullopt;
  if (const auto value = line.flags.value("history.created")) {
    created = parse_time_flag("--history.created", *value);
  }
  image::HistoryRequest request;
  request.created = std::move(created);
  request.default_created_by = created_by;
  request.created_by = line.flags.value("history.created_by");
  request.author = line.flags.value("history.author");
  request.comment = line.flags.value("history.comment");
  return request;
}

std::vector<Flag> compress_flags() {
  return {{.name = "compress",
           .kind = FlagKind::single,
           .value_name = "algorithm",
           .description = "compression of the new layer: auto (as the image's other layers), gzip, "
                          "zstd or none",
           .default_text = "auto"}};
}

std::optional<codec::Compression> compression(const ParsedFlags& flags) {
  const std::string value = flags.value("compress").value_or("auto");
  if (value == "auto") return std::nullopt;
  if (value.empty() || value == "none") return codec::Compression::none;
  if (value == "gzip") return codec::Compression::gzip;
  if (value == "zstd") return codec::Compression::zstd;
  fail(fmt::format("invalid --compress: unknown layer compression type {}", quoted(value)));
}

std::vector<Flag> ownership_flags() {
  return {
      {.name = "uid-map",
       .kind = FlagKind::list,
       .value_name = "container:host[:size]",
       .description = "map a range of user ids of the image to one of this system"},
      {.name = "gid-map",
       .kind = FlagKind::list,
       .value_name = "container:host[:size]",
       .description = "map a range of group ids of the image to one of this system"},
      {.name = "rootless",
       .description = "work without privileges: all files belong to the caller, owners are kept in "
                      "extended attributes"},
  };
}

layer::Ownership ownership(const ParsedFlags& flags) {
  return {.uids = id_map(flags, "uid-map", ::geteuid()),
          .gids = id_map(flags, "gid-map", ::getegid()),
          .rootless = flags.is_set("rootless")};
}

std::optional<std::int64_t> source_date_epoch(const Io& io) {
  const auto value = io.environment("SOURCE_DATE_EPOCH");
  if (!value || value->empty()) return std::nullopt;
  std::string_view digits = *value;
  if (digits.starts_with('+') && !digits.starts_with("+-")) digits.remove_prefix(1);
  std::int64_t seconds = 0;
  const auto [end, problem] =
      std::from_chars(digits.data(), digits.data() + digits.size(), seconds);
  if (problem != std::errc{} || end != digits.data() + digits.size()) {
    fail(fmt::format("parse SOURCE_DATE_EPOCH={}: not a number of seconds", quoted(*value)));
  }
  return seconds;
}

std::string creation_time(const Io& io) {
  const auto epoch = source_date_epoch(io);
  if (!epoch) return format_timestamp(io.now());
  return format_timestamp({.time = {.seconds = *epoch, .nanoseconds = 0}, .offset_minutes = 0});
}

std::string parse_time_flag(std::string_view flag, const std::string& value) {
  return in_context([&] { return fmt::format("parsing {}", flag); },
                    [&] { return format_timestamp(parse_timestamp(value)); });
}

store::Layout open_layout(const std::filesystem::path& path, Log& log) {
  store::LayoutOptions options;
  options.log = &log;
  return store::Layout::open(path, options);
}

std::vector<Flag> join_flags(std::vector<std::vector<Flag>> groups) {
  std::vector<Flag> all;
  for (auto& group : groups) {
    for (auto& flag : group) all.push_back(std::move(flag));
  }
  return all;
}

}  // namespace umoci::cli
