// SPDX-License-Identifier: Apache-2.0
#include <umoci/runtime/user.hpp>

#include <umoci/base/error.hpp>
#include <umoci/base/number.hpp>
#include <umoci/runtime/user_entries.hpp>

#include <algorithm>
#include <set>
#include <system_error>

namespace umoci::runtime {
namespace {

struct UserSpec {
  std::string_view user;
  std::string_view group;
};

/// What comes behind a second colon is of no meaning.
UserSpec split(std::string_view spec) {
  const std::size_t colon = spec.find(':');
  if (colon == std::string_view::npos) return {spec, {}};
  const std::string_view rest = spec.substr(colon + 1);
  return {spec.substr(0, colon), rest.substr(0, rest.find(':'))};
}

bool is_numeric(std::string_view text) {
  if (!text.empty() && (text.front() == '+' || text.front() == '-')) text.remove_prefix(1);
  return !text.empty() &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

/// `text` is numeric. Throws: invalid_argument.
std::uint32_t to_id(std::string_view text) {
  std::string_view digits = text;
  if (digits.front() == '+') digits.remove_prefix(1);
  // The type is signed for "-0" alone, which is as good as 0.
  const auto value = parse_number<std::int64_t>(digits);
  if (!value || *value < 0 || *value > std::int64_t{max_id}) {
    throw Error(ErrorKind::invalid_argument,
                "id " + quoted(text) + " is outside 0 to " + std::to_string(max_id));
  }
  return static_cast<std::uint32_t>(*value);
}

std::optional<UserEntry> find_user(UserEntries& entries, std::string_view user) {
  const bool by_id = user.empty() || is_numeric(user);
  const std::uint32_t id = user.empty() || !by_id ? 0 : to_id(user);
  while (const std::optional<UserEntry> entry = entries.next()) {
    if (by_id ? entry->uid == id : entry->name == user) return entry;
  }
  return std::nullopt;
}

std::uint32_t find_group(GroupEntries& entries, std::string_view group) {
  if (is_numeric(group)) return to_id(group);
  while (const std::optional<GroupEntry> entry = entries.next()) {
    if (entry->name == group) return entry->gid;
  }
  throw Error(ErrorKind::not_found,
              "unable to find group " + quoted(group) + ": no matching entries in group file");
}

std::vector<std::uint32_t> groups_of(GroupEntries& entries, std::string_view member) {
  std::vector<std::uint32_t> gids;
  while (const std::optional<GroupEntry> entry = entries.next()) {
    if (entry->has_member(member)) gids.push_back(entry->gid);
  }
  return gids;
}

/// Keeps the first of equal ids; the order stays.
std::vector<std::uint32_t> without_repetitions(const std::vector<std::uint32_t>& gids) {
  std::vector<std::uint32_t> result;
  std::set<std::uint32_t> seen;
  for (const std::uint32_t gid : gids) {
    if (seen.insert(gid).second) result.push_back(gid);
  }
  return result;
}

User resolve(const UserSpec& spec, UserEntries& users, GroupEntries& groups,
             GroupsOfNumbers groups_of_numbers) {
  const std::optional<UserEntry> entry = find_user(users, spec.user);
  User user;
  if (entry) {
    user.uid = entry->uid;
    user.gid = entry->gid;
    user.home = entry->home;
  } else if (is_numeric(spec.user)) {
    user.uid = to_id(spec.user);
  } else if (!spec.user.empty()) {
    throw Error(ErrorKind::not_found, "unable to find user " + quoted(spec.user) +
                                          ": no matching entries in passwd file");
  }
  if (!spec.group.empty()) {
    user.gid = find_group(groups, spec.group);
  } else if (entry &&
             (groups_of_numbers == GroupsOfNumbers::as_members || !is_numeric(spec.user))) {
    user.additional_gids = without_repetitions(groups_of(groups, entry->name));
  }
  return user;
}

}  // namespace

User resolve_user(std::string_view spec, const UserDatabase& database,
                  GroupsOfNumbers groups_of_numbers, Log& log) {
  UserEntries users(database.passwd ? std::string_view(*database.passwd) : "");
  GroupEntries groups(database.group ? std::string_view(*database.group) : "");
  User user = with_verdict([&] { return "cannot parse user spec " + quoted(spec); },
                           [&] { return resolve(split(spec), users, groups, groups_of_numbers); });
  users.report_skipped("/etc/passwd", log);
  groups.report_skipped("/etc/group", log);
  return user;
}

}  // namespace umoci::runtime
