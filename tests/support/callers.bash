# SPDX-License-Identifier: Apache-2.0
# What the tests of programs that call umoci share. Their command lines are those that stand in the sources of
# these programs, word for word; what is in capitals there is a variable, or a name, here as well.

# umoci_in_path: `umoci` is the program under test. The directory that is put before all others, ./bin, is
# made here. Each call leaves a line in the file $CALLS, its words quoted.
umoci_in_path() {
  CALLS=$PWD/calls
  mkdir -p bin/program
  ln -s "$UMOCI" bin/program/umoci
  cat >bin/umoci <<SCRIPT
#!/bin/bash
printf '%s\n' "\${*@Q}" >>'$CALLS'
exec '$PWD/bin/program/umoci' "\$@"
SCRIPT
  chmod 0755 bin/umoci
  install -m 0666 /dev/null "$CALLS"
  PATH=$PWD/bin:$PATH
}

# make_tree DIRECTORY: a small root file system: owners, modes, hard and symbolic links, an attribute, and
# names of users. Its shell is Debian's static one. All times are whole seconds long ago.
make_tree() {
  local root=$1
  mkdir -p "$root"/{bin,dev,etc,proc,run,sys,tmp,usr/bin,usr/share/doc,var/lib/dpkg,home/user}
  cp /bin/busybox "$root/bin/busybox"
  ln -s busybox "$root/bin/sh"
  printf 'root:x:0:0:root:/root:/bin/sh\nuser:x:1000:100::/home/user:/bin/sh\n' >"$root/etc/passwd"
  printf 'root:x:0:\nusers:x:100:\n' >"$root/etc/group"
  # What it says of where it runs is for containers.
  # shellcheck disable=SC2016  # for the shell of the tree
  printf '%s\n' '#!/bin/sh' 'echo "tool $*"' \
    '[ -z "$B" ] || echo "$(busybox id -u):$(busybox id -g) $PWD $B"' >"$root/usr/bin/tool"
  printf 'name with space' >"$root/usr/share/doc/with space"
  ln "$root/usr/bin/tool" "$root/usr/bin/same"
  ln -s ../usr/bin/tool "$root/bin/tool"
  : >"$root/var/lib/dpkg/status"
  chmod 0755 "$root/usr/bin/tool"
  chmod 1777 "$root/tmp"
  printf 'secret' >"$root/home/user/private"
  chmod 0600 "$root/home/user/private"
  chown -hR 1000:100 "$root/home/user"
  install -m 4755 /dev/null "$root/usr/bin/set-uid"
  setfattr -n user.note -v kept "$root/usr/share/doc/with space"
  find "$root" -depth -exec touch -h -d @1500000000 {} +
}

# cut_times DIRECTORY: its times become those of layers: whole seconds, none after SOURCE_DATE_EPOCH.
cut_times() {
  local path seconds
  while IFS= read -r -d '' path; do
    seconds=$(stat -c %Y "$path")
    [[ -z ${SOURCE_DATE_EPOCH-} || $seconds -lt $SOURCE_DATE_EPOCH ]] || seconds=$SOURCE_DATE_EPOCH
    touch -h -d "@$seconds" "$path"
  done < <(find "$1" -depth -print0)
}

# make_layer DIRECTORY ARCHIVE: a layer of the tree, by GNU tar.
make_layer() {
  tar -C "$1" --format=pax --pax-option=delete=atime,delete=ctime --numeric-owner --xattrs \
    --xattrs-include='user.*' --sort=name -cf "$2" .
}

# make_image LAYOUT TAG TREE: its only layer is the tree.
make_image() {
  [[ -e $1 ]] || "$UMOCI" init --layout "$1"
  make_layer "$3" "$BATS_TEST_TMPDIR/layer.tar"
  "$UMOCI" new --image "$1:$2"
  "$UMOCI" raw add-layer --image "$1:$2" "$BATS_TEST_TMPDIR/layer.tar"
}

# config_of IMAGE, manifest_of IMAGE: as skopeo sees them; an image is transport:reference.
config_of() { skopeo inspect --config --raw "$1"; }
manifest_of() { skopeo inspect --raw "$1"; }

# as_plain_user COMMAND...: may look at everything here, and write to ./plain, where it begins. Tests that
# use it begin in a directory of make_open_directory; bats' own are closed to other users.
as_plain_user() { (cd plain && setpriv --reuid=1000 --regid=1000 --clear-groups env HOME="$PWD" "$@"); }

# make_open_directory, remove_open_directory: the directory of a test, and of a copy of the program, for
# the build may lie where other users cannot look.
make_open_directory() {
  require_tools setpriv
  OPEN=$(mktemp -d "${TMPDIR:-/tmp}/umoci-callers.XXXXXX")
  chmod 0755 "$OPEN"
  cp "$UMOCI" "$OPEN/umoci"
  UMOCI=$OPEN/umoci
  mkdir -m 0777 "$OPEN/plain"
  cd "$OPEN" || return
}
remove_open_directory() {
  local status=0
  [[ -n ${OPEN-} ]] || return 0
  check_layouts "$OPEN" || status=$?
  chmod -R u+rwX "$OPEN"
  rm -rf "$OPEN"
  return $status
}

# set_up_caller TOOL...: in a directory of its own `umoci` is the program under test, and a tree is in ./root.
set_up_caller() {
  require_root
  require_tools skopeo jq "$@"
  make_open_directory
  umoci_in_path
  make_tree root
}

# same_content A B: names, contents and links are; owners and times may be of who unpacked them.
same_content() { diff -r --no-dereference "$1" "$2"; }

# has JSON FILTER: the filter is true of the document; prints it where not.
has() {
  jq -e "$2" <<<"$1" >/dev/null || {
    printf 'not true: %s\n' "$2"
    jq . <<<"$1"
    return 1
  }
}
