#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# The layers that insert writes, as GNU tar, bsdtar and Python's tarfile read them: every header is what
# the disk says, and what the two programs extract is the tree that was inserted.

load ../support/bats

setup() {
  require_tools python3 tar bsdtar setfattr
  # Outside bats' own directories, which are closed to other users.
  home=$(mktemp -d "${TMPDIR:-/tmp}/umoci-archives.XXXXXX")
  chmod 0755 "$home"
  cp "$UMOCI" "$home/umoci"
  mkdir -m 0777 "$home/work"
  cd "$home/work" || return
  export LC_ALL=C.UTF-8
  world=()
}

teardown() {
  local status=0
  check_layouts "$home" || status=$?
  chmod -R u+rwX "$home"
  rm -rf "$home"
  return $status
}

inside() { "${world[@]}" env HOME="$home/work" "$@"; }

become_plain_user() {
  [[ $(id -u) == 0 ]] || return 0
  require_tools setpriv
  world=(setpriv --reuid=1000 --regid=1000 --clear-groups --inh-caps=-all)
}

enter_namespace() {
  become_plain_user
  world+=(unshare --user --map-root-user)
  inside true 2>/dev/null || skip "no user namespaces here"
}

# What anybody can have. It runs by itself, in another world.
make_tree() {
  set -euo pipefail
  umask 022
  local long deep
  long=$(printf 'n%.0s' {1..255})
  deep=$(printf 'directory-%s/' {1..40})
  mkdir -p tree/a/b tree/a.b tree/empty "tree/$deep"
  echo content >tree/a/b/file
  ln tree/a/b/file tree/a/second-name
  ln tree/a/b/file "tree/$deep/third-name"
  : >"tree/$long"
  ln "tree/$long" "tree/a/$long"
  head -c 1000000 /dev/zero >tree/zeros
  ln -s ../a/b tree/a.b/link
  ln -s "$(printf 'x%.0s' {1..150})" tree/long-link
  ln -s "$(printf '/y%.0s' {1..2000})" tree/very-long-link
  ln -s /nowhere "tree/$deep/link"
  mkfifo tree/pipe
  : >tree/$'\303\274n\303\257'
  ln -s $'\303\274\n' tree/$'new\nline'
  : >tree/-option
  : >'tree/ blank =*?[]#"'\'
  : >'tree/back\slash'
  : >tree/a/file.wh.
  for mode in 0000 0004 0400 0444 0644 1755 2755 4755 6711; do
    mkdir "tree/empty/mode-$mode"
    chmod "$((mode / 1000))7${mode:2}" "tree/empty/mode-$mode"
    : >"tree/mode-$mode"
    chmod "$mode" "tree/mode-$mode"
    # Only --rootless reads what its owner may not, and then says nothing of owners.
    [[ -r tree/mode-$mode ]] || rm -f "tree/mode-$mode"
  done
  chmod 1777 tree/empty
  setfattr -n user.key -v value tree/a/b/file
  setfattr -n user.binary -v 0x00ff0a tree/a
  setfattr -n $'user.\303\274 b' -v "$(printf 'v%.0s' {1..3000})" tree/zeros
  find tree -depth -exec touch -h -d @1500000000 {} +
  touch -h -d @-77 tree/a/b/file
  touch -h -d @0 tree/long-link
  touch -d @5000000000 tree/zeros
}

# What only root can.
add_what_is_of_root() {
  mknod tree/null c 1 3
  mknod tree/disk b 259 70000
  chown 3000000:2097152 tree/zeros
  chown -h 4000000000:5 tree/long-link
  chown 65534:65534 tree/a
  setfattr -n trusted.key -v secret tree/a.b
  setfattr -n security.capability -v 0x0100000200040000000000000000000000000000 tree/mode-0644
  chmod 4755 tree/zeros
  touch -h -d @1500000000 tree tree/null tree/disk
}

make_layout() {
  inside "$home/umoci" init --layout layout
  inside "$home/umoci" new --image layout:base
}

# insert_as_tar ARGUMENT...: the layer that insert makes is layer.tar.
insert_as_tar() {
  inside "$home/umoci" insert --image layout:base --tag new --compress none "$@"
  inside python3 - layout <<'PYTHON' >layer.tar
import json, pathlib, shutil, sys

blobs = pathlib.Path(sys.argv[1]) / "blobs/sha256"


def path(descriptor: dict) -> pathlib.Path:
    return blobs / descriptor["digest"].split(":")[1]


name = "org.opencontainers.image.ref.name"
entries = json.loads((blobs / "../../index.json").read_text())["manifests"]
manifest = json.loads(path(next(e for e in entries if e["annotations"][name] == "new")).read_text())
with path(manifest["layers"][-1]).open("rb") as layer:
    shutil.copyfileobj(layer, sys.stdout.buffer)
PYTHON
}

