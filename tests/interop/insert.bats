#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# insert and raw unpack beside umoci 0.4.7: the same uncompressed layers, the same trees.
#
# Left out is what 0.4.7 does otherwise: times with fractions (it rounds, we cut off), the root (its
# entry is called "/"), sockets, and attributes without a value. It does not write what ends
# an archive, neither padding nor blocks; 0.6.0 does.

load ../support/bats

setup() {
  require_tools "$REFERENCE" python3
  cd "$BATS_TEST_TMPDIR" || return
  "$UMOCI" init --layout layout
  "$UMOCI" new --image layout:base
  flags=()
  [[ $(id -u) == 0 ]] || flags=(--rootless)
}

# layer_of TAG: the uncompressed bytes of its topmost layer.
layer_of() {
  python3 - layout "$1" <<'PYTHON'
import gzip, json, pathlib, sys

layout, tag = pathlib.Path(sys.argv[1]), sys.argv[2]


def blob(digest: str) -> bytes:
    return (layout / "blobs/sha256" / digest.split(":")[1]).read_bytes()


name = "org.opencontainers.image.ref.name"
entries = json.loads((layout / "index.json").read_text())["manifests"]
manifest = json.loads(blob(next(e["digest"] for e in entries if e["annotations"][name] == tag)))
layer = manifest["layers"][-1]
stored = blob(layer["digest"])
sys.stdout.buffer.write(gzip.decompress(stored) if "gzip" in layer["mediaType"] else stored)
PYTHON
}

whole_seconds() { find "$1" -depth -exec touch -h -d @1500000000 {} +; }

# both ARGUMENT...: both programs make the same layer.
both() {
  "$UMOCI" insert "${flags[@]}" --image layout:base --tag ours --compress none "$@"
  "$REFERENCE" insert "${flags[@]}" --image layout:base --tag theirs "$@"
  layer_of ours >ours.tar
  layer_of theirs >theirs.tar
  truncate -s %512 theirs.tar
  truncate -s +1024 theirs.tar
  cmp ours.tar theirs.tar || {
    echo "not the same: $*"
    return 1
  }
}

make_tree() {
  mkdir -p tree/a/b tree/a.b tree/empty
  echo content >tree/a/b/file
  : >tree/a.b/nothing
  ln tree/a/b/file tree/second-name
  ln -s ../a/b tree/a.b/link
  ln -s "$(printf 'x%.0s' {1..150})" tree/long-link
  mkfifo tree/pipe
  head -c 100000 /dev/zero >tree/zeros
  : >"tree/$(printf 'n%.0s' {1..200})"
  : >tree/$'\303\274n\303\257'
  : >tree/$'invalid \377 and \n'
  chmod 4711 tree/zeros
  chmod 1777 tree/empty
  if [[ $(id -u) == 0 ]]; then
    chown 12:34 tree/a
    chown 3000000:2097152 tree/a/b/file
    mknod tree/null c 1 3 || echo "no device"
  fi
  if setfattr -n user.key -v value tree/a/b/file; then
    setfattr -n user.binary -v 0x00ff0a tree/a
  fi
  whole_seconds tree
}

@test "insert makes the layers that umoci 0.4.7 makes" {
  make_tree
  both tree /opt/somewhere
  both tree "$(printf '/%s' {a..z}{1..9})"
  both --opaque tree /opt/./x/../somewhere/
  both tree/a/b/file /usr/bin/file
  both tree/a.b/link /link
  both tree/pipe /dev/pipe
  both "tree/$(printf 'n%.0s' {1..200})" "/$(printf 'm%.0s' {1..120})"
  both --opaque tree/zeros /zeros
  both --whiteout /etc/passwd
  both --whiteout "/$(printf 'm%.0s' {1..120})/x"
}

@test "insert maps owners as umoci 0.4.7 does" {
  require_root
  mkdir tree
  : >tree/file
  chown 1000:2000 tree
  chown 1009:2009 tree/file
  whole_seconds tree
  both --uid-map 0:1000:10 --gid-map 0:2000:10 tree /tree
  both --rootless tree /tree
  for program in "$UMOCI" "$REFERENCE"; do
    ! "$program" insert --uid-map 0:1000:5 --gid-map 0:2000:10 --image layout:base tree /tree
  done
}

@test "raw unpack makes the tree that umoci 0.4.7 makes" {
  make_tree
  "$UMOCI" insert "${flags[@]}" --image layout:base --tag one tree /
  "$UMOCI" insert "${flags[@]}" --image layout:one --tag two --whiteout /a/b
  "$UMOCI" insert "${flags[@]}" --image layout:two --tag latest tree/a/b /a/c
  # 0.4.7 reads only layers of gzip, which these are.
  "$UMOCI" --log=error raw unpack "${flags[@]}" --image layout:latest ours
  "$REFERENCE" --log=error raw unpack "${flags[@]}" --image layout:latest theirs
  same_tree ours theirs
  "$UMOCI" unpack "${flags[@]}" --image layout:latest bundle
  same_tree ours bundle/rootfs
}
