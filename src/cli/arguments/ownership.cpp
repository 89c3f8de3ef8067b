// SPDX-License-Identifier: Apache-2.0
#include <cli/arguments/ownership.hpp>

#include <umoci/base/error.hpp>

#include <fmt/format.h>

#include <unistd.h>

namespace umoci::cli {
namespace {

layer::IdMap id_map(const ParsedFlags& flags, std::string_view name, std::uint32_t own_id) {
  return in_context([&] { return fmt::format("failure parsing --{}", name); },
                    [&] {
                      std::vector<tree::IdMapping> mappings;
                      for (const std::string& text : flags.values(name)) {
                        mappings.push_back(layer::parse_id_mapping(text));
                      }
                      if (mappings.empty() && flags.is_set("rootless")) {
                        mappings.push_back({.container_id = 0, .host_id = own_id, .size = 1});
                      }
                      return layer::IdMap(std::move(mappings));
                    });
}

}  // namespace

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

layer::Ownership ownership(const Invocation& line) {
  const ParsedFlags& flags = line.flags;
  const layer::Ownership ownership{.uids = id_map(flags, "uid-map", ::geteuid()),
                                   .gids = id_map(flags, "gid-map", ::getegid()),
                                   .rootless = flags.is_set("rootless")};
  if (ownership.uids.is_identity() != ownership.gids.is_identity()) {
    const std::string_view kind = ownership.uids.is_identity() ? "user" : "group";
    line.log.info(fmt::format("there is no mapping of {} ids: they stay as they are", kind));
  }
  return ownership;
}

}  // namespace umoci::cli
