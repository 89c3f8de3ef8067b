#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# An ordinary user unpacks, changes and repacks images, owners and all.

load ../support/bats

setup() {
  require_tools jq python3
  # Outside bats' own directories, which are closed to other users.
  home=$(mktemp -d "${TMPDIR:-/tmp}/umoci-rootless.XXXXXX")
  chmod 0755 "$home"
  # The build may lie where other users cannot look.
  cp "$UMOCI" "$home/umoci"
  mkdir -m 0777 "$home/work"
  cd "$home/work"
  as_user=()
  if [[ $(id -u) == 0 ]]; then
    require_tools setpriv
    as_user=(setpriv --reuid=1000 --regid=1000 --clear-groups --inh-caps=-all)
  fi
  make_layer
}

teardown() {
  local status=0
  check_layouts "$home" || status=$?
  chmod -R u+rwX "$home"
  rm -rf "$home"
  return $status
}

user() { "${as_user[@]}" env HOME="$home/work" "$@"; }

# An image with everything a plain user cannot make: foreign owners, devices, closed directories.
make_layer() {
  python3 - layer.tar <<'PYTHON'
import io, sys, tarfile
archive = tarfile.open(sys.argv[1], "w", format=tarfile.PAX_FORMAT)
def add(name, kind=tarfile.REGTYPE, mode=0o644, uid=0, gid=0, content=b"", **facts):
    member = tarfile.TarInfo(name)
    member.type, member.mode, member.uid, member.gid, member.mtime = kind, mode, uid, gid, 1000000000
    member.size = len(content)
    for key, value in facts.items():
        setattr(member, key, value)
    archive.addfile(member, io.BytesIO(content))
add("etc", tarfile.DIRTYPE, 0o755)
add("etc/passwd", content=b"root:x:0:0:root:/root:/bin/sh\n")
add("etc/shadow", mode=0o640, gid=42, content=b"secret")
add("etc/unreadable", mode=0o000, content=b"nobody reads this")
add("closed", tarfile.DIRTYPE, 0o000)
add("closed/inside", uid=33, gid=33, content=b"behind a closed door")
add("closed/deeper", tarfile.DIRTYPE, 0o555, uid=5)
add("closed/deeper/file", mode=0o444, uid=5, gid=6, content=b"deep")
add("dev", tarfile.DIRTYPE, 0o755)
add("dev/null", tarfile.CHRTYPE, 0o666, devmajor=1, devminor=3)
add("dev/fifo", tarfile.FIFOTYPE, 0o600)
add("bin", tarfile.SYMTYPE, 0o777, linkname="usr/bin")
add("usr/bin", tarfile.DIRTYPE, 0o755)
add("usr/bin/tool", mode=0o4755, content=b"#!/bin/sh\n")
add("usr/bin/same", tarfile.LNKTYPE, linkname="usr/bin/tool")
archive.close()
PYTHON
  user "$home/umoci" init --layout layout
  user "$home/umoci" new --image layout:image
  user "$home/umoci" raw add-layer --image layout:image layer.tar
}

@test "unpack --rootless needs no privilege and reports no error" {
  user "$home/umoci" --log=error unpack --rootless --image layout:image bundle
  [ "$(stat -c %U:%G:%a bundle)" != "" ]
  [ -z "$(find bundle -not -uid "$(stat -c %u bundle)")" ]
  [ "$(stat -c %a bundle/rootfs/closed)" = 0 ]
  [ "$(stat -c %a bundle/rootfs/usr/bin/tool)" = 4755 ]
  [ "$(stat -c %h bundle/rootfs/usr/bin/same)" = 2 ]
  [ -f bundle/rootfs/dev/null ]
  [ -p bundle/rootfs/dev/fifo ]
  jq -e '.map_options.rootless' bundle/umoci.json
}

@test "nothing changed: no layer, also where only the owner can look" {
  user "$home/umoci" --log=error unpack --rootless --image layout:image bundle
  listing bundle/rootfs >before 2>/dev/null || skip "needs root to look behind closed doors"
  user "$home/umoci" repack --image layout:same bundle
  [ "$(layers_of layout:same)" = "$(layers_of layout:image)" ]
  # Modes and times that were opened on the way are as they were.
  listing bundle/rootfs | diff before -
}

