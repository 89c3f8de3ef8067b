// SPDX-License-Identifier: Apache-2.0
#include <cli/arguments/subids.hpp>

#include <cli/arguments/input_file.hpp>

#include <umoci/base/error.hpp>
#include <umoci/mtree/manifest.hpp>
#include <umoci/runtime/subid_mappings.hpp>

#include <fmt/format.h>

#include <unistd.h>

namespace umoci::cli {
namespace {

constexpr std::uint64_t max_file_bytes = 16ULL << 20U;

layer::IdMap subid_map(const Invocation& line, const std::string& path,
                       const runtime::SubidOwner& owner, std::uint32_t own_id) {
  const std::string text = read_input(path, "subordinate ids", max_file_bytes, line.io.stop);
  auto mappings = runtime::subid_mappings({.path = path, .text = text}, owner, own_id, line.log);
  return in_context([&] { return fmt::format("ranges of user {} in {}", owner.uid, quoted(path)); },
                    [&] { return layer::IdMap(std::move(mappings)); });
}

}  // namespace

layer::Ownership subid_ownership(const Invocation& line) {
  for (const std::string_view map : {"uid-map", "gid-map"}) {
    if (!line.flags.given(map)) continue;
    throw Error(ErrorKind::invalid_argument,
                fmt::format("--rootless=subid and --{} may not be specified together", map));
  }
  return in_context([] { return std::string("--rootless=subid"); },
                    [&] {
                      const std::uint32_t uid = ::geteuid();
                      // Groups, too, are given to users.
                      const runtime::SubidOwner owner{
                          .uid = uid, .name = mtree::host_owner_names().user(uid).value_or("")};
                      return layer::Ownership{
                          .uids = subid_map(line, line.io.subid_files.users, owner, uid),
                          .gids = subid_map(line, line.io.subid_files.groups, owner, ::getegid()),
                          .rootless = true};
                    });
}

}  // namespace umoci::cli
