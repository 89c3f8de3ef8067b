// SPDX-License-Identifier: Apache-2.0
#include <cli/arguments/ownership.hpp>

#include <cli/arguments/subids.hpp>

#include <umoci/base/error.hpp>

#include <fmt/format.h>

#include <unistd.h>

namespace umoci::cli {
namespace {

layer::IdMap given_map(const ParsedFlags& flags, std::string_view name) {
  return with_verdict([&] { return fmt::format("failure parsing --{}", name); },
                      [&] {
                        std::vector<tree::IdMapping> mappings;
                        for (const std::string& text : flags.values(name)) {
                          mappings.push_back(layer::parse_id_mapping(text));
                        }
                        return layer::IdMap(std::move(mappings));
                      });
}

layer::IdMap id_map(const ParsedFlags& flags, std::string_view name, std::uint32_t own_id) {
  layer::IdMap map = given_map(flags, name);
  if (!map.is_identity() || !flags.is_set("rootless")) return map;
  return layer::IdMap({{.container_id = 0, .host_id = own_id, .size = 1}});
}

constexpr std::string_view map_detail =
    "The size is 1 if it is not given. Ranges must not overlap; an id that is in none of them is "
    "an "
    "error where it is needed. Without a map ids stay as they are.";

}  // namespace

std::vector<Flag> ownership_flags() {
  return {
      {.name = "uid-map",
       .kind = FlagKind::list,
       .value_name = "container:host[:size]",
       .description = "map a range of user ids of the image to one of this system",
       .hint = ValueHint::text,
       .detail = map_detail},
      {.name = "gid-map",
       .kind = FlagKind::list,
       .value_name = "container:host[:size]",
       .description = "map a range of group ids of the image to one of this system",
       .hint = ValueHint::text,
       .detail = map_detail},
      {.name = "rootless",
       .description = "work without privileges: all files belong to the caller, owners are kept in "
                      "extended attributes",
       .detail = "Without --uid-map and --gid-map, root of the image is the caller. With "
                 "`--rootless=subid`, the further ids, from 1 on, are the ranges that /etc/subuid "
                 "and /etc/subgid have for the caller, one after the other.",
       .words = {"subid"}},
  };
}

layer::Ownership ownership(const Invocation& line) {
  const ParsedFlags& flags = line.flags;
  if (flags.value("rootless") == "subid") return subid_ownership(line);
  const layer::Ownership ownership{.uids = id_map(flags, "uid-map", ::geteuid()),
                                   .gids = id_map(flags, "gid-map", ::getegid()),
                                   .rootless = flags.is_set("rootless")};
  if (ownership.uids.is_identity() != ownership.gids.is_identity()) {
    const std::string_view kind = ownership.uids.is_identity() ? "user" : "group";
    line.log.info(fmt::format("there is no mapping of {} ids: they stay as they are", kind));
  }
  return ownership;
}

std::vector<Flag> ignored_ownership_flags() {
  std::vector<Flag> flags = ownership_flags();
  for (Flag& flag : flags) {
    flag.description = "no effect: the bundle says how it was unpacked";
    flag.use = FlagUse::ignored;
  }
  return flags;
}

bundle::OwnershipClaim ownership_claim(const Invocation& line) {
  const ParsedFlags& flags = line.flags;
  for (const Flag& flag : ignored_ownership_flags()) {
    if (!flags.given(flag.name)) continue;
    line.log.debug(
        fmt::format("--{} has no effect: the bundle says how it was unpacked", flag.name));
  }
  bundle::OwnershipClaim claim;
  if (flags.given("uid-map")) claim.uids = given_map(flags, "uid-map");
  if (flags.given("gid-map")) claim.gids = given_map(flags, "gid-map");
  if (flags.given("rootless")) claim.rootless = flags.is_set("rootless");
  return claim;
}

}  // namespace umoci::cli
