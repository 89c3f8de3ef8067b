#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Rockcraft's way from an empty image to a rock. Between its calls of umoci it edits the documents of the
# layout by itself, and so rests on where they are.

load ../support/bats
load ../support/callers

setup() {
  set_up_caller python3
  make_layer root LAYER.tar
  DIR=$PWD/plain
  NAME=base
  TAG=24.04
}

teardown() {
  remove_open_directory
}

# inject MEMBER VALUE: sets it in the configuration, as Rockcraft does: it writes new documents in a style
# of its own, and names them in the index.
inject() {
  python3 - "$DIR/$NAME" "$@" <<'PYTHON'
import hashlib
import json
import pathlib
import sys

layout, member, value = pathlib.Path(sys.argv[1]), sys.argv[2], sys.argv[3]
blobs = layout / "blobs/sha256"


def read(descriptor):
    return json.loads((blobs / descriptor["digest"].split(":")[1]).read_bytes())


def write(document, descriptor):
    text = json.dumps(document).encode()
    name = hashlib.sha256(text).hexdigest()
    (blobs / name).write_bytes(text)
    return {**descriptor, "digest": "sha256:" + name, "size": len(text)}


index = json.loads((layout / "index.json").read_bytes())
entry = index["manifests"][0]
manifest = read(entry)
manifest["config"] = write({**read(manifest["config"]), member: value}, manifest["config"])
index["manifests"][0] = write(manifest, entry)
(layout / "index.json").write_bytes(json.dumps(index).encode())
PYTHON
}

new_base() {
  umoci init --layout "$DIR/$NAME"
  umoci new --image "$DIR/$NAME:$TAG"
  umoci config --image "$DIR/$NAME:$TAG" --architecture arm64 --no-history
  inject variant v8
}

# configured: the configuration of the image with $TAG.
configured() { config_of "oci:$DIR/$NAME:$TAG"; }

@test "a base image from nothing" {
  new_base
  has "$(configured)" '.architecture == "arm64" and .variant == "v8" and (.history // [] | length) == 0'
  # Found where it was put, and kept by what follows.
  umoci config --image "$DIR/$NAME:$TAG" --config.env N=V
  has "$(configured)" '.architecture == "arm64" and .variant == "v8" and .config.Env == ["N=V"]'
}

@test "a layer, with the flags after it" {
  new_base
  umoci raw add-layer --image "$DIR/$NAME:$TAG" LAYER.tar --history.created_by \
    "umoci raw add-layer --image $DIR/$NAME:$TAG LAYER.tar"
  umoci raw add-layer --image "$DIR/$NAME:$TAG" LAYER.tar --tag NEW --history.created_by \
    "umoci raw add-layer --image $DIR/$NAME:$TAG LAYER.tar --tag NEW" --history.comment "a comment"
  has "$(configured)" '.history | length == 1'
  jq -e --arg words "umoci raw add-layer --image $DIR/$NAME:$TAG LAYER.tar" '
    .history[0].created_by == $words and .history[0].comment == null' <<<"$(configured)"
  new=$(config_of "oci:$DIR/$NAME:NEW")
  has "$new" '(.history | length == 2) and .history[1].comment == "a comment" and .variant == "v8"'
  jq -e --arg words "umoci raw add-layer --image $DIR/$NAME:$TAG LAYER.tar --tag NEW" \
    '.history[1].created_by == $words' <<<"$new"
  has "$new" '.rootfs.diff_ids | length == 2'
  [ "$(jq -r '.rootfs.diff_ids[1]' <<<"$new")" = "sha256:$(sha256sum LAYER.tar | cut -d ' ' -f 1)" ]
}

@test "unpack, as root and as a plain user" {
  new_base
  umoci raw add-layer --image "$DIR/$NAME:$TAG" LAYER.tar
  umoci unpack --image "$DIR/$NAME:$TAG" BUNDLE
  same_tree root BUNDLE/rootfs
  as_plain_user umoci unpack --rootless --image "$DIR/$NAME:$TAG" "$DIR/BUNDLE"
  same_content root "$DIR/BUNDLE/rootfs"
}

@test "entry points, commands and what else a rock says of itself" {
  new_base
  I=$DIR/$NAME:$TAG
  umoci config --image "$I" --clear=config.entrypoint --config.entrypoint A --config.entrypoint B \
    --clear=config.cmd --history.created_by "umoci config --clear=config.cmd" --history.comment C
  umoci config --image "$I" --clear=config.entrypoint --config.entrypoint /usr/bin/pebble \
    --config.entrypoint enter --config.entrypoint --verbose --clear=config.cmd
  has "$(configured)" '.config.Entrypoint == ["/usr/bin/pebble", "enter", "--verbose"] and .config.Cmd == null'
  umoci config --image "$I" --clear=config.cmd --config.cmd A --config.cmd -b
  umoci config --image "$I" --clear=config.cmd --config.cmd --args --config.cmd -b
  has "$(configured)" '.config.Cmd == ["--args", "-b"]'
  umoci config --image "$I" --config.env N=V --config.env PATH=/usr/bin:/bin
  umoci config --image "$I" --config.env N=-W
  has "$(configured)" '.config.Env == ["N=-W", "PATH=/usr/bin:/bin"]'
  umoci config --image "$I" --config.user 584792
  has "$(configured)" '.config.User == "584792"'
  umoci config --image "$I" --clear=config.labels --config.label gone=1
  umoci config --image "$I" --clear=config.labels --config.label K=V --config.label title="a b=c"
  has "$(configured)" '.config.Labels == {"K": "V", "title": "a b=c"}'
  umoci config --image "$I" --clear=manifest.annotations --manifest.annotation gone=1
  umoci config --image "$I" --clear=manifest.annotations --manifest.annotation K=V --manifest.annotation L=-M
  has "$(manifest_of "oci:$I")" '.annotations == {"K": "V", "L": "-M"}'
  # One entry of each call, the first as it was told.
  has "$(configured)" '(.history | length == 11) and .history[0].comment == "C"'
  has "$(configured)" '.history[0].created_by == "umoci config --clear=config.cmd"'
  has "$(configured)" '.variant == "v8"'
}

@test "stat --json prints JSON and nothing else" {
  new_base
  umoci raw add-layer --image "$DIR/$NAME:$TAG" LAYER.tar --history.created_by one
  umoci stat --json --image "$DIR/$NAME:$TAG" >stat.json 2>stat.err
  [ ! -s stat.err ]
  # One document; jq would take several.
  python3 -c 'import json, sys; json.load(open(sys.argv[1]))' stat.json
  has "$(cat stat.json)" '.history[0].created_by == "one" and (.history[0].empty_layer | not)'
  has "$(cat stat.json)" '.history[0].layer.digest | startswith("sha256:")'
}

@test "the rock" {
  new_base
  umoci raw add-layer --image "$DIR/$NAME:$TAG" LAYER.tar --tag rock --history.created_by x
  skopeo copy "oci:$DIR/$NAME:rock" oci-archive:example.rock:1.0
  skopeo copy oci-archive:example.rock:1.0 oci:again:1.0
  umoci unpack --image again:1.0 BUNDLE
  same_tree root BUNDLE/rootfs
}

@test "errors are told on standard error" {
  new_base
  fails_cleanly umoci raw add-layer --image "$DIR/$NAME:$TAG" none.tar --tag NEW
  [[ $output == *none.tar* ]]
  [ "$(umoci ls --layout "$DIR/$NAME")" = "$TAG" ]
}
