#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Recipes of Nix, whose builds run as a plain user with one id.

load ../support/bats
load ../support/callers

setup() {
  set_up_caller
  # With one id, all is root's.
  chown -hR 0:0 root
  chmod 4755 root/usr/bin/set-uid
  find root -depth -exec touch -h -d @1500000000 {} +
  make_image OUT latest root
}

teardown() {
  remove_open_directory
}

@test "unpack with maps of one id" {
  # shellcheck disable=SC2016  # for the shell of the plain user
  as_plain_user sh -ec '
    UID=$(id -u) GID=$(id -g) OUT=../OUT
    mkdir TMPDIR
    umoci unpack --uid-map 0:$UID --gid-map 0:$GID --image $OUT:latest TMPDIR'
  [ -z "$(find plain/TMPDIR -not -user 1000 -o -not -group 1000)" ]
  has "$(cat plain/TMPDIR/config.json)" '.linux.uidMappings == [{"containerID": 0, "hostID": 1000, "size": 1}]'
  # Seen as the image does.
  chown -hR --from=1000:1000 0:0 plain/TMPDIR/rootfs
  chmod 4755 plain/TMPDIR/rootfs/usr/bin/set-uid
  same_tree root plain/TMPDIR/rootfs
}

@test "unpack with maps, as root" {
  mkdir TMPDIR
  umoci unpack --uid-map 0:4000 --gid-map 0:5000 --image OUT:latest TMPDIR
  [ -z "$(find TMPDIR/rootfs -not -user 4000 -o -not -group 5000)" ]
}

@test "what is not root's is refused with maps of one id" {
  chown 33:33 root/etc/passwd
  make_image OUT other root
  fails_cleanly umoci unpack --uid-map 0:1000 --gid-map 0:1000 --image OUT:other TMPDIR
  [[ $output == *33* ]]
  [ ! -e TMPDIR ]
}

@test "insert a tree at the root" {
  umoci init --layout image
  umoci new --image image:TAG
  mv root rootfs
  umoci insert --image image:TAG rootfs /
  umoci insert --image image:TAG rootfs /again
  umoci unpack --image image:TAG bundle
  rm -r bundle/rootfs/again
  touch --reference=rootfs bundle/rootfs
  same_tree rootfs bundle/rootfs
  [ "$(layers_of image:TAG)" = 2 ]
}

@test "gc" {
  mv OUT DIR
  umoci config --image DIR:latest --tag other --config.cmd x
  umoci config --image DIR:latest --config.cmd y
  before=$(find DIR/blobs -type f | wc -l)
  umoci gc --layout=DIR
  # Two images of one layer, each with a manifest and a configuration.
  [ "$before" -gt 5 ]
  [ "$(find DIR/blobs -type f | wc -l)" = 5 ]
  umoci unpack --image DIR:other bundle
  same_tree root bundle/rootfs
}
