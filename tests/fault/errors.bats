#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# A disk that fails at any system call that changes something: the command either does its work all the
# same or fails with one line, and what was there before still is, and is valid.

load ../support/bats
load ../support/injection

setup() {
  require_strace
  cd "$BATS_TEST_TMPDIR"
  make_samples
}

failing_everywhere() { for_each_call error=EIO "$CHANGING_CALLS" "$@"; }

check_ending() {
  [ "$3" -eq 0 ] || [[ $3 == 1 && $(wc -l <err) == 1 ]] || {
    echo "$1 number $2 failed: status $3: $(cat err)"
    return 1
  }
}

check_layout() {
  check_ending "$@"
  "$UMOCI" stat --json --image layout:image >now.json || {
    echo "$1 number $2 failed: the image cannot be read"
    return 1
  }
  [ "$3" -eq 0 ] || cmp -s sound.json now.json || {
    # The directory could not be synced after the change: that is told, but it is done.
    [[ $1 == fsync || $1 == unlink* || $1 == rmdir || $1 == flock ]]
  }
  "$UMOCI" gc --layout layout
  [ -z "$(find layout -name '.umoci-*')" ]
  "$UMOCI" stat --json --image layout:image | cmp -s - now.json
}

check_unpack() {
  check_ending "$@"
  if [ "$3" -eq 0 ]; then
    diff -r tree unpacked/rootfs
    return
  fi
  # What cannot be removed stays, of course.
  [ ! -e unpacked ] || [[ $1 == unlink* || $1 == rmdir ]] || {
    echo "$1 number $2 failed: something is left"
    find unpacked
    return 1
  }
}

check_raw_unpack() {
  check_ending "$@"
  if [ "$3" -eq 0 ]; then
    diff -r tree unpacked
    return
  fi
  [ ! -e unpacked ] || [[ $1 == unlink* || $1 == rmdir ]] || {
    echo "$1 number $2 failed: something is left"
    find unpacked
    return 1
  }
}

@test "config" { failing_everywhere fresh_layout check_layout "$UMOCI" config --image layout:image --author me; }

@test "tag" { failing_everywhere fresh_layout check_layout "$UMOCI" tag --image layout:image other; }

@test "new" { failing_everywhere fresh_layout check_layout "$UMOCI" new --image layout:other; }

@test "repack" { failing_everywhere fresh_layout check_layout "$UMOCI" repack --image layout:image bundle; }

@test "raw add-layer" {
  failing_everywhere fresh_layout check_layout "$UMOCI" raw add-layer --image layout:image layer.tar
}

@test "gc" { failing_everywhere fresh_layout check_layout "$UMOCI" gc --layout layout; }

check_repair() {
  [ "$3" -eq 0 ] || [[ $3 == 3 && $(wc -l <err) == 1 ]] || {
    echo "$1 number $2 failed: status $3: $(cat err)"
    return 1
  }
  check_repairable "$@"
  "$UMOCI" stat --json --image layout:image | cmp - sound.json
}

@test "fsck --repair" {
  require_tools jq
  failing_everywhere damaged_layout check_repair "$UMOCI" fsck --repair --layout layout
}

@test "unpack" { failing_everywhere no_directory check_unpack "$UMOCI" unpack --image sound:image unpacked; }

@test "raw unpack" {
  failing_everywhere no_directory check_raw_unpack "$UMOCI" --log=error raw unpack --image sound:image unpacked
}

@test "insert" { failing_everywhere fresh_layout check_layout "$UMOCI" insert --image layout:image tree /opt; }
