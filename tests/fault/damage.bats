#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Every kind of damage to every part of a layout gives one clear line, exit status 1, no bundle, and a
# layout that is exactly as it was.

load ../support/bats

setup_file() {
  export SOUND=$BATS_FILE_TMPDIR/sound
  cd "$BATS_FILE_TMPDIR"
  mkdir -p tree/etc
  head -c 300000 /dev/urandom >tree/etc/random
  echo hello >tree/etc/hello
  tar -cf layer.tar -C tree .
  "$UMOCI" init --layout sound
  "$UMOCI" new --image sound:image
  "$UMOCI" raw add-layer --image sound:image layer.tar
  "$UMOCI" config --image sound:image --tag other --author somebody
}

setup() {
  require_tools python3
  cd "$BATS_TEST_TMPDIR"
}

# fails DAMAGE COMMAND...: a fresh copy of the layout is damaged; the command must fail, name the
# trouble, and change nothing.
fails() {
  local damage=$1
  shift
  rm -rf layout bundle
  copy_layout "$SOUND" layout
  "$SUPPORT/damage-layout" layout image "$damage"
  find layout -printf '%p %m %U:%G %s %T@ %n %l\n' | sort >before
  echo "$damage: $*"
  fails_cleanly timeout 20 "$@"
  echo "  $output"
  find layout -printf '%p %m %U:%G %s %T@ %n %l\n' | sort >after
  diff before after
  [ ! -e bundle ]
}

@test "the sound layout is sound" {
  copy_layout "$SOUND" layout
  "$UMOCI" unpack --image layout:image bundle
  "$UMOCI" stat --image layout:image
  "$UMOCI" gc --layout layout
}

@test "a damaged layer fails unpack" {
  for how in flip truncate append; do
    fails "layer:$how" "$UMOCI" unpack --image layout:image bundle
    [[ $output == *"verified reader "*" mismatch"* ]]
  done
  for how in remove fifo garbage empty; do
    fails "layer:$how" "$UMOCI" unpack --image layout:image bundle
  done
}

@test "a damaged layer does not matter to who does not read it" {
  for how in flip truncate append; do
    rm -rf layout
    copy_layout "$SOUND" layout
    "$SUPPORT/damage-layout" layout image "layer:$how"
    "$UMOCI" stat --image layout:image
    "$UMOCI" config --image layout:image --tag more --author me
    "$UMOCI" gc --layout layout
    "$UMOCI" list --layout layout
  done
}

@test "a wrong diff_id fails unpack" {
  fails config:wrong "$UMOCI" unpack --image layout:image bundle
  [[ $output == *diff* ]]
}

@test "a damaged manifest or configuration fails every command that reads it" {
  for what in manifest config; do
    for how in flip truncate append remove fifo garbage empty array deep; do
      fails "$what:$how" "$UMOCI" unpack --image layout:image bundle
      fails "$what:$how" "$UMOCI" stat --image layout:image
      fails "$what:$how" "$UMOCI" config --image layout:image --author me
    done
  done
  fails manifest:wrong "$UMOCI" unpack --image layout:image bundle
  fails manifest:flip "$UMOCI" stat --image layout:image
  [[ $output == *"verified reader digest mismatch"* ]]
  fails manifest:append "$UMOCI" stat --image layout:image
  [[ $output == *"verified reader size mismatch"* ]]
}

@test "a damaged index fails every command" {
  for how in remove fifo garbage empty array deep wrong; do
    for command in "unpack --image layout:image bundle" "stat --image layout:image" \
      "config --image layout:image --author me" "tag --image layout:image new" \
      "remove --image layout:image" "list --layout layout" "gc --layout layout" \
      "new --image layout:new" "raw add-layer --image layout:image $BATS_FILE_TMPDIR/layer.tar"; do
      # shellcheck disable=SC2086  # words
      fails "index:$how" "$UMOCI" $command
    done
  done
}

@test "a damaged marker is no layout" {
  for how in remove fifo garbage empty array wrong; do
    for command in "stat --image layout:image" "list --layout layout" "new --image layout:new"; do
      # shellcheck disable=SC2086  # words
      fails "layout:$how" "$UMOCI" $command
    done
  done
  fails layout:remove "$UMOCI" list --layout layout
  [[ $output == *"invalid image detected"* ]]
}

@test "gc deletes nothing if a manifest is missing or damaged" {
  for how in flip truncate append remove fifo garbage array; do
    rm -rf layout
    copy_layout "$SOUND" layout
    "$UMOCI" remove --image layout:other
    "$SUPPORT/damage-layout" layout image "manifest:$how"
    find layout -type f | sort >before
    fails_cleanly "$UMOCI" gc --layout layout
    find layout -type f | sort | diff before -
  done
}

@test "repack fails cleanly if its source is gone" {
  copy_layout "$SOUND" layout
  "$UMOCI" unpack --image layout:image bundle
  echo new >bundle/rootfs/etc/new
  "$SUPPORT/damage-layout" layout image manifest:remove
  find layout | sort >before
  fails_cleanly "$UMOCI" repack --image layout:image bundle
  find layout | sort | diff before -
}
