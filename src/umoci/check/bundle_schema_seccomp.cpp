// SPDX-License-Identifier: Apache-2.0
#include <umoci/check/bundle_schema.hpp>

namespace umoci::check {
namespace {

using enum Presence;

constexpr std::string_view action_names[] = {
    "SCMP_ACT_KILL",  "SCMP_ACT_KILL_PROCESS", "SCMP_ACT_KILL_THREAD",
    "SCMP_ACT_TRAP",  "SCMP_ACT_ERRNO",        "SCMP_ACT_TRACE",
    "SCMP_ACT_ALLOW", "SCMP_ACT_LOG",          "SCMP_ACT_NOTIFY",
};
constexpr Shape action = one_of(action_names);

constexpr std::string_view flag_names[] = {
    "SECCOMP_FILTER_FLAG_TSYNC",
    "SECCOMP_FILTER_FLAG_LOG",
    "SECCOMP_FILTER_FLAG_SPEC_ALLOW",
    "SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV",
};
constexpr Shape flag = one_of(flag_names);
constexpr Shape flags = array_of(flag);

constexpr std::string_view architecture_names[] = {
    "SCMP_ARCH_X86",         "SCMP_ARCH_X86_64",      "SCMP_ARCH_X32",    "SCMP_ARCH_ARM",
    "SCMP_ARCH_AARCH64",     "SCMP_ARCH_LOONGARCH64", "SCMP_ARCH_M68K",   "SCMP_ARCH_MIPS",
    "SCMP_ARCH_MIPS64",      "SCMP_ARCH_MIPS64N32",   "SCMP_ARCH_MIPSEL", "SCMP_ARCH_MIPSEL64",
    "SCMP_ARCH_MIPSEL64N32", "SCMP_ARCH_PPC",         "SCMP_ARCH_PPC64",  "SCMP_ARCH_PPC64LE",
    "SCMP_ARCH_S390",        "SCMP_ARCH_S390X",       "SCMP_ARCH_PARISC", "SCMP_ARCH_PARISC64",
    "SCMP_ARCH_RISCV64",     "SCMP_ARCH_SH",          "SCMP_ARCH_SHEB",
};
constexpr Shape architecture = one_of(architecture_names);
constexpr Shape architectures = array_of(architecture);

constexpr std::string_view operator_names[] = {
    "SCMP_CMP_NE", "SCMP_CMP_LT", "SCMP_CMP_LE",        "SCMP_CMP_EQ",
    "SCMP_CMP_GE", "SCMP_CMP_GT", "SCMP_CMP_MASKED_EQ",
};
constexpr Shape comparison = one_of(operator_names);
constexpr MemberShape argument_members[] = {
    {"index", &shape::uint32, required},
    {"value", &shape::uint64, required},
    {"valueTwo", &shape::uint64},
    {"op", &comparison, required},
};
constexpr Shape argument = object_of(argument_members);
constexpr Shape arguments = array_of(argument);

constexpr Shape names = array_of(shape::string, 1);
constexpr MemberShape syscall_members[] = {
    {"names", &names, required},
    {"action", &action, required},
    {"errnoRet", &shape::uint32},
    {"args", &arguments},
};
constexpr Shape syscall = object_of(syscall_members);
constexpr Shape syscalls = array_of(syscall);

constexpr MemberShape seccomp_members[] = {
    {"defaultAction", &action, required},
    {"defaultErrnoRet", &shape::uint32},
    {"flags", &flags},
    {"listenerPath", &shape::string},
    {"listenerMetadata", &shape::string},
    {"architectures", &architectures},
    {"syscalls", &syscalls},
};

}  // namespace

const Shape seccomp_shape = object_of(seccomp_members);

}  // namespace umoci::check
