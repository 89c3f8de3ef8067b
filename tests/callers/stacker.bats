#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# The command lines of Stacker's tests and documents.

load ../support/bats
load ../support/callers

setup() {
  require_root
  require_tools skopeo jq
  cd "$BATS_TEST_TMPDIR" || return
  umoci_in_path
  make_tree root
}

@test "unpack, to a new or a made directory, at several levels of the log" {
  make_image oci centos root
  umoci unpack --image oci:centos dest
  same_tree root dest/rootfs
  mkdir made
  umoci unpack --image oci:centos made
  same_tree root made/rootfs
  umoci --log=debug unpack --image oci:centos debug 2>log
  grep -q . log
  same_tree root debug/rootfs
  umoci --log info unpack --image oci:centos info
  same_tree root info/rootfs
}

@test "unpack --keep-dirlinks" {
  make_image oci centos root
  mkdir -p upper/sbin upper/lib
  echo upper >upper/sbin/upper
  echo lib >upper/lib/library
  # In the lower layer: one link to a directory, and one to nowhere.
  "$UMOCI" unpack --image oci:centos changing
  ln -s usr/bin changing/rootfs/sbin
  ln -s nowhere changing/rootfs/lib
  "$UMOCI" repack --image oci:centos changing
  make_layer upper upper.tar
  "$UMOCI" raw add-layer --image oci:centos upper.tar
  umoci unpack --keep-dirlinks --image oci:centos dest
  [ "$(readlink dest/rootfs/sbin)" = usr/bin ]
  [ "$(cat dest/rootfs/usr/bin/upper)" = upper ]
  [ ! -L dest/rootfs/lib ]
  [ "$(cat dest/rootfs/lib/library)" = lib ]
  # Without, a directory replaces the link.
  umoci unpack --image oci:centos without
  [ ! -L without/rootfs/sbin ]
  [ ! -e without/rootfs/usr/bin/upper ]
}

@test "a layout from nothing" {
  umoci init --layout oci
  # Nothing at all where there is no tag.
  [ -z "$(umoci ls --layout oci)" ]
  umoci new --image oci:test
  [ "$(umoci ls --layout oci)" == "$(printf "test")" ]
  umoci ls --layout oci | grep test
  umoci list --layout oci | grep -x test
  umoci config --image oci:test --config.workingdir /usr
  has "$(config_of oci:oci:test)" '.config.WorkingDir == "/usr"'
  umoci unpack --image oci:test dest
  has "$(cat dest/config.json)" '.process.cwd == "/usr"'
  umoci --log info gc --layout oci
  skopeo inspect oci:oci:test
  umoci rm --image oci:test
  [ -z "$(umoci ls --layout oci)" ]
  umoci --log info gc --layout oci
  [ -z "$(find oci/blobs -type f)" ]
}

@test "tags with colons" {
  make_image oci centos:0.1.1 root
  make_image oci centos:0.1.2 root
  umoci unpack --image oci:centos:0.1.1 dest
  same_tree root dest/rootfs
  [ "$(umoci ls --layout oci)" == "$(printf "centos:0.1.1\ncentos:0.1.2")" ]
  umoci rm --image oci:centos:0.1.1
  [ "$(umoci ls --layout oci)" == "$(printf "centos:0.1.2")" ]
}

@test "the last line of stat that begins with sha256: is of the topmost layer" {
  make_image oci centos root
  echo 1 >upper
  "$UMOCI" insert --image oci:centos upper /upper
  last=$(umoci stat --image oci:centos | grep '^sha256:' | tail -n 1 | cut -f 1 | cut -d ' ' -f 1)
  [ "$last" = "$(manifest_of oci:oci:centos | jq -r '.layers[-1].digest')" ]
  [ "$(umoci stat --image oci:centos | tail -n 1 | cut -c 1-71)" = "$last" ]
}
