#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# validate --bundle finds no error in bundles that umoci 0.4.7 made, and none in ours.

load ../support/bats

setup() {
  require_tools "$REFERENCE"
  cd "$BATS_TEST_TMPDIR" || return
  mkdir -p tree/bin tree/etc
  printf '#!/bin/busybox sh\n' >tree/bin/sh
  chmod 755 tree/bin/sh
  echo 'user:x:1000:1000::/:' >tree/etc/passwd
  "$REFERENCE" init --layout layout
  "$REFERENCE" new --image layout:a
  "$REFERENCE" insert --rootless --image layout:a tree /
  "$REFERENCE" config --image layout:a --config.cmd /bin/sh --config.env PATH=/bin \
    --config.volume /data --config.exposedports 80/tcp --config.label com.example.a=b
  "$REFERENCE" config --image layout:a --tag of-user --config.user user
}

# flawless PROGRAM TAG FLAG...: what PROGRAM unpacks with these flags has no findings at all.
flawless() {
  local program=$1 tag=$2
  shift 2
  rm -rf bundle
  "$program" unpack "$@" --image "layout:$tag" bundle
  run "$UMOCI" validate --strict --bundle bundle --layout layout
  echo "$output"
  [[ $status == 0 && -z $output ]]
}

@test "bundles of an ordinary user" {
  flawless "$REFERENCE" a --rootless
  flawless "$UMOCI" a --rootless
}

@test "bundles of root, with and without mappings" {
  require_root
  local program
  for program in "$REFERENCE" "$UMOCI"; do
    flawless "$program" a
    flawless "$program" of-user
    flawless "$program" of-user --uid-map 0:1000:65536 --gid-map 0:2000:65536
  done
}

@test "a user whom the mappings leave out is told" {
  "$UMOCI" unpack --rootless --image layout:of-user bundle
  run "$UMOCI" validate --bundle bundle
  echo "$output"
  [[ $status == 0 && ${lines[0]} == 'warning B08 config.json#/process/user/uid: "1000" is not among the mapped ids' ]]
}

@test "a bundle that was repacked and refreshed" {
  "$REFERENCE" unpack --rootless --image layout:a bundle
  echo new >bundle/rootfs/new
  "$REFERENCE" repack --refresh-bundle --image layout:a bundle
  run "$UMOCI" validate --strict --bundle bundle --layout layout
  echo "$output"
  [[ $status == 0 && -z $output ]]
}

@test "the Debian image, unpacked by both" {
  require_debian_image
  copy_layout "$DEBIAN" debian
  local program
  for program in "$REFERENCE" "$UMOCI"; do
    rm -rf bundle
    "$program" unpack --image debian:debian bundle
    run "$UMOCI" validate --bundle bundle --layout debian
    echo "$output"
    [[ $status == 0 && $output != *"error "* ]]
  done
}
