// SPDX-License-Identifier: Apache-2.0
#include <umoci/oci/go_names.hpp>

namespace umoci::oci {
namespace {

constexpr std::string_view os_names[] = {
    "aix",   "android", "darwin", "dragonfly", "freebsd", "hurd",    "illumos", "ios",     "js",
    "linux", "nacl",    "netbsd", "openbsd",   "plan9",   "solaris", "wasip1",  "windows", "zos"};

constexpr std::string_view architecture_names[] = {
    "386",     "amd64",  "amd64p32", "arm",       "arm64",       "arm64be", "armbe",   "loong64",
    "mips",    "mips64", "mips64le", "mips64p32", "mips64p32le", "mipsle",  "ppc",     "ppc64",
    "ppc64le", "riscv",  "riscv64",  "s390",      "s390x",       "sparc",   "sparc64", "wasm"};

}  // namespace

std::span<const std::string_view> go_os_names() noexcept { return os_names; }

std::span<const std::string_view> go_architecture_names() noexcept { return architecture_names; }

}  // namespace umoci::oci
