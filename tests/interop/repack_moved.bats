#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# repack --on-moved where umoci 0.4.7 is the one that changes the tag meanwhile, or made the bundle.

load ../support/bats

setup() {
  require_tools "$REFERENCE" python3
  cd "$BATS_TEST_TMPDIR" || return
  flags=()
  [[ $(id -u) == 0 ]] || flags=(--rootless)
  echo base >base
  "$UMOCI" init --layout layout
  "$UMOCI" new --image layout:web
  "$UMOCI" insert "${flags[@]}" --image layout:web base /base
}

# moved_by_another UNPACKER: a bundle by that program, in which we change something, and the tag gains
# a layer and an author from 0.4.7 meanwhile.
moved_by_another() {
  "$1" unpack "${flags[@]}" --image layout:web bundle
  echo mine >bundle/rootfs/mine
  echo theirs >theirs
  "$REFERENCE" insert "${flags[@]}" --image layout:web theirs /theirs
  "$REFERENCE" config --image layout:web --author somebody
}

bundle_state() { (cd bundle && cat umoci.json sha256_*.mtree) | sha256sum; }

check_rebase() {
  local before index
  before=$(bundle_state)
  index=$(sha256sum <layout/index.json)
  run "$UMOCI" repack --on-moved=error --image layout:web bundle
  [ "$status" -eq 4 ]
  [[ $output == *"tag was changed by somebody else"* ]]
  run "$UMOCI" repack --on-moved=rebase --refresh-bundle --image layout:web bundle
  [ "$status" -eq 4 ]
  [ "$(sha256sum <layout/index.json)" = "$index" ]

  "$UMOCI" repack --on-moved=rebase --image layout:web bundle
  [ "$(bundle_state)" = "$before" ]
  "$UMOCI" validate --deep --layout layout
  "$REFERENCE" unpack "${flags[@]}" --image layout:web result
  [ "$(cd result/rootfs && echo *)" = "base mine theirs" ]
  [ "$("$UMOCI" config --image layout:web --get author)" = somebody ]
}

@test "a bundle of ours is rebased onto what umoci 0.4.7 made of the tag" {
  moved_by_another "$UMOCI"
  check_rebase
}

@test "a bundle of umoci 0.4.7 is rebased, too" {
  moved_by_another "$REFERENCE"
  check_rebase
}

@test "a bundle of umoci 0.4.7 of a tag that did not move is none that moved" {
  "$REFERENCE" unpack "${flags[@]}" --image layout:web bundle
  echo mine >bundle/rootfs/mine
  "$UMOCI" repack --on-moved=error --image layout:web bundle
  # The bundle of 0.4.7 names its tag.
  run "$UMOCI" repack --on-moved=error --tag other --image layout:web bundle
  [ "$status" -eq 1 ]
  [[ $output == *'the bundle came from tag "web"'* ]]
}

@test "an image that umoci 0.4.7 made of the tag anew cannot take the changes" {
  "$UMOCI" unpack "${flags[@]}" --image layout:web bundle
  echo mine >bundle/rootfs/mine
  "$REFERENCE" remove --image layout:web
  "$REFERENCE" new --image layout:web
  run "$UMOCI" repack --on-moved=rebase --image layout:web bundle
  [ "$status" -eq 4 ]
  [[ $output == *"do not begin with the same ones"* ]]
}
