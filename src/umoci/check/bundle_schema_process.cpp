// SPDX-License-Identifier: Apache-2.0
#include <umoci/check/bundle_schema.hpp>

#include <algorithm>

namespace umoci::check {
namespace {

using enum Presence;

constexpr MemberShape console_members[] = {
    {"height", &shape::uint64, required},
    {"width", &shape::uint64, required},
};
constexpr Shape console = object_of(console_members);

constexpr Shape ids = array_of(shape::uint32);
constexpr MemberShape user_members[] = {
    {"uid", &shape::uint32},  {"gid", &shape::uint32},      {"umask", &shape::uint32},
    {"additionalGids", &ids}, {"username", &shape::string},
};
constexpr Shape user = object_of(user_members);

constexpr MemberShape capabilities_members[] = {
    {"bounding", &shape::strings},  {"permitted", &shape::strings},
    {"effective", &shape::strings}, {"inheritable", &shape::strings},
    {"ambient", &shape::strings},
};
constexpr Shape capabilities = object_of(capabilities_members);

bool is_rlimit_type(std::string_view text) {
  constexpr std::string_view prefix = "RLIMIT_";
  return text.size() > prefix.size() && text.starts_with(prefix) &&
         std::all_of(text.begin() + prefix.size(), text.end(),
                     [](char c) { return c >= 'A' && c <= 'Z'; });
}

constexpr Shape rlimit_type{.type = Shape::Type::string,
                            .matches = is_rlimit_type,
                            .wanted = "RLIMIT_ and capital letters"};
constexpr MemberShape rlimit_members[] = {
    {"hard", &shape::uint64, required},
    {"soft", &shape::uint64, required},
    {"type", &rlimit_type, required},
};
constexpr Shape rlimit = object_of(rlimit_members);
constexpr Shape rlimits = array_of(rlimit);

constexpr std::string_view scheduler_policies[] = {"SCHED_OTHER",   "SCHED_FIFO", "SCHED_RR",
                                                   "SCHED_BATCH",   "SCHED_ISO",  "SCHED_IDLE",
                                                   "SCHED_DEADLINE"};
constexpr Shape scheduler_policy = one_of(scheduler_policies);
constexpr std::string_view scheduler_flag_names[] = {
    "SCHED_FLAG_RESET_ON_FORK",  "SCHED_FLAG_RECLAIM",     "SCHED_FLAG_DL_OVERRUN",
    "SCHED_FLAG_KEEP_POLICY",    "SCHED_FLAG_KEEP_PARAMS", "SCHED_FLAG_UTIL_CLAMP_MIN",
    "SCHED_FLAG_UTIL_CLAMP_MAX",
};
constexpr Shape scheduler_flag = one_of(scheduler_flag_names);
constexpr Shape scheduler_flags = array_of(scheduler_flag);
constexpr MemberShape scheduler_members[] = {
    {"policy", &scheduler_policy, required},
    {"nice", &shape::int32},
    {"priority", &shape::int32},
    {"flags", &scheduler_flags},
    {"runtime", &shape::uint64},
    {"deadline", &shape::uint64},
    {"period", &shape::uint64},
};
constexpr Shape scheduler = object_of(scheduler_members);

constexpr std::string_view io_classes[] = {"IOPRIO_CLASS_RT", "IOPRIO_CLASS_BE",
                                           "IOPRIO_CLASS_IDLE"};
constexpr Shape io_class = one_of(io_classes);
constexpr MemberShape io_priority_members[] = {
    {"class", &io_class, required},
    {"priority", &shape::int32},
};
constexpr Shape io_priority = object_of(io_priority_members);

bool is_cpu_list(std::string_view text) {
  return text.find_first_not_of("0123456789, -") == std::string_view::npos;
}

constexpr Shape cpu_list{
    .type = Shape::Type::string, .matches = is_cpu_list, .wanted = "a list of CPUs"};
constexpr MemberShape affinity_members[] = {
    {"initial", &cpu_list},
    {"final", &cpu_list},
};
constexpr Shape affinity = object_of(affinity_members);

constexpr MemberShape process_members[] = {
    {"args", &shape::strings},
    {"commandLine", &shape::string},
    {"consoleSize", &console},
    {"cwd", &shape::string, required},
    {"env", &shape::strings},
    {"terminal", &shape::boolean},
    {"user", &user},
    {"capabilities", &capabilities},
    {"apparmorProfile", &shape::string},
    {"oomScoreAdj", &shape::integer},
    {"selinuxLabel", &shape::string},
    {"noNewPrivileges", &shape::boolean},
    {"rlimits", &rlimits},
    {"scheduler", &scheduler},
    {"ioPriority", &io_priority},
    {"execCPUAffinity", &affinity},
};

}  // namespace

const Shape process_shape = object_of(process_members);

}  // namespace umoci::check
