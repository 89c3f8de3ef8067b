#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# LXC makes containers of OCI images with us: its template lxc-oci as Debian ships it, and the command
# lines of older and newer ones.

load ../support/bats
load ../support/callers

TEMPLATE=/usr/share/lxc/templates/lxc-oci

setup() {
  require_root
  require_tools "$TEMPLATE" skopeo jq
  make_open_directory
  export HOME=$OPEN
  cgroup=${OPEN##*/}
  umoci_in_path
  make_tree root
  make_image layout v1 root
  "$UMOCI" config --image layout:v1 --config.entrypoint /bin/tool --config.cmd 'a b' --config.cmd c \
    --config.env A=1 --config.env 'B=x y' --config.user user --config.workingdir /home/user
}

teardown() {
  # LXC leaves them for the next container.
  [[ -z ${cgroup-} ]] || find /sys/fs/cgroup -depth -type d -path "*/$cgroup*" -exec rmdir {} +
  remove_open_directory
}

# private COMMAND...: what it keeps in /run and /var/cache is gone with it; the latter is ./cache.
private() {
  unshare --mount true 2>/dev/null || skip "cannot have mounts of its own"
  mkdir -p cache
  unshare --mount sh -euc 'mount -t tmpfs tmpfs /run; mount --bind cache /var/cache; "$@"' sh "$@"
}

# check_configuration CONTAINER [LINE...]: what the template wrote for the container, and no more.
check_configuration() {
  local container=$1
  shift
  diff <(grep -v -e '^#' -e '^$' -e '^lxc.rootfs.path' "$container/config") - <<CONFIGURATION
lxc.execute.cmd = '"/bin/tool"  "a b" "c" '
lxc.mount.auto = proc:mixed sys:mixed cgroup:mixed
lxc.environment = A=1
lxc.environment = B=x y
lxc.include = /usr/share/lxc/config/common.conf
$(printf '%s\n' "$@" lxc.include\ =\ /usr/share/lxc/config/oci.common.conf | sed '/^$/d')
lxc.uts.name = box
lxc.init.uid = 1000
lxc.init.gid = 100
lxc.init.cwd = /home/user
CONFIGURATION
}

# check_tree CONTAINER TREE: its root file system is the tree, but for what the template puts there.
check_tree() {
  [ "$(cat "$1/rootfs/etc/hostname")" = box ]
  grep -q '^127.0.1.1 *box$' "$1/rootfs/etc/hosts"
  rm "$1/rootfs/etc/hostname" "$1/rootfs/etc/hosts"
  # It makes the root itself, and moves all that is in it.
  touch --reference="$2" "$1/rootfs"
  chmod --reference="$2" "$1/rootfs"
  touch --reference="$2/etc" "$1/rootfs/etc"
  same_tree "$2" "$1/rootfs"
  [ ! -e "$1/rootfs.tmp" ]
}

# template ARGUMENT...: as lxc-create calls it, for a container that it has just begun.
template() {
  mkdir -p containers/box/rootfs
  "$TEMPLATE" --name=box --path="$PWD/containers/box" --rootfs="$PWD/containers/box/rootfs" "$@"
}

# create: a container called box, in ./containers.
create() {
  private lxc-create -f /dev/null -P "$PWD/containers" -n box -t oci -- \
    --url "oci:$PWD/layout:v1" --no-cache
}

@test "lxc-create makes a container of an image" {
  require_tools lxc-create
  create
  grep -xE "'--log=error' 'unpack' '--image' '/tmp/[^ :]+:latest' '$PWD/containers/box/rootfs.tmp'" "$CALLS"
  [ "$(wc -l <"$CALLS")" = 1 ]
  grep -Fx "lxc.rootfs.path = dir:$PWD/containers/box/rootfs" containers/box/config
  check_configuration containers/box
  check_tree containers/box root
  # --no-cache means this, too.
  [ -z "$(ls -A cache/lxc 2>/dev/null)" ]
}

# execute CONTAINER [ARGUMENT...]: runs it with cgroups that teardown can tell from others.
execute() {
  private timeout 60 lxc-execute -P "$PWD/containers" -n "$1" \
    -s lxc.cgroup.dir.container="$cgroup/container" -s lxc.cgroup.dir.monitor="$cgroup/monitor" \
    -s lxc.cgroup.dir.monitor.pivot="$cgroup/pivot" "${@:2}" </dev/null
}

@test "the container runs" {
  require_tools lxc-create lxc-execute
  mkdir -p containers/plain/rootfs
  cp -a root/. containers/plain/rootfs
  printf 'lxc.rootfs.path = dir:%s\n' "$PWD/containers/plain/rootfs" >containers/plain/config
  execute plain -- /bin/tool plain >plain.log 2>&1 ||
    skip "lxc-execute cannot run any container here: $(tail -n 1 plain.log)"
  create
  execute box >ran 2>messages || {
    cat messages
    return 1
  }
  diff ran - <<'OUTPUT'
tool a b c
1000:100 /home/user x y
OUTPUT
}

@test "the template, with the cache that it shares between images" {
  # shellcheck disable=SC2016  # for the shell of its own
  private bash -euc "$(declare -f template); TEMPLATE=$TEMPLATE"'
    template --url "oci:$PWD/layout:v1"
    mv containers/box containers/first
    # Where it is found again.
    find cache -type f -exec sha256sum {} + | sort >before
    template --url "oci:$PWD/layout:v1"
    find cache -type f -exec sha256sum {} + | sort | diff before -'
  # Nothing but blobs stays; without them there is no image.
  [ "$(ls cache/lxc)" = sha256 ]
  [ "$(find cache/lxc/sha256 -type f | wc -l)" = 3 ]
  check_configuration containers/box
  check_tree containers/box root
  check_configuration containers/first
  check_tree containers/first root
}

@test "the template, run by a plain user in a user namespace" {
  as_plain_user unshare --user --map-root-user true || skip "a plain user has no user namespaces here"
  as_plain_user umoci unpack --rootless --image "$PWD/layout:v1" bundle
  same_content root plain/bundle/rootfs
  as_plain_user unshare --user --map-root-user bash -euc "$(declare -f template); TEMPLATE=$TEMPLATE
    template --url oci:$PWD/layout:v1 --mapped-uid 0 --mapped-gid 0"
  cd plain
  grep -xE "'--log=error' 'unpack' '--rootless' '--image' '$PWD/.cache/lxc/[^ :]+:latest' '[^ ]*rootfs.tmp'" \
    "$CALLS"
  [ -n "$(ls .cache/lxc/sha256)" ]
  [ "$(stat -c %u containers/box/rootfs/home/user/private)" = 1000 ]
  check_configuration containers/box 'lxc.include = /usr/share/lxc/config/userns.conf'
  check_tree containers/box bundle/rootfs
}

# linked_layout CONTAINER: its blobs are a link to a directory that all layouts share.
linked_layout() {
  mkdir -p shared container/blobs
  skopeo copy --dest-shared-blob-dir "$PWD/shared" oci:layout:v1 "oci:container:$1"
  ln -s "$PWD/shared/sha256" container/blobs/sha256
  OCIDIR=container
}

# move_children CONTAINER: what lxc-oci does next.
move_children() {
  mkdir -p "$1/rootfs"
  find "$1/rootfs.tmp/rootfs" -mindepth 1 -maxdepth 1 -exec mv '{}' "$1/rootfs/" ';'
  [ ! -L "$1/rootfs.tmp/rootfs" ]
  rm -r "$1/rootfs.tmp"
}

@test "the command line of the current template: the tag is the container's name" {
  linked_layout box
  find shared container -exec stat -c '%n %i %Z' {} + | sort >before
  mkdir a b
  umoci --log=error unpack --image "$OCIDIR:box" a/rootfs.tmp >out 2>&1
  umoci --log=error unpack --rootless --image "$OCIDIR:box" b/rootfs.tmp >>out 2>&1
  # Quiet, and nothing of the layout was touched.
  [ ! -s out ]
  find shared container -exec stat -c '%n %i %Z' {} + | sort | diff before -
  move_children a
  move_children b
  touch --reference=root a/rootfs
  same_tree root a/rootfs
  same_content root b/rootfs
  # It stops where there is no such container.
  fails_cleanly umoci --log=error unpack --image "$OCIDIR:other" c
  [ ! -e c ]
}

@test "the command line of older templates" {
  mkdir TMP box
  skopeo copy oci:layout:v1 oci:TMP:latest
  umoci unpack --image TMP:latest box/rootfs.tmp
  mv box/rootfs.tmp/rootfs box/rootfs
  rm -r box/rootfs.tmp
  same_tree root box/rootfs
}
