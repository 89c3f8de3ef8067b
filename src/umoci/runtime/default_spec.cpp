// SPDX-License-Identifier: Apache-2.0
#include <umoci/runtime/spec.hpp>

namespace umoci::runtime {
namespace {

std::vector<Mount> default_mounts() {
  return {
      {"/proc", "proc", "proc", {}},
      {"/dev", "tmpfs", "tmpfs", {"nosuid", "strictatime", "mode=755", "size=65536k"}},
      {"/dev/pts",
       "devpts",
       "devpts",
       {"nosuid", "noexec", "newinstance", "ptmxmode=0666", "mode=0620", "gid=5"}},
      {"/dev/shm", "tmpfs", "shm", {"nosuid", "noexec", "nodev", "mode=1777", "size=65536k"}},
      {"/dev/mqueue", "mqueue", "mqueue", {"nosuid", "noexec", "nodev"}},
      {"/sys", "sysfs", "sysfs", {"nosuid", "noexec", "nodev", "ro"}},
      {"/sys/fs/cgroup", "cgroup", "cgroup", {"nosuid", "noexec", "nodev", "relatime", "ro"}},
  };
}

}  // namespace

Spec default_spec() {
  return Spec{
      .user = {},
      .args = {"sh"},
      .env = {"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "TERM=xterm"},
      .cwd = "/",
      .root_path = "rootfs",
      .mounts = default_mounts(),
      .annotations = {},
      .uid_mappings = {},
      .gid_mappings = {},
      .denies_devices = true,
      .namespaces = {"cgroup", "pid", "network", "ipc", "uts", "mount"},
  };
}

}  // namespace umoci::runtime
