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

# Calls that may find no space left.
SPACE_CALLS="write pwrite64 ftruncate fsync mkdir mkdirat link linkat renameat renameat2 symlinkat"

failing_everywhere() {
  for_each_call error=EIO "$CHANGING_CALLS" "$@"
  for_each_call error=ENOSPC "$SPACE_CALLS" "$@"
}

# layout_survives PREPARE COMMAND...: whatever call of the command fails, the layout is the old one or the new
# one, and the command says which.
layout_survives() {
  remember_states "$@"
  failing_everywhere "$1" check_layout "${@:2}"
}

check_ending() {
  [ "$3" -eq 0 ] || [[ $3 == 1 && $(wc -l <err) == 1 ]] || {
    echo "$1 number $2 failed: status $3: $(cat err)"
    return 1
  }
}

check_layout() {
  check_ending "$@"
  check_sound "$1 number $2 failed"
  [ "$3" -ne 0 ] || [ $which = new ] || cmp -s old new || {
    echo "$1 number $2 failed: status 0, but nothing was done"
    return 1
  }
  # The directory could not be synced after the change: that is told, but it is done.
  [ "$3" -eq 0 ] || [ $which = old ] || [[ $1 == fsync || $1 == unlink* || $1 == rmdir || $1 == flock ]] || {
    echo "$1 number $2 failed: status $3, but it was done: $(cat err)"
    return 1
  }
}

check_init() {
  check_ending "$@"
  [ -z "$(find . -maxdepth 1 -name '.new-layout-*')" ] || [[ $1 == unlink* || $1 == rmdir ]]
  if [ "$3" -ne 0 ] && [ ! -e layout ]; then return; fi
  check_sound "$1 number $2 failed"
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

@test "config" { layout_survives fresh_layout "$UMOCI" config --image layout:image --author me; }

@test "tag" { layout_survives fresh_layout "$UMOCI" tag --image layout:image other; }

@test "remove" { layout_survives fresh_layout "$UMOCI" remove --image layout:spare; }

@test "remove of one platform" {
  layout_survives fresh_layout "$UMOCI" remove --platform linux/s390x --image layout:several
}

@test "new" { layout_survives fresh_layout "$UMOCI" new --image layout:other; }

@test "repack" { layout_survives fresh_layout "$UMOCI" repack --image layout:image bundle; }

@test "raw add-layer" { layout_survives fresh_layout "$UMOCI" raw add-layer --image layout:image layer.tar; }

@test "insert" { layout_survives fresh_layout "$UMOCI" insert --image layout:image tree /opt; }

@test "gc" { layout_survives fresh_untidy_layout "$UMOCI" gc --layout layout; }

@test "init" {
  no_layout
  "$UMOCI" init --layout layout
  state layout | tee old >new
  failing_everywhere no_layout check_init "$UMOCI" init --layout layout
}

check_repair() {
  [ "$3" -eq 0 ] || [[ $3 == 3 && $(wc -l <err) == 1 ]] || {
    echo "$1 number $2 failed: status $3: $(cat err)"
    return 1
  }
  check_repairable "$@"
}

@test "fsck --repair" {
  require_tools jq
  failing_everywhere damaged_layout check_repair "$UMOCI" fsck --repair --layout layout
}

@test "unpack" { failing_everywhere no_directory check_unpack "$UMOCI" unpack --image sound:image unpacked; }

@test "raw unpack" {
  failing_everywhere no_directory check_raw_unpack "$UMOCI" --log=error raw unpack --image sound:image unpacked
}
