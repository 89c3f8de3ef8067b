// SPDX-License-Identifier: Apache-2.0
#include <umoci/oci/arm_variant.hpp>
#include <umoci/oci/platform.hpp>

#include <sys/utsname.h>

#include <fstream>
#include <iterator>

namespace umoci::oci {
namespace {

// As Go names them (GOARCH).
#if defined(__x86_64__)
constexpr std::string_view architecture = "amd64";
#elif defined(__i386__)
constexpr std::string_view architecture = "386";
#elif defined(__aarch64__) && defined(__AARCH64EB__)
constexpr std::string_view architecture = "arm64be";
#elif defined(__aarch64__)
constexpr std::string_view architecture = "arm64";
#elif defined(__arm__) && defined(__ARMEB__)
constexpr std::string_view architecture = "armbe";
#elif defined(__arm__)
constexpr std::string_view architecture = "arm";
#elif defined(__powerpc64__) && defined(__LITTLE_ENDIAN__)
constexpr std::string_view architecture = "ppc64le";
#elif defined(__powerpc64__)
constexpr std::string_view architecture = "ppc64";
#elif defined(__powerpc__)
constexpr std::string_view architecture = "ppc";
#elif defined(__s390x__)
constexpr std::string_view architecture = "s390x";
#elif defined(__s390__)
constexpr std::string_view architecture = "s390";
#elif defined(__riscv) && __riscv_xlen == 64
constexpr std::string_view architecture = "riscv64";
#elif defined(__riscv)
constexpr std::string_view architecture = "riscv";
#elif defined(__loongarch64)
constexpr std::string_view architecture = "loong64";
#elif defined(__mips64) && defined(__MIPSEL__)
constexpr std::string_view architecture = "mips64le";
#elif defined(__mips64)
constexpr std::string_view architecture = "mips64";
#elif defined(__mips__) && defined(__MIPSEL__)
constexpr std::string_view architecture = "mipsle";
#elif defined(__mips__)
constexpr std::string_view architecture = "mips";
#elif defined(__sparc__) && defined(__arch64__)
constexpr std::string_view architecture = "sparc64";
#else
#error "Give this processor the name that Go has for it"
#endif

std::string variant_of_this_machine() {
  std::ifstream file("/proc/cpuinfo");
  const std::string cpuinfo{std::istreambuf_iterator<char>(file), {}};
  utsname system{};
  const std::string_view machine = uname(&system) == 0 ? system.machine : "";
  return arm_variant(cpuinfo, machine);
}

}  // namespace

Platform host_platform() {
  Platform platform{.architecture = std::string(architecture), .os = "linux"};
  if (architecture == "arm" || architecture == "arm64") {
    platform.variant = variant_of_this_machine();
  }
  return platform;
}

}  // namespace umoci::oci
