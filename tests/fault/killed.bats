#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# A process killed at any system call that changes something leaves the layout valid, with the old image
# or the new one.

load ../support/bats

setup() {
  require_tools strace python3
  cd "$BATS_TEST_TMPDIR"
  strace -o /dev/null true 2>/dev/null || skip "cannot trace processes"
  mkdir -p tree/etc
  head -c 200000 /dev/urandom >tree/etc/random
  tar -cf layer.tar -C tree .
  "$UMOCI" init --layout sound
  "$UMOCI" new --image sound:image
  "$UMOCI" raw add-layer --image sound:image layer.tar
  "$UMOCI" unpack --image sound:image bundle
  echo changed >bundle/rootfs/etc/changed
  "$UMOCI" stat --json --image sound:image >sound.json
}

# Calls by which a layout changes.
CALLS="rename renameat renameat2 link linkat unlink unlinkat mkdir mkdirat fsync fdatasync ftruncate write pwrite64 rmdir flock fchown openat"

# killed_everywhere COMMAND...: runs the command on a fresh copy once per call it makes of each kind, and
# kills it as it enters that call.
killed_everywhere() {
  local call count number
  for call in $CALLS; do
    rm -rf layout
    copy_layout sound layout
    strace -f -o trace -e "trace=$call" "$@" >/dev/null 2>&1 || true
    count=$(grep -c "$call(" trace || true)
    # A few of many equal ones say as much as all of them.
    for number in $(seq 1 "$count" | awk -v n="$count" 'n <= 12 || NR <= 6 || NR > n - 6'); do
      rm -rf layout
      copy_layout sound layout
      strace -f -o /dev/null -e "trace=$call" -e "inject=$call:signal=KILL:when=$number" \
        "$@" >/dev/null 2>&1 || true
      check_layout "$call" "$number"
    done
  done
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

@test "config" { killed_everywhere "$UMOCI" config --image layout:image --author me; }

@test "tag" { killed_everywhere "$UMOCI" tag --image layout:image other; }

@test "remove" { killed_everywhere "$UMOCI" remove --image layout:other; }

@test "new" { killed_everywhere "$UMOCI" new --image layout:other; }

@test "repack" { killed_everywhere "$UMOCI" repack --image layout:image bundle; }

@test "raw add-layer" { killed_everywhere "$UMOCI" raw add-layer --image layout:image layer.tar; }

@test "gc" { killed_everywhere "$UMOCI" gc --layout layout; }
