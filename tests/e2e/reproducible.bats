#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# With SOURCE_DATE_EPOCH, the same steps give the same layout, byte for byte, whatever is around them:
# each test repeats them with something that must not matter.

load ../support/bats

setup_file() {
  export SOURCE_DATE_EPOCH=1600000000
  export LC_ALL=C TZ=UTC
  # What the images are made of, apart from small files: several blocks for each thread.
  (
    cd "$BATS_FILE_TMPDIR" || exit
    umask 022
    seq 800000 >large
    mkdir changes
    echo change >changes/file
    tar --format=pax --mtime=@1500000000 --owner=0 --group=0 --numeric-owner --sort=name \
      --pax-option=delete=atime,delete=ctime -cf layer.tar large changes
    mkdir plain
    cd plain && build forwards
  )
}

# make_tree ORDER: files in a directory, made in the order of their names, or the other way round.
make_tree() (
  umask 022
  local name names
  mapfile -t names < <(seq -w 300)
  [[ $1 == forwards ]] || mapfile -t names < <(seq -w 300 | tac)
  mkdir -p tree/deep/er tree/empty
  for name in "${names[@]}"; do
    echo "$name" >"tree/deep/er/$name"
  done
  ln tree/deep/er/001 tree/deep/linked
  ln -s er tree/deep/link
  chmod 4711 tree/deep/er/002
  # Some times are before SOURCE_DATE_EPOCH, all others after.
  touch -d @1400000000.75 tree/deep/er/003 tree/empty
)

# change: what happens in the bundle between unpack and repack.
change() (
  umask 022
  cp "$BATS_FILE_TMPDIR/large" bundle/rootfs/larger
  cat bundle/rootfs/larger "$BATS_FILE_TMPDIR/layer.tar" >>bundle/rootfs/large
  cp -r tree/deep bundle/rootfs/copied
  rm -r bundle/rootfs/changes bundle/rootfs/srv/deep/er/1*
)

# build ORDER: makes ./layout; with any of the commands, for any of the compressions.
build() {
  local rootless=() compression
  [[ $(id -u) == 0 ]] || rootless=(--rootless)
  make_tree "$1"
  "$UMOCI" init --layout layout
  "$UMOCI" new --image layout:first
  "$UMOCI" config --image layout:first --author 'somebody' --config.env B=2 --config.env A=1 \
    --config.label b=2 --config.label a=1 --config.volume /v --config.volume /u --manifest.annotation x=y
  "$UMOCI" insert "${rootless[@]}" --image layout:first tree /srv
  "$UMOCI" insert --image layout:first --whiteout /srv/deep/er/004
  "$UMOCI" raw add-layer --image layout:first "$BATS_FILE_TMPDIR/layer.tar"
  "$UMOCI" unpack "${rootless[@]}" --image layout:first bundle
  change
  for compression in gzip zstd none; do
    "$UMOCI" insert "${rootless[@]}" --compress "$compression" --image layout:first --tag "inserted-$compression" \
      "$BATS_FILE_TMPDIR/large" /large
    "$UMOCI" raw add-layer --compress "$compression" --image layout:first --tag "added-$compression" \
      "$BATS_FILE_TMPDIR/layer.tar"
    "$UMOCI" repack --compress "$compression" --image "layout:repacked-$compression" bundle
  done
  "$UMOCI" repack --refresh-bundle --image layout:last bundle
  "$UMOCI" tag --image layout:last tagged
  "$UMOCI" rm --image layout:first
  "$UMOCI" gc --layout layout
}

# as_before: ./layout is the one of setup_file, and so is the runtime's configuration in the bundle. What else
# is in a bundle knows when the files in it were made.
as_before() {
  local plain=$BATS_FILE_TMPDIR/plain
  [ "$(find layout -type f | wc -l)" -gt 20 ]
  diff -rq "$plain/layout" layout
  diff "$plain/bundle/config.json" bundle/config.json
}

setup() {
  # Made by one of the tests.
  elsewhere=/dev/shm/umoci-test-$(basename "$BATS_RUN_TMPDIR")
  cd "$BATS_TEST_TMPDIR" || return
}

teardown() {
  local status=0
  check_layouts "$elsewhere" || status=$?
  cd / || return
  rm -rf "$elsewhere"
  check_layouts || status=$?
  return $status
}

@test "another time" {
  build forwards
  as_before
}

@test "another umask" {
  umask 077
  build forwards
  umask 022
  as_before
  rm -r layout bundle tree
  umask 000
  build forwards
  as_before
}

@test "another directory, and the opposite order in it" {
  mkdir -p $'a b/c\nd/\xff'
  cd $'a b/c\nd/\xff'
  build backwards
  as_before
}

@test "another file system" {
  [[ -d /dev/shm && -w /dev/shm && $(stat -c %d /dev/shm) != "$(stat -c %d .)" ]] || skip "there is only one"
  mkdir "$elsewhere"
  cd "$elsewhere"
  build forwards
  as_before
}

@test "another time zone and language" {
  TZ=Asia/Kolkata LC_ALL=C.UTF-8 LANG=tr_TR.UTF-8 build forwards
  as_before
}

@test "another number of processors" {
  require_tools taskset
  [[ $(nproc) -gt 1 ]] || skip "there is only one"
  local first
  first=$(taskset -cp $BASHPID | sed 's/.*: *//; s/[-,].*//')
  taskset -cp "$first" $BASHPID
  [ "$(nproc)" = 1 ]
  build forwards
  as_before
}

@test "what SOURCE_DATE_EPOCH bounds is as old as it says, and nothing is newer" {
  require_tools skopeo jq python3
  for tag in last inserted-gzip added-zstd; do
    skopeo inspect --config --raw "oci:$BATS_FILE_TMPDIR/plain/layout:$tag" >config
    jq -e '.created == "2020-09-13T12:26:40Z" and all(.history[]; .created == "2020-09-13T12:26:40Z")' config
  done
  layer=$(skopeo inspect --raw "oci:$BATS_FILE_TMPDIR/plain/layout:repacked-none" | jq -r '.layers[-1].digest')
  python3 - "$BATS_FILE_TMPDIR/plain/layout/blobs/sha256/${layer#sha256:}" <<'PYTHON'
import sys
import tarfile

times = {member.name: member.mtime for member in tarfile.open(sys.argv[1])}
assert times["larger"] == 1600000000, times
assert max(times.values()) == 1600000000, times
PYTHON
}
