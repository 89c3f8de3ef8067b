#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Many processes on one layout: no change is lost, nothing that is in use is collected, whatever else runs
# beside them.

load ../support/bats
load ../support/injection

setup() {
  require_tools python3
  cd "$BATS_TEST_TMPDIR" || return
  mkdir -p tree/etc
  echo content >tree/etc/file
  tar -cf layer.tar -C tree .
  "$UMOCI" init --layout layout
  "$UMOCI" new --image layout:base
  "$UMOCI" raw add-layer --image layout:base layer.tar
}

teardown() {
  finish
  check_layouts
}

@test "64 writers at a time lose nothing" {
  "$SUPPORT/concurrent-writers" "$UMOCI" layout 20 0
}

@test "64 writers at a time lose nothing beside four collectors of garbage" {
  # The faster they are, the more often they meet.
  export UMOCI_NO_SYNC=1
  "$SUPPORT/concurrent-writers" "$UMOCI" layout 20 4
}

# umoci 0.4.7 has no lock on the index. What it does may fail while others work, or take back what they did
# to the index meanwhile; but what it reports as done must be there, and be whole.

# repeatedly COMMAND...: in the background, until there is a file `over`. Failures are left in the file
# `failures`.
repeatedly() {
  while [ ! -e over ]; do
    "$@" >/dev/null 2>messages || { echo "$* failed: $(cat messages)" >>failures; return; }
  done 3>&- &
}

finish() {
  touch over
  wait
  [ ! -e failures ] || { cat failures; return 1; }
}

# slowly COMMAND...: there is time between a blob and the index that names it.
slowly() {
  strace -f -o /dev/null -e trace=renameat,renameat2 -e inject=renameat,renameat2:delay_enter=30000 "$@"
}

whole() { "$UMOCI" validate --deep --complete --layout layout; }

@test "collectors of garbage take nothing from umoci 0.4.7" {
  require_root
  require_strace
  require_tools "$REFERENCE"
  local number done=0 author=first
  "$REFERENCE" unpack --image layout:base bundle
  "$UMOCI" config --image layout:base --tag old --author $author
  for number in 1 2 3 4; do repeatedly "$UMOCI" gc --layout layout; done
  for number in $(seq 10); do
    if slowly "$REFERENCE" config --image layout:base --tag old --author "$number" 2>>refusals; then
      author=$number
      done=$((done + 1))
    fi
    [ "$("$UMOCI" config --get author --image layout:old)" = "$author" ]
    echo "$number" >bundle/rootfs/number
    if slowly "$REFERENCE" repack --image layout:packed bundle 2>>refusals; then
      done=$((done + 1))
      "$UMOCI" raw unpack --image layout:packed "$number" 2>>messages
      [ "$(cat "$number/number")" = "$number" ]
    fi
    whole
  done
  finish
  echo "done: $done; refused: $(cat refusals)"
  [ $done -gt 0 ]
}

@test "writers and collectors beside umoci 0.4.7 leave only whole images" {
  require_root
  require_strace
  require_tools "$REFERENCE"
  local number
  "$UMOCI" tag --image layout:base theirs
  for number in 1 2; do repeatedly "$UMOCI" gc --layout layout; done
  # New names only: 0.4.7 may bring back the entry of an image that is not needed any more.
  for number in $(seq 100); do
    "$UMOCI" config --image layout:base --tag "ours-$number" --author "$number"
  done 3>&- 2>errors &
  local writer=$!
  while kill -0 $writer 2>/dev/null; do
    slowly "$REFERENCE" config --image layout:base --tag theirs --author me 2>>refusals || true
    rm -rf unpacked
    "$UMOCI" raw unpack --quiet --image layout:theirs unpacked
  done
  wait $writer
  cat errors
  finish
  whole
  # It goes on as if nothing had happened.
  "$REFERENCE" gc --layout layout
  "$REFERENCE" tag --image layout:base another
  "$REFERENCE" unpack --image layout:another again
  cmp tree/etc/file again/rootfs/etc/file
  whole
}
