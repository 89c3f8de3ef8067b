#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Other programs that are known to call umoci, each with a line or two.

load ../support/bats
load ../support/callers

setup() {
  set_up_caller
  make_image DIR latest root
}

teardown() {
  remove_open_directory
}

@test "distrobuilder" {
  mkdir TMP
  REL=40
  # As it comes from a registry.
  skopeo copy oci:DIR:latest "oci:TMP/image:fedora:$REL"
  mkdir -m 0755 TMP/content
  umoci unpack --keep-dirlinks --image "TMP/image:fedora:$REL" TMP/content
  same_tree root TMP/content/rootfs
  # umoci closes a bundle, also one that was there.
  [ "$(stat -c %a TMP/content)" = 700 ]
}

@test "ISAR" {
  umoci init --layout D
  umoci new --image D:empty
  umoci config --image D:empty --config.cmd=CMD
  umoci unpack --image D:empty D_unpacked
  cp -a root/. D_unpacked/rootfs
  umoci repack --image D:TAG D_unpacked
  umoci remove --image D:empty
  [ "$(umoci ls --layout D)" = TAG ]
  has "$(config_of oci:D:TAG)" '.config.Cmd == ["CMD"]'
  umoci unpack --image D:TAG again
  same_tree root again/rootfs
  skopeo copy oci:D:TAG docker-archive:image.tar:isar:TAG
}

@test "Homebrew" {
  version=$(umoci --version)
  [[ $version == "umoci version "[0-9]*.[0-9]* ]]
  fails_cleanly umoci stat --image fake
  [[ $output == *"invalid image detected"* ]]
  fails_cleanly umoci list --layout fake
  [[ $output == *"invalid image detected"* ]]
  [ ! -e fake ]
}

@test "BuildBuddy" {
  as_plain_user mkdir BUNDLE
  as_plain_user umoci unpack --rootless --image "$PWD/DIR" BUNDLE
  same_content root plain/BUNDLE/rootfs
  has "$(cat plain/BUNDLE/config.json)" '.linux.uidMappings[0].hostID == 1000'
}

@test "scripts for systemd-nspawn and live systems: a flag at the very end" {
  umoci --verbose unpack --image DIR BUNDLE --keep-dirlinks 2>log
  grep -q . log
  same_tree root BUNDLE/rootfs
  # Where the flag makes a difference.
  ln -s usr/bin BUNDLE/rootfs/sbin
  "$UMOCI" repack --image DIR BUNDLE
  mkdir -p upper/sbin/sub
  make_layer upper upper.tar
  "$UMOCI" raw add-layer --image DIR upper.tar
  umoci --verbose unpack --image DIR KEPT --keep-dirlinks
  [ "$(readlink KEPT/rootfs/sbin)" = usr/bin ]
  [ -d KEPT/rootfs/usr/bin/sub ]
}

@test "security scanners: not a word on success" {
  as_plain_user umoci --log error raw unpack --rootless --image ../DIR ROOTFS >said 2>&1
  [ ! -s said ]
  same_content root plain/ROOTFS
}

@test "raw unpack with equals signs" {
  umoci raw unpack --image=DIR:latest ROOTFS
  same_tree root ROOTFS
}

@test "raw config with the users of a root file system" {
  umoci config --image DIR --config.user user --config.entrypoint /bin/tool --config.workingdir /home/user
  umoci raw unpack --image DIR ROOTFS
  as_plain_user mkdir OUT
  as_plain_user umoci raw config --rootless --image=../DIR:latest --rootfs ../ROOTFS OUT/config.json
  config=$(cat plain/OUT/config.json)
  # It is in ROOTFS that `user` has these ids.
  has "$config" '.process.user.uid == 1000 and .process.user.gid == 100'
  has "$config" '.process.args == ["/bin/tool"] and .process.cwd == "/home/user"'
  has "$config" '.linux.uidMappings | length == 1 and .[0].hostID == 1000'
  umoci raw config --rootless --image=DIR --rootfs ROOTFS config.json
  has "$(cat config.json)" '.process.user.uid == 1000 and .linux.uidMappings[0].hostID == 0'
}

@test "config of an author" {
  umoci config --author="N <m@x>" --image DIR
  has "$(config_of oci:DIR:latest)" '.author == "N <m@x>"'
}

@test "insert and unpack by a plain user" {
  cp -r DIR plain/DIR
  mkdir -p plain/SRC/etc
  echo inserted >plain/SRC/etc/inserted
  chown -R 1000:1000 plain/DIR plain/SRC
  as_plain_user umoci insert --rootless --image DIR SRC /
  TAG=latest
  as_plain_user umoci unpack --image DIR:$TAG DEST --rootless
  [ "$(cat plain/DEST/rootfs/etc/inserted)" = inserted ]
  umoci unpack --image plain/DIR as-root
  # A plain user's files are root's in an image.
  [ "$(stat -c %u:%g as-root/rootfs/etc/inserted)" = 0:0 ]
  rm as-root/rootfs/etc/inserted
  [ "$(cat as-root/rootfs/etc/passwd)" = "$(cat root/etc/passwd)" ]
}
