#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# What `raw runtime-config` writes beside what umoci 0.4.7 writes for the same image, member by member:
# each difference is meant, and listed here and in docs/compatibility.md.

load ../support/bats

setup() {
  require_tools "$REFERENCE" python3
  cd "$BATS_TEST_TMPDIR" || return
  "$REFERENCE" init --layout layout
  "$REFERENCE" new --image layout
  "$REFERENCE" config --image layout --architecture amd64 --created 2020-01-01T00:00:00.5+02:00
}

# config FLAG...: changes the image.
config() { "$REFERENCE" config --image layout "$@"; }

full_image() {
  config --config.user u --config.env A=1 --config.env PATH=/p --config.env A=2 --config.volume /z \
    --config.label l=v --config.entrypoint /e --config.entrypoint -x --config.cmd c \
    --config.workingdir /w --config.stopsignal SIGINT --config.exposedports 80/tcp \
    --config.exposedports 443/tcp --author me
  mkdir -p rootfs/etc
  printf '%s\n' 'root:x:0:0::/root:' 'u:x:1000:100::/home/u v:/bin/sh' >rootfs/etc/passwd
  printf '%s\n' 'a:x:5:u' 'b:x:6:root,u' >rootfs/etc/group
}

# differ FLAG...: makes both files with these flags and compares; standard input says what must differ.
# What 0.4.7 does not know is said here.
differ() {
  "$REFERENCE" --log=error raw runtime-config --image layout "$@" theirs.json
  "$UMOCI" --log=error raw runtime-config --image layout "$@" ours.json
  {
    cat
    echo 'linux.namespaces.cgroup.type: - -> "cgroup"'
  } | LC_ALL=C sort >expected
  LC_ALL=C diff expected <("$SUPPORT/runtime-config-differences" theirs.json ours.json | LC_ALL=C sort)
}

@test "an empty image: annotations that say nothing are left out" {
  differ <<'EOF'
annotations[org.opencontainers.image.author]: "" -> -
annotations[org.opencontainers.image.exposedPorts]: "" -> -
annotations[org.opencontainers.image.stopSignal]: "" -> -
EOF
}

@test "an image that says everything, with and without its root file system" {
  full_image
  differ --rootfs rootfs </dev/null
  differ </dev/null
  differ --rootfs rootfs --uid-map 0:7:9 --gid-map 0:8:9 --gid-map 9:100:1 </dev/null
}

@test "users of all kinds are resolved alike" {
  full_image
  local user
  for user in root u 0 1000 01000 u:b u:9 4000 4000:a :5 :a 0:0 u:; do
    config --config.user "$user"
    differ --rootfs rootfs </dev/null
  done
  for user in nope u:nope -1; do
    config --config.user "$user"
    run "$REFERENCE" raw runtime-config --image layout --rootfs rootfs theirs
    [[ $status != 0 ]]
    fails_cleanly "$UMOCI" raw runtime-config --image layout --rootfs rootfs ours
  done
}

@test "a home that the image sets stays" {
  full_image
  config --config.env HOME=/mine
  differ --rootfs rootfs <<'EOF'
process.env: ["PATH=/p", "TERM=xterm", "A=2", "HOME=/home/u v"] -> ["PATH=/p", "TERM=xterm", "A=2", "HOME=/mine"]
EOF
}

@test "labels win over what the image says" {
  full_image
  config --config.label org.opencontainers.image.author=label
  differ <<'EOF'
annotations[org.opencontainers.image.author]: "me" -> "label"
EOF
}

@test "nobody is in a group twice" {
  full_image
  echo 'c:x:5:u' >>rootfs/etc/group
  differ --rootfs rootfs <<'EOF'
process.user.additionalGids: [5, 6, 5] -> [5, 6]
EOF
}

@test "a mapping of one kind of ids makes the other identity" {
  differ --uid-map 0:7:9 <<'EOF'
annotations[org.opencontainers.image.author]: "" -> -
annotations[org.opencontainers.image.exposedPorts]: "" -> -
annotations[org.opencontainers.image.stopSignal]: "" -> -
linux.gidMappings: - -> [{"containerID": 0, "hostID": 0, "size": 4294967295}]
EOF
}

@test "rootless: only the options of the name servers' mount differ, which lack none of the others" {
  [[ -e /etc/resolv.conf ]] || skip "needs /etc/resolv.conf: without it 0.4.7 rewrites no mount"
  full_image
  "$REFERENCE" --log=error raw runtime-config --image layout --rootfs rootfs --rootless theirs.json
  "$UMOCI" --log=error raw runtime-config --image layout --rootfs rootfs --rootless ours.json
  run "$SUPPORT/runtime-config-differences" theirs.json ours.json
  [[ ${lines[0]} == 'linux.namespaces.cgroup.type: - -> "cgroup"' ]]
  [[ -z ${lines[1]:-} || ${lines[1]} == 'mounts[/etc/resolv.conf].options: '* ]]
  [[ ${#lines[@]} -le 2 ]]
  python3 - <<'EOF'
import json
theirs, ours = ({mount["destination"]: mount["options"] for mount in json.load(open(name))["mounts"]
                 if "options" in mount}["/etc/resolv.conf"] for name in ("theirs.json", "ours.json"))
assert set(theirs) <= set(ours), (theirs, ours)
assert len(ours) == len(set(ours)) and ours[0] == "ro" and ours[-1] == "rbind", ours
EOF
}

@test "paths that are not absolute or lead upwards lie in the root file system" {
  full_image
  config --clear config.volume --config.volume 'a/../../data' --config.workingdir srv/../w
  differ --rootfs rootfs <<'EOF'
mounts[/data].destination: - -> "/data"
mounts[/data].options: - -> ["rw", "nosuid", "nodev", "noexec", "relatime"]
mounts[/data].source: - -> "none"
mounts[/data].type: - -> "tmpfs"
mounts[a/../../data].destination: "a/../../data" -> -
mounts[a/../../data].options: ["rw", "nosuid", "nodev", "noexec", "relatime"] -> -
mounts[a/../../data].source: "none" -> -
mounts[a/../../data].type: "tmpfs" -> -
process.cwd: "srv/../w" -> "/w"
EOF
}

@test "a profile and a version change nothing but what they say" {
  full_image
  "$UMOCI" --log=error raw runtime-config --image layout --rootfs rootfs plain.json
  "$UMOCI" --log=error raw runtime-config --image layout --rootfs rootfs --profile umoci profile.json
  cmp plain.json profile.json
  "$UMOCI" --log=error raw runtime-config --image layout --rootfs rootfs --oci-version 1.0.2 version.json
  diff <(sed 's/"ociVersion": "1.0.0"/"ociVersion": "1.0.2"/' plain.json) version.json
}
