#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# The Open Build Service looks into containers with us: its lists of packages and of what a product is
# made of. The images come from docker-archives.

load ../support/bats
load ../support/callers

setup() {
  set_up_caller chroot
  # In place of rpm: what matters is that it finds its files in there.
  mkdir -p root/var/lib/rpm
  printf 'tool-1.0\nold-0.9\n' >root/var/lib/rpm/packages
  # shellcheck disable=SC2016  # for the shell of the tree
  printf '#!/bin/sh\n[ "$1" = -qa ] && busybox cat /var/lib/rpm/packages\n' >root/usr/bin/rpm
  chmod 0755 root/usr/bin/rpm
  find root -depth -exec touch -h -d @1500000000 {} +
  make_image layout v1 root
  printf 'tool-1.1\n' >packages
  "$UMOCI" insert --image layout:v1 --mtime @1500000000 packages /var/lib/rpm/packages
  "$UMOCI" insert --image layout:v1 --whiteout /usr/bin/same
  TMP=$PWD/plain
  skopeo copy oci:layout:v1 docker-archive:container.tar:example:latest
  mkdir -m 0777 "$TMP/image"
  skopeo copy docker-archive:container.tar "oci:$TMP/image:latest"
  # What the three layers make together.
  cp packages root/var/lib/rpm/packages
  rm root/usr/bin/same
  touch -d @1500000000 root/var/lib/rpm/packages root/var/lib/rpm root/usr/bin
}

teardown() {
  remove_open_directory
}

@test "the list of packages of a container" {
  umoci unpack --image "$TMP/image:latest" "$TMP/unpack" >/dev/null
  [ "$(chroot "$TMP/unpack/rootfs" rpm -qa)" = tool-1.1 ]
  # A directory that a layer changes has the time of unpacking, unless the layer says otherwise.
  touch --reference=root/var/lib/rpm "$TMP/unpack/rootfs/var/lib/rpm" "$TMP/unpack/rootfs/usr/bin"
  same_tree root "$TMP/unpack/rootfs"
}

@test "the bill of materials, as root" {
  umoci unpack --image "$TMP/image:latest" "$TMP/unpack"
  same_content root "$TMP/unpack/rootfs"
}

@test "the bill of materials, as a plain user" {
  as_plain_user umoci unpack --rootless --image "$TMP/image:latest" "$TMP/unpack"
  same_content root "$TMP/unpack/rootfs"
  [ -z "$(find "$TMP/unpack" -not -uid 1000)" ]
}

@test "a damaged image ends the script" {
  local layer
  layer=$(manifest_of "oci:$TMP/image:latest" | jq -r '.layers[0].digest')
  truncate -s -100 "$TMP/image/blobs/sha256/${layer#sha256:}"
  not_valid plain/image
  cat >generate <<'SCRIPT'
set -e
umoci unpack "$@" --image "$TMP/image:latest" "$TMP/unpack"
touch "$TMP/reached"
SCRIPT
  export TMP
  fails_cleanly bash generate
  fails_cleanly as_plain_user bash ../generate --rootless
  [ ! -e "$TMP/reached" ]
  [ ! -e "$TMP/unpack" ]
}
