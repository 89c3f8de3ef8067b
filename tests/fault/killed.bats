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

# layout_survives PREPARE COMMAND...: wherever the command is killed, the layout is the old one or the new one.
layout_survives() {
  remember_states "$@"
  killed_everywhere "$1" check_layout "${@:2}"
}

check_layout() { check_sound "killed at $1 number $2"; }

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
  "$UMOCI" remove --image layout:again
  check_layout "$@"
}

# There is none or a whole one, and nothing keeps the next one from being made.
check_init() {
  [ -e layout ] || "$UMOCI" init --layout layout
  check_sound "killed at $1 number $2"
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
  killed_everywhere no_layout check_init "$UMOCI" init --layout layout
}

@test "fsck --repair" {
  require_tools jq
  killed_everywhere damaged_layout check_repairable "$UMOCI" fsck --repair --layout layout
}

@test "repack --refresh-bundle" {
  remember_states fresh_bundle "$UMOCI" repack --refresh-bundle --image layout:image changed
  killed_everywhere fresh_bundle check_refresh "$UMOCI" repack --refresh-bundle --image layout:image changed
}

@test "unpack" { killed_everywhere no_directory check_unpack "$UMOCI" unpack --image sound:image unpacked; }

# Moments that no system call marks. Where the process is then does not matter: any is as good.
@test "anything at any moment" {
  local number author=0 delay
  local commands=(
    "new --image layout:n" "tag --image layout:image n" "remove --image layout:n" "gc --layout layout"
    "insert --image layout:image --tag n tree /opt" "raw add-layer --image layout:image --tag n layer.tar"
    "repack --image layout:n bundle" "remove --platform linux/s390x --image layout:several")
  fresh_untidy_layout
  for number in $(seq 200); do
    printf -v delay '0.%03d' $((RANDOM % 30))
    if [ $((number % 2)) -eq 0 ]; then
      # shellcheck disable=SC2086  # words
      set -- ${commands[RANDOM % ${#commands[@]}]}
    else
      set -- config --image layout:image --author "$number"
    fi
    timeout -s KILL "$delay" "$UMOCI" "$@" >out 2>&1 || true
    "$UMOCI" validate --deep --complete --layout layout >findings 2>&1 || {
      echo "$* killed after $delay s"
      cat findings
      return 1
    }
    # The author is the last one that was written, or that of this round.
    found=$("$UMOCI" config --image layout:image --get author || echo 0)
    [[ $found == "$author" || $found == "$number" ]]
    author=$found
  done
  "$UMOCI" gc --layout layout
  [ -z "$(find layout -name '.umoci-*')" ]
  "$UMOCI" gc --dry-run --layout layout >left
  [ ! -s left ]
}
