// SPDX-License-Identifier: Apache-2.0
#include <umoci/runtime/spec.hpp>

#include <string_view>

namespace umoci::runtime {
namespace {

/// As moby's default specification has it, in the order of its lists. Inheritable and ambient have
/// been empty since 20.10.9. The size of /dev/shm is the one that the daemon sets.
constexpr std::string_view docker_text = R"({
"ociVersion": "1.0.0",
"process": {
  "terminal": true,
  "user": {"uid": 0, "gid": 0},
  "args": ["sh"],
  "env": ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "TERM=xterm"],
  "cwd": "/",
  "capabilities": {
    "bounding": ["CAP_CHOWN", "CAP_DAC_OVERRIDE", "CAP_FSETID", "CAP_FOWNER", "CAP_MKNOD",
                 "CAP_NET_RAW", "CAP_SETGID", "CAP_SETUID", "CAP_SETFCAP", "CAP_SETPCAP",
                 "CAP_NET_BIND_SERVICE", "CAP_SYS_CHROOT", "CAP_KILL", "CAP_AUDIT_WRITE"],
    "effective": ["CAP_CHOWN", "CAP_DAC_OVERRIDE", "CAP_FSETID", "CAP_FOWNER", "CAP_MKNOD",
                  "CAP_NET_RAW", "CAP_SETGID", "CAP_SETUID", "CAP_SETFCAP", "CAP_SETPCAP",
                  "CAP_NET_BIND_SERVICE", "CAP_SYS_CHROOT", "CAP_KILL", "CAP_AUDIT_WRITE"],
    "permitted": ["CAP_CHOWN", "CAP_DAC_OVERRIDE", "CAP_FSETID", "CAP_FOWNER", "CAP_MKNOD",
                  "CAP_NET_RAW", "CAP_SETGID", "CAP_SETUID", "CAP_SETFCAP", "CAP_SETPCAP",
                  "CAP_NET_BIND_SERVICE", "CAP_SYS_CHROOT", "CAP_KILL", "CAP_AUDIT_WRITE"]
  }
},
"root": {"path": "rootfs"},
"hostname": "umoci-default",
"mounts": [
  {"destination": "/proc", "type": "proc", "source": "proc",
   "options": ["nosuid", "noexec", "nodev"]},
  {"destination": "/dev", "type": "tmpfs", "source": "tmpfs",
   "options": ["nosuid", "strictatime", "mode=755", "size=65536k"]},
  {"destination": "/dev/pts", "type": "devpts", "source": "devpts",
   "options": ["nosuid", "noexec", "newinstance", "ptmxmode=0666", "mode=0620", "gid=5"]},
  {"destination": "/sys", "type": "sysfs", "source": "sysfs",
   "options": ["nosuid", "noexec", "nodev", "ro"]},
  {"destination": "/sys/fs/cgroup", "type": "cgroup", "source": "cgroup",
   "options": ["ro", "nosuid", "noexec", "nodev"]},
  {"destination": "/dev/mqueue", "type": "mqueue", "source": "mqueue",
   "options": ["nosuid", "noexec", "nodev"]},
  {"destination": "/dev/shm", "type": "tmpfs", "source": "shm",
   "options": ["nosuid", "noexec", "nodev", "mode=1777", "size=65536k"]}
],
"annotations": {},
"linux": {
  "uidMappings": [],
  "gidMappings": [],
  "resources": {"devices": [
    {"allow": false, "access": "rwm"},
    {"allow": true, "type": "c", "major": 1, "minor": 5, "access": "rwm"},
    {"allow": true, "type": "c", "major": 1, "minor": 3, "access": "rwm"},
    {"allow": true, "type": "c", "major": 1, "minor": 9, "access": "rwm"},
    {"allow": true, "type": "c", "major": 1, "minor": 8, "access": "rwm"},
    {"allow": true, "type": "c", "major": 5, "minor": 0, "access": "rwm"},
    {"allow": true, "type": "c", "major": 5, "minor": 1, "access": "rwm"},
    {"allow": false, "type": "c", "major": 10, "minor": 229, "access": "rwm"}]},
  "namespaces": [{"type": "cgroup"}, {"type": "pid"}, {"type": "network"}, {"type": "ipc"},
                 {"type": "uts"}, {"type": "mount"}],
  "maskedPaths": ["/proc/asound", "/proc/acpi", "/proc/interrupts", "/proc/kcore", "/proc/keys",
                  "/proc/latency_stats", "/proc/timer_list", "/proc/timer_stats",
                  "/proc/sched_debug", "/proc/scsi", "/sys/firmware",
                  "/sys/devices/virtual/powercap"],
  "readonlyPaths": ["/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger"]
}})";

