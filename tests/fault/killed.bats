#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# A process killed at any system call that changes something leaves the layout valid, with the old image
# or the new one.

load ../support/bats
load ../support/injection

setup() {
  require_strace
  cd "$BATS_TEST_TMPDIR"
  make_samples
}

killed_everywhere() { for_each_call signal=KILL "$CHANGING_CALLS openat" "$@"; }

# Whatever a killed unpack left, the next one makes a bundle of it, and nothing else remains.
check_unpack() {
  [ -e unpacked/umoci.json ] && return
  rm -rf unpacked/rootfs unpacked/config.json unpacked/*.mtree
  "$UMOCI" unpack --image sound:image unpacked || {
    echo "killed at $1 number $2: cannot be unpacked again"
    return 1
  }
  [ "$(find unpacked -mindepth 1 -maxdepth 1 | wc -l)" -eq 4 ] || {
    echo "killed at $1 number $2: something is left"
    find unpacked -maxdepth 1
    return 1
  }
}

# The bundle is one of the old image or of the new one, and knows all changes that are not in it.
# Garbage must not be collected before: if the tag is the bundle's own, it may hold the old image's blobs.
check_refresh() {
  "$UMOCI" repack --image layout:again changed || {
    echo "killed at $1 number $2: cannot be packed again"
    return 1
  }
  rm -rf unpacked
  "$UMOCI" unpack --image layout:again unpacked
  diff -r changed/rootfs unpacked/rootfs
  check_layout "$@"
}

check_layout() {
  "$UMOCI" stat --json --image layout:image >now.json || {
    echo "killed at $1 number $2: the image cannot be read"
    return 1
  }
  "$UMOCI" gc --layout layout || {
    echo "killed at $1 number $2: gc fails"
    return 1
  }
  [ -z "$(find layout -name '.umoci-*')" ] || {
    echo "killed at $1 number $2: gc leaves work files"
    return 1
  }
  "$UMOCI" stat --json --image layout:image | cmp -s - now.json || {
    echo "killed at $1 number $2: gc took something away"
    return 1
  }
}

@test "config" { killed_everywhere fresh_layout check_layout "$UMOCI" config --image layout:image --author me; }

@test "tag" { killed_everywhere fresh_layout check_layout "$UMOCI" tag --image layout:image other; }

@test "remove" { killed_everywhere fresh_layout check_layout "$UMOCI" remove --image layout:other; }

@test "new" { killed_everywhere fresh_layout check_layout "$UMOCI" new --image layout:other; }

@test "repack" { killed_everywhere fresh_layout check_layout "$UMOCI" repack --image layout:image bundle; }

@test "raw add-layer" { killed_everywhere fresh_layout check_layout "$UMOCI" raw add-layer --image layout:image layer.tar; }

check_repair() {
  check_repairable "$@"
  check_layout "$@"
}

@test "fsck --repair" {
  require_tools jq
  killed_everywhere damaged_layout check_repair "$UMOCI" fsck --repair --layout layout
}

@test "gc" { killed_everywhere fresh_layout check_layout "$UMOCI" gc --layout layout; }

@test "repack --refresh-bundle" {
  killed_everywhere fresh_bundle check_refresh "$UMOCI" repack --refresh-bundle --image layout:image changed
}

@test "unpack" { killed_everywhere no_directory check_unpack "$UMOCI" unpack --image sound:image unpacked; }

@test "insert" { killed_everywhere fresh_layout check_layout "$UMOCI" insert --image layout:image tree /opt; }