@test "changes come back with the owners that the image gave" {
  require_root
  user "$home/umoci" --log=error unpack --rootless --image layout:image bundle
  user chmod 0755 bundle/rootfs/closed
  user sh -c 'echo more >>bundle/rootfs/closed/inside; echo new >bundle/rootfs/etc/new'
  user chmod 0000 bundle/rootfs/closed
  user rm bundle/rootfs/etc/shadow
  user "$home/umoci" repack --image layout:changed bundle
  "$UMOCI" unpack --image layout:changed as-root
  [ "$(stat -c %u:%g:%a as-root/rootfs/closed/inside)" = 33:33:644 ]
  [ "$(cat as-root/rootfs/closed/inside)" = "behind a closed doormore" ]
  [ "$(stat -c %u:%g as-root/rootfs/etc/new)" = 0:0 ]
  [ "$(stat -c %a as-root/rootfs/closed)" = 0 ]
  [ ! -e as-root/rootfs/etc/shadow ]
  [ -c as-root/rootfs/dev/null ]
  [ "$(stat -c %u:%g as-root/rootfs/closed/deeper/file)" = 5:6 ]
}

@test "umoci 0.4.7 and we continue each other's rootless bundles" {
  require_root
  require_tools "$REFERENCE" skopeo
  # 0.4.7 does not see extended attributes behind closed doors, and so finds changes there.
  python3 -c "
import tarfile
archive = tarfile.open('open.tar', 'w')
closed = tarfile.TarInfo('closed')
closed.type, closed.mode, closed.mtime = tarfile.DIRTYPE, 0o755, 1000000000
archive.addfile(closed)
archive.close()"
  user "$home/umoci" raw add-layer --image layout:image open.tar
  user "$home/umoci" --log=error unpack --rootless --image layout:image ours
  user "$REFERENCE" --log=error unpack --rootless --image layout:image theirs
  # Ours also records owners of what is read-only, and gives implied directories reproducible times.
  diff <(listing --no-times ours/rootfs | sed 's/ user.rootlesscontainers=.*//') \
    <(listing --no-times theirs/rootfs | sed 's/ user.rootlesscontainers=.*//')
  user "$REFERENCE" repack --image layout:by-them ours
  user "$home/umoci" repack --image layout:by-us theirs
  [ "$(layers_of layout:by-them)" = "$(layers_of layout:image)" ]
  [ "$(layers_of layout:by-us)" = "$(layers_of layout:image)" ]
}

@test "without --rootless a plain user gets one clear line, a hint, and nothing on disk" {
  [ "${#as_user[@]}" -gt 0 ] || skip "needs root to become another user"
  local status=0
  user "$home/umoci" unpack --image layout:image bundle 2>err || status=$?
  cat err
  [ "$status" -eq 1 ]
  grep -q -- --rootless err
  [ ! -e bundle ]
}

@test "id maps move owners, and a repack moves them back" {
  require_root
  "$UMOCI" unpack --uid-map 0:100000:65536 --gid-map 0:200000:65536 --image layout:image mapped
  [ "$(stat -c %u:%g mapped/rootfs)" = 100000:200000 ]
  [ "$(stat -c %u:%g mapped/rootfs/closed/inside)" = 100033:200033 ]
  jq -e '.linux.uidMappings[0].hostID == 100000' mapped/config.json
  echo new >mapped/rootfs/etc/new
  chown 100007:200008 mapped/rootfs/etc/new
  "$UMOCI" repack --image layout:mapped mapped
  "$UMOCI" unpack --image layout:mapped plain
  [ "$(stat -c %u:%g plain/rootfs/etc/new)" = 7:8 ]
  # Every path is warned of, and the error names the first.
  chown 5:5 mapped/rootfs/etc/new mapped/rootfs/etc
  run --separate-stderr -1 "$UMOCI" repack --image layout:mapped mapped
  [ "$(grep -c 'cannot be mapped.*path=/etc' <<<"$stderr")" = 2 ]
  fails_cleanly "$UMOCI" --log=error repack --image layout:mapped mapped
  [[ $output == *"cannot be mapped"*"\"/etc\""* ]]
}
