#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Our bundles of a real image are umoci 0.4.7's, and either program continues the other's work.

load ../support/bats

setup() {
  require_debian_image
  require_tools skopeo jq
  cd "$BATS_TEST_TMPDIR"
  copy_layout "$DEBIAN" layout
}

# Everything a user may do to a root file system between unpack and repack.
change() {
  local root=$1
  mkdir "$root/srv/new" "$root/srv/new/deep"
  echo new >"$root/srv/new/file"
  echo deep >"$root/srv/new/deep/file"
  printf 'x' >"$root/srv/new/"$'odd \n\xff name'
  echo edited >>"$root/etc/hostname"
  rm -r "$root/usr/share/base-files" "$root/srv/hidden"
  rm "$root/srv/links/symbolic"
  chmod 0711 "$root/srv/modes/owned"
  chown 33:33 "$root/srv/modes/set-uid"
  chmod 4711 "$root/srv/modes/set-uid"
  rm "$root/srv/replaced-by-file" && mkdir "$root/srv/replaced-by-file"
  rm -r "$root/srv/becomes-directory" && ln -s links "$root/srv/becomes-directory"
  ln "$root/srv/links/one" "$root/srv/new/one-more"
  ln -s ../.. "$root/srv/new/up"
  setfattr -n user.added -v yes "$root/srv/new/file"
  setfattr -n user.note -v changed "$root/srv/modes/attribute"
  setcap cap_sys_chroot+ep "$root/srv/caps/raw"
  mknod "$root/srv/nodes/zero" c 1 5
  mkfifo "$root/srv/new/fifo"
  touch -d '2001-02-03 04:05:06' "$root/srv/names/with space" "$root/srv/new/deep"
}

@test "the tree is the one umoci 0.4.7 makes" {
  "$REFERENCE" unpack --image layout:debian theirs
  "$UMOCI" unpack --image layout:debian ours
  # An implied directory and times are the same; what differs is written in docs/compatibility.md.
  same_tree theirs/rootfs ours/rootfs
}

@test "umoci 0.4.7 finds no change in our bundle, and we find none in its" {
  "$UMOCI" unpack --image layout:debian ours
  "$REFERENCE" unpack --image layout:debian theirs
  "$REFERENCE" repack --image layout:by-them ours
  "$UMOCI" repack --image layout:by-us theirs
  "$UMOCI" unpack --image layout:debian both
  "$UMOCI" repack --image layout:by-both both
  before=$(layers_of layout:debian)
  [ "$(layers_of layout:by-them)" = "$before" ]
  [ "$(layers_of layout:by-us)" = "$before" ]
  [ "$(layers_of layout:by-both)" = "$before" ]
}

@test "changes survive: unpack with us, repack with umoci 0.4.7" {
  "$UMOCI" unpack --image layout:debian bundle
  change bundle/rootfs
  "$REFERENCE" repack --image layout:changed bundle
  "$UMOCI" unpack --image layout:changed ours
  "$REFERENCE" unpack --image layout:changed theirs
  same_tree theirs/rootfs ours/rootfs
}

@test "changes survive: unpack with umoci 0.4.7, repack with us" {
  "$REFERENCE" unpack --image layout:debian bundle
  change bundle/rootfs
  "$UMOCI" repack --image layout:changed bundle
  "$UMOCI" unpack --image layout:changed ours
  "$REFERENCE" unpack --image layout:changed theirs
  same_tree theirs/rootfs ours/rootfs
  # mtimes are whole seconds in a layer
  diff <(listing --no-times bundle/rootfs) <(listing --no-times ours/rootfs)
}

@test "changes survive: unpack and repack with us" {
  "$UMOCI" unpack --image layout:debian bundle
  change bundle/rootfs
  find bundle/rootfs -newermt 2020-01-01 -exec touch -h -d '2020-02-02 02:02:02' {} +
  "$UMOCI" repack --image layout:changed bundle
  [ "$(layers_of layout:changed)" = "$(($(layers_of layout:debian) + 1))" ]
  "$UMOCI" unpack --image layout:changed again
  same_tree bundle/rootfs again/rootfs
}

@test "a refreshed bundle is one of the new image" {
  "$UMOCI" unpack --image layout:debian bundle
  change bundle/rootfs
  "$UMOCI" repack --refresh-bundle --image layout:first bundle
  "$UMOCI" repack --image layout:unchanged bundle
  [ "$(layers_of layout:unchanged)" = "$(layers_of layout:first)" ]
  echo more >bundle/rootfs/srv/more
  "$REFERENCE" repack --refresh-bundle --image layout:second bundle
  [ "$(layers_of layout:second)" = "$(($(layers_of layout:first) + 1))" ]
  "$UMOCI" unpack --image layout:second again
  diff <(listing --no-times bundle/rootfs) <(listing --no-times again/rootfs)
}

@test "the same change gives the same diff_id as umoci 0.4.7" {
  "$UMOCI" unpack --image layout:debian bundle
  change bundle/rootfs
  # A directory that becomes a link: 0.4.7 also deletes what was in it, which nobody can apply.
  rm bundle/rootfs/srv/becomes-directory
  # 0.4.7 rounds times, ours and 0.6.0 cut them.
  find bundle/rootfs -newermt 2020-01-01 -exec touch -h -d '2020-02-02 02:02:02' {} +
  "$UMOCI" repack --image layout:ours bundle
  "$REFERENCE" repack --image layout:theirs bundle
  ours=$(skopeo inspect --config --raw oci:layout:ours | jq -r '.rootfs.diff_ids[-1]')
  theirs=$(skopeo inspect --config --raw oci:layout:theirs | jq -r '.rootfs.diff_ids[-1]')
  [ "$ours" = "$theirs" ]
}

@test "skopeo copies our image, and its layers are what they claim to be" {
  "$UMOCI" unpack --image layout:debian bundle
  change bundle/rootfs
  "$UMOCI" repack --compress=zstd --image layout:zstd bundle
  "$UMOCI" repack --compress=gzip --image layout:gzip bundle
  "$UMOCI" repack --compress=none --image layout:none bundle
  for tag in zstd gzip none; do
    "$UMOCI" unpack --image "layout:$tag" "unpacked-$tag"
  done
  same_tree unpacked-gzip/rootfs unpacked-zstd/rootfs
  same_tree unpacked-gzip/rootfs unpacked-none/rootfs
  # skopeo checks every digest, and each diff_id when it has to decompress.
  skopeo copy --insecure-policy oci:layout:gzip "docker-archive:gzip.tar:x:y"
  "$UMOCI" init --layout copied
  skopeo copy --insecure-policy docker-archive:gzip.tar oci:copied:back
  "$UMOCI" unpack --image copied:back unpacked-back
  same_tree unpacked-gzip/rootfs unpacked-back/rootfs
}
