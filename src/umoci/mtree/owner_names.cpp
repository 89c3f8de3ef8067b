// SPDX-License-Identifier: Apache-2.0
#include <umoci/mtree/manifest.hpp>

#include <grp.h>
#include <pwd.h>

#include <cerrno>
#include <memory>
#include <unordered_map>

namespace umoci::mtree {
namespace {

/// Calls `look_up` with larger and larger buffers until one is large enough.
template <class Found, class LookUp>
std::optional<std::string> look_up_name(LookUp look_up, char* Found::* name) {
  constexpr std::size_t first_bytes = 1U << 10U;
  constexpr std::size_t last_bytes = 1U << 20U;  // groups may have very many members
  for (std::size_t bytes = first_bytes; bytes <= last_bytes; bytes *= 4) {
    std::string buffer(bytes, '\0');
    Found entry{};
    Found* found = nullptr;
    const int error = look_up(&entry, buffer.data(), buffer.size(), &found);
    if (error == ERANGE) continue;
    if (found == nullptr) return std::nullopt;
    return std::string(found->*name);
  }
  return std::nullopt;
}

OwnerNames::NameOf cached(std::optional<std::string> (*look_up)(std::uint32_t)) {
  using Cache = std::unordered_map<std::uint32_t, std::optional<std::string>>;
  return [look_up, cache = std::make_shared<Cache>()](std::uint32_t id) {
    const auto found = cache->find(id);
    return found != cache->end() ? found->second : cache->emplace(id, look_up(id)).first->second;
  };
}

std::optional<std::string> user_name(std::uint32_t id) {
  return look_up_name<passwd>(
      [id](passwd* entry, char* buffer, std::size_t bytes, passwd** found) {
        return ::getpwuid_r(id, entry, buffer, bytes, found);
      },
      &passwd::pw_name);
}

std::optional<std::string> group_name(std::uint32_t id) {
  return look_up_name<group>(
      [id](group* entry, char* buffer, std::size_t bytes, group** found) {
        return ::getgrgid_r(id, entry, buffer, bytes, found);
      },
      &group::gr_name);
}

}  // namespace

OwnerNames host_owner_names() { return {.user = cached(user_name), .group = cached(group_name)}; }

}  // namespace umoci::mtree
