#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Full disks and read-only layouts: one clear line, exit status 1, and everything that was there before
# still is, and is valid.

load ../support/bats

setup() {
  require_root
  require_tools unshare
  cd "$BATS_TEST_TMPDIR"
  # Mounts happen in a namespace that dies with the shell in it: nothing can be left behind.
  unshare --mount true 2>/dev/null || skip "cannot make a mount namespace"
  mkdir -p tree/etc mount
  head -c 3000000 /dev/urandom >tree/etc/random
  tar -cf layer.tar -C tree .
  head -c 30000 /dev/urandom >small
}

# in_namespace SCRIPT: runs it with the helpers of this file in a mount namespace of its own.
in_namespace() {
  printf 'set -euo pipefail\nsource "%s/bats.bash"\n%s\n' "$SUPPORT" "$1" >script
  BATS_TEST_TMPDIR=$BATS_TEST_TMPDIR unshare --mount --propagation private bash script
}

@test "a layer that does not fit leaves the old image" {
  in_namespace '
    mount -t tmpfs -o size=1m none mount
    "$UMOCI" init --layout mount/layout
    "$UMOCI" new --image mount/layout:image
    "$UMOCI" unpack --image mount/layout:image bundle
    cp small bundle/rootfs/
    "$UMOCI" repack --refresh-bundle --image mount/layout:image bundle
    cp -a mount/layout before
    cp tree/etc/random bundle/rootfs/
    fails_cleanly "$UMOCI" repack --image mount/layout:image bundle
    echo "$output"
    [[ $output == *"No space left"* ]]
    diff -r before mount/layout
    fails_cleanly "$UMOCI" raw add-layer --compress=none --image mount/layout:image layer.tar
    diff -r before mount/layout
    "$UMOCI" unpack --image mount/layout:image again
    cmp small again/rootfs/small'
}

@test "documents that do not fit leave the old image" {
  in_namespace '
    mount -t tmpfs -o size=1m none mount
    "$UMOCI" init --layout mount/layout
    "$UMOCI" new --image mount/layout:image
    cat /dev/zero >mount/filler 2>/dev/null || true
    cp -a mount/layout before
    fails_cleanly "$UMOCI" config --image mount/layout:image --author me
    fails_cleanly "$UMOCI" tag --image mount/layout:image other
    fails_cleanly "$UMOCI" new --image mount/layout:new
    diff -r before mount/layout
    "$UMOCI" stat --image mount/layout:image >/dev/null
    rm mount/filler
    "$UMOCI" config --image mount/layout:image --author me'
}

@test "an unpack that does not fit leaves nothing" {
  "$UMOCI" init --layout layout
  "$UMOCI" new --image layout:image
  "$UMOCI" raw add-layer --image layout:image layer.tar
  in_namespace '
    mount -t tmpfs -o size=1m none mount
    mkdir mount/kept
    echo kept >mount/kept/file
    fails_cleanly "$UMOCI" unpack --image layout:image mount/new/bundle
    [[ $output == *"No space left"* ]]
    [ "$(find mount | sort | tr "\n" " ")" = "mount mount/kept mount/kept/file " ]
    fails_cleanly "$UMOCI" unpack --image layout:image mount/kept
    [ "$(find mount | sort | tr "\n" " ")" = "mount mount/kept mount/kept/file " ]'
}

@test "a read-only layout is not repaired" {
  rmdir mount
  "$UMOCI" init --layout mount
  chmod 0600 mount/blobs
  in_namespace '
    mount --bind mount mount
    mount -o remount,bind,ro mount
    refuses_repair() {
      local status=0
      "$UMOCI" fsck --repair --layout mount >plan 2>err || status=$?
      cat plan err
      [[ $status == 3 && $(wc -l <err) == 1 && $(<err) == *"layout is read-only"* ]]
      grep -q "$1" plan
      ! grep -v "^plan " plan
    }
    refuses_repair "L12 blobs"
    mount -o remount,bind,rw mount
    chmod 0755 mount/blobs
    rmdir mount/blobs/sha256
    mount -o remount,bind,ro mount
    refuses_repair "L05 blobs/sha256"'
}

@test "a read-only layout can be read, and only that" {
  rmdir mount
  "$UMOCI" init --layout mount
  "$UMOCI" new --image mount:image
  "$UMOCI" raw add-layer --image mount:image layer.tar
  "$UMOCI" gc --layout mount
  "$UMOCI" unpack --image mount:image repacked
  echo new >repacked/rootfs/new
  in_namespace '
    mount --bind mount mount
    mount -o remount,bind,ro mount
    "$UMOCI" list --layout mount
    "$UMOCI" stat --image mount:image
    "$UMOCI" unpack --image mount:image bundle
    "$UMOCI" gc --layout mount || exit 1
    for command in "new --image mount:new" "tag --image mount:image new" "remove --image mount:image" \
      "config --image mount:image --author me" "repack --image mount:image repacked" \
      "raw add-layer --image mount:image layer.tar" "init --layout mount/new"; do
      echo "$command"
      fails_cleanly "$UMOCI" $command
      echo "$output"
      [[ $output == *"ead-only"* ]]
    done'
}
