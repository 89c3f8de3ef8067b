#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# validate finds no error in what this program, umoci 0.4.7, skopeo and buildah write.

load ../support/bats

setup() {
  cd "$BATS_TEST_TMPDIR" || return
  flags=()
  [[ $(id -u) == 0 ]] || flags=(--rootless)
}

# no_errors LAYOUT: validate, layers and all, is content.
no_errors() {
  "$UMOCI" validate --deep --all-blobs --complete --layout "$1" || {
    echo "status $?: $1"
    return 1
  }
}

make_tree() {
  mkdir -p tree/etc tree/d/e
  echo 'user:x:1000:1000::/:' >tree/etc/passwd
  echo 'user:x:1000:' >tree/etc/group
  echo x >tree/d/file
  ln tree/d/file tree/d/e/again
  ln -s ../file tree/d/e/link
}

# images PROGRAM: a layout with what PROGRAM does to images.
images() {
  local program=$1
  make_tree
  "$program" init --layout layout
  "$program" new --image layout:base
  "$program" insert "${flags[@]}" --image layout:base tree /
  "$program" config --image layout:base --tag run --config.user user --config.env A=b \
    --config.volume /v --config.exposedports 80/tcp --config.label l=m --manifest.annotation a.b=c
  "$program" unpack "${flags[@]}" --image layout:run bundle
  rm bundle/rootfs/d/file
  ln bundle/rootfs/etc/passwd bundle/rootfs/d/passwd
  echo new >bundle/rootfs/new
  "$program" repack --image layout:changed bundle
  "$program" tag --image layout:changed other
  "$program" gc --layout layout
}

@test "what this program writes has no error" {
  images "$UMOCI"
  no_errors layout
}

@test "what umoci 0.4.7 writes has no error" {
  require_tools "$REFERENCE"
  images "$REFERENCE"
  no_errors layout
}

@test "what skopeo writes has no error" {
  require_tools skopeo
  images "$UMOCI"
  skopeo copy --insecure-policy oci:layout:changed oci:copied:changed
  skopeo copy --insecure-policy oci:layout:run docker-archive:archive.tar:x:y
  skopeo copy --insecure-policy docker-archive:archive.tar oci:copied:back
  no_errors copied
}

@test "what buildah, umoci 0.4.7 and GNU tar write has no error" {
  require_debian_image
  no_errors "$DEBIAN"
}

@test "what is damaged has errors, whoever wrote it" {
  images "$UMOCI"
  local blob
  for blob in layout/blobs/sha256/*; do
    cp "$blob" kept
    chmod u+w "$blob"
    printf x >>"$blob"
    if "$UMOCI" validate --layout layout >out; then
      echo "passes: $blob"
      return 1
    fi
    grep -q '^error L07 ' out
    grep -q '^error D06 ' out
    cp kept "$blob"
  done
  no_errors layout
}

@test "a blob that may not be read is told, and the rest is checked" {
  require_root
  require_tools setpriv
  images "$UMOCI"
  local blobs=(layout/blobs/sha256/*) status=0
  chmod 600 "${blobs[0]}"
  printf x >>"${blobs[1]}"
  not_valid layout
  setpriv --reuid=1000 --regid=1000 --clear-groups --inh-caps=-all \
    "$UMOCI" validate --all-blobs --layout layout >out 2>err || status=$?
  [ "$status" -eq 1 ]
  grep -q "^error L07 ${blobs[0]#layout/}: cannot be read" out
  grep -q "^error L07 ${blobs[1]#layout/}: content has the digest" out
}