# listed COUNT: all three know so many members, and have nothing to complain about.
listed() {
  local count
  count=$(tar --quoting-style=escape -tf layer.tar 2>errors | wc -l)
  [[ $count == "$1" && ! -s errors ]] || { echo "tar: $count"; cat errors; return 1; }
  count=$(bsdtar -tf layer.tar 2>errors | wc -l)
  [[ $count == "$1" && ! -s errors ]] || { echo "bsdtar: $count"; cat errors; return 1; }
  count=$(python3 -c 'import sys, tarfile; print(len(tarfile.open(sys.argv[1]).getmembers()))' layer.tar)
  [[ $count == "$1" ]] || { echo "tarfile: $count"; return 1; }
}

# extracted_by PROGRAM PREFIX SOURCE: what it makes of the layer is the tree SOURCE. Whiteouts are empty files
# to it; they are removed, which changes the time of the directory they are in.
extracted_by() {
  local program=$1 prefix=$2 tree=$3 selected=() marker
  # tar restores only user.* without being told to.
  [[ $program != tar ]] || selected=(--xattrs-include='*' --warning=no-timestamp)
  rm -rf extracted
  inside mkdir extracted
  inside "$program" --numeric-owner --xattrs "${selected[@]}" -C extracted -xpf layer.tar
  while IFS= read -r -d '' marker; do
    [[ $(stat -c %s:%a "$marker") == 0:0 ]]
    inside rm -f "$marker"
    inside touch -d @1500000000 "$(dirname "$marker")"
  done < <(inside find extracted -name '.wh.*' -print0)
  # bsdtar does not always give the directory that it extracts to the time of ".".
  [[ $prefix != / ]] || inside touch -d @1500000000 extracted
  inside "$SUPPORT/tree-listing" "$tree" >expected
  inside "$SUPPORT/tree-listing" "extracted/$prefix" | diff expected - | head -n 20
  [[ ${PIPESTATUS[1]} == 0 ]] || { echo "by $program"; return 1; }
}

# is_right PREFIX SOURCE: below PREFIX the layer holds SOURCE, whoever reads it.
is_right() {
  inside "$SUPPORT/archive-differences" layer.tar "$2" "$1"
  extracted_by tar "$1" "$2"
  extracted_by bsdtar "$1" "$2"
}

check_everything() {
  local count program
  make_layout
  # Each name of an object counts.
  count=$(inside find tree -printf 'x\n' | wc -l)

  insert_as_tar tree /opt/somewhere
  listed "$count"
  is_right opt/somewhere tree
  insert_as_tar tree /
  listed "$count"
  is_right / tree
  insert_as_tar --opaque tree "$(printf '/%s' {a..z}{1..9})"
  listed $((count + 1))
  is_right "$(printf '%s/' {a..z}{1..9})" tree

  insert_as_tar --whiteout /etc/passwd
  listed 1
  [[ $(tar -tf layer.tar) == etc/.wh.passwd ]]
  for program in tar bsdtar; do
    rm -rf extracted
    inside mkdir extracted
    inside "$program" -C extracted -xpf layer.tar
    [[ $(stat -c '%F %a %Y' extracted/etc/.wh.passwd) == 'regular empty file 0 0' ]]
  done
  insert_as_tar --whiteout "/$(printf 'm%.0s' {1..250})"
  listed 1

  inside cp -a tree/a other
  printf '%s\n' 'other /one' 'tree /two' 'tree/zeros /three' >list
  insert_as_tar --from-file list --parents
  # A tree, another one, and a file.
  listed $((count + $(inside find other -printf 'x\n' | wc -l) + 1))
  is_right two tree
  is_right one other
  insert_as_tar --parents tree/a/b/file /x/y/z
  listed 3
  [[ $(tar -tf layer.tar) == $'x/\nx/y/\nx/y/z' ]]
}

@test "of root" {
  require_root
  make_tree
  add_what_is_of_root
  check_everything
}

@test "of a plain user" {
  become_plain_user
  inside bash -c "$(declare -f make_tree); make_tree"
  check_everything
}

@test "of root of a user namespace" {
  enter_namespace
  inside bash -c "$(declare -f make_tree); make_tree"
  check_everything
}

# bsdtar takes no names that are no text in UTF-8.
@test "with names of any bytes" {
  local byte name
  mkdir -p tree/d
  for byte in {1..255}; do
    # "/" is the only byte that no name can have.
    [[ $byte != 47 ]] || continue
    printf -v name '%b' "\\x$(printf %x "$byte")"
    : >"tree/x$name"
    ln -s "$name" "tree/d/l$name"
    ln "tree/x$name" "tree/d/h$name"
  done
  find tree -depth -exec touch -h -d @1500000000 {} +
  make_layout
  insert_as_tar tree $'/\377'
  "$SUPPORT/archive-differences" layer.tar tree $'\377'
  extracted_by tar $'\377' tree
}
