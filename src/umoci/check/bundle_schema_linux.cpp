// SPDX-License-Identifier: Apache-2.0
#include <umoci/check/bundle_schema.hpp>

namespace umoci::check {
namespace {

using enum Presence;

bool is_device_type(std::string_view text) {
  return text.size() == 1 && std::string_view("cbup").find(text.front()) != std::string_view::npos;
}

constexpr Shape device_type{
    .type = Shape::Type::string, .matches = is_device_type, .wanted = "one of c, b, u, p"};
// The bits of chmod(2). The schema stops at 512, which it writes as if it were octal.
constexpr Shape file_mode = integer_between(0, 07777);
constexpr MemberShape device_members[] = {
    {"type", &device_type, required}, {"path", &shape::string, required}, {"fileMode", &file_mode},
    {"major", &shape::int64},         {"minor", &shape::int64},           {"uid", &shape::uint32},
    {"gid", &shape::uint32},
};
constexpr Shape device = object_of(device_members);
constexpr Shape devices = array_of(device);

constexpr MemberShape net_device_members[] = {{"name", &shape::string}};
constexpr Shape net_device = object_of(net_device_members);
constexpr Shape net_devices = map_of(net_device);

constexpr std::string_view namespace_types[] = {"mount", "pid",  "network", "uts",
                                                "ipc",   "user", "cgroup",  "time"};
constexpr Shape namespace_type = one_of(namespace_types);
constexpr MemberShape namespace_members[] = {
    {"type", &namespace_type, required},
    {"path", &shape::string},
};
constexpr Shape namespace_reference = object_of(namespace_members);
constexpr Shape namespaces = array_of(namespace_reference);

constexpr std::string_view propagations[] = {"private", "shared", "slave", "unbindable"};
constexpr Shape propagation = one_of(propagations);

constexpr MemberShape time_offset_members[] = {
    {"secs", &shape::int64},
    {"nanosecs", &shape::uint32},
};
constexpr Shape time_offset = object_of(time_offset_members);
constexpr MemberShape time_offsets_members[] = {
    {"boottime", &time_offset},
    {"monotonic", &time_offset},
};
constexpr Shape time_offsets = object_of(time_offsets_members);

bool is_bandwidth_schema(std::string_view text) {
  return text.starts_with("MB:") && text.find('\n') == std::string_view::npos;
}

constexpr Shape bandwidth_schema{
    .type = Shape::Type::string, .matches = is_bandwidth_schema, .wanted = "MB: and one line"};
constexpr MemberShape rdt_members[] = {
    {"closID", &shape::string},
    {"l3CacheSchema", &shape::string},
    {"memBwSchema", &bandwidth_schema},
    {"schemata", &shape::strings},
    {"enableCMT", &shape::boolean},
    {"enableMBM", &shape::boolean},
    {"enableMonitoring", &shape::boolean},
};
constexpr Shape rdt = object_of(rdt_members);

constexpr std::string_view personality_domains[] = {"LINUX", "LINUX32"};
constexpr Shape personality_domain = one_of(personality_domains);
constexpr MemberShape personality_members[] = {
    {"domain", &personality_domain},
    {"flags", &shape::strings},
};
constexpr Shape personality = object_of(personality_members);

constexpr std::string_view memory_modes[] = {
    "MPOL_DEFAULT",   "MPOL_BIND",           "MPOL_INTERLEAVE", "MPOL_WEIGHTED_INTERLEAVE",
    "MPOL_PREFERRED", "MPOL_PREFERRED_MANY", "MPOL_LOCAL",
};
constexpr Shape memory_mode = one_of(memory_modes);
constexpr std::string_view memory_flag_names[] = {"MPOL_F_NUMA_BALANCING", "MPOL_F_RELATIVE_NODES",
                                                  "MPOL_F_STATIC_NODES"};
constexpr Shape memory_flag = one_of(memory_flag_names);
constexpr Shape memory_flags = array_of(memory_flag);
constexpr MemberShape memory_policy_members[] = {
    {"mode", &memory_mode, required},
    {"nodes", &shape::string},
    {"flags", &memory_flags},
};
constexpr Shape memory_policy = object_of(memory_policy_members);

constexpr MemberShape linux_members[] = {
    {"devices", &devices},
    {"netDevices", &net_devices},
    {"uidMappings", &shape::id_mappings},
    {"gidMappings", &shape::id_mappings},
    {"namespaces", &namespaces},
    {"resources", &resources_shape},
    {"cgroupsPath", &shape::string},
    {"rootfsPropagation", &propagation},
    {"seccomp", &seccomp_shape},
    {"sysctl", &shape::string_map},
    {"timeOffsets", &time_offsets},
    {"maskedPaths", &shape::strings},
    {"readonlyPaths", &shape::strings},
    {"mountLabel", &shape::string},
    {"intelRdt", &rdt},
    {"memoryPolicy", &memory_policy},
    {"personality", &personality},
};

}  // namespace

const Shape linux_shape = object_of(linux_members);

}  // namespace umoci::check