/// Who is root needs no capability to write to /proc/sys or to read /proc/kcore, so what hides
/// these stays.
constexpr std::string_view minimal_text = R"({
"ociVersion": "1.0.0",
"process": {
  "terminal": true,
  "user": {"uid": 0, "gid": 0},
  "args": ["sh"],
  "env": ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "TERM=xterm"],
  "cwd": "/",
  "capabilities": {"bounding": [], "effective": [], "inheritable": [], "permitted": [],
                   "ambient": []},
  "noNewPrivileges": true
},
"root": {"path": "rootfs"},
"hostname": "umoci-default",
"mounts": [
  {"destination": "/proc", "type": "proc", "source": "proc",
   "options": ["nosuid", "noexec", "nodev"]},
  {"destination": "/dev", "type": "tmpfs", "source": "tmpfs",
   "options": ["nosuid", "strictatime", "mode=755", "size=65536k"]},
  {"destination": "/dev/pts", "type": "devpts", "source": "devpts",
   "options": ["nosuid", "noexec", "newinstance", "ptmxmode=0666", "mode=0620", "gid=5"]},
  {"destination": "/sys", "type": "sysfs", "source": "sysfs",
   "options": ["nosuid", "noexec", "nodev", "ro"]}
],
"annotations": {},
"linux": {
  "uidMappings": [],
  "gidMappings": [],
  "resources": {"devices": [{"allow": false, "access": "rwm"}]},
  "namespaces": [{"type": "cgroup"}, {"type": "pid"}, {"type": "network"}, {"type": "ipc"},
                 {"type": "uts"}, {"type": "mount"}],
  "maskedPaths": ["/proc/kcore", "/proc/latency_stats", "/proc/timer_list", "/proc/timer_stats",
                  "/proc/sched_debug", "/sys/firmware", "/proc/scsi"],
  "readonlyPaths": ["/proc/asound", "/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys",
                    "/proc/sysrq-trigger"]
}})";

/// Ruleset 4 of devfs shows a jail the devices that do no harm, so none is listed. The jail has a
/// network stack, System V objects and a host name of its own; it sees the mounts below its root.
constexpr std::string_view freebsd_text = R"({
"ociVersion": "1.3.0",
"process": {
  "terminal": true,
  "user": {"uid": 0, "gid": 0},
  "args": ["/bin/sh"],
  "env": ["PATH=/sbin:/bin:/usr/sbin:/usr/bin:/usr/local/sbin:/usr/local/bin", "TERM=xterm"],
  "cwd": "/"
},
"root": {"path": "rootfs"},
"hostname": "umoci-default",
"mounts": [
  {"destination": "/dev", "type": "devfs", "source": "devfs", "options": ["ruleset=4"]},
  {"destination": "/dev/fd", "type": "fdescfs", "source": "fdesc"}
],
"annotations": {},
"freebsd": {
  "jail": {"host": "new", "vnet": "new", "sysvmsg": "new", "sysvsem": "new", "sysvshm": "new",
           "enforceStatfs": 1}
}})";

}  // namespace

Spec Spec::freebsd() { return parse(freebsd_text); }

Spec Spec::of(Profile profile) {
  switch (profile) {
    case Profile::docker:
      return parse(docker_text);
    case Profile::minimal:
      return parse(minimal_text);
    case Profile::umoci:
      break;
  }
  return standard();
}

}  // namespace umoci::runtime
