# SPDX-License-Identifier: Apache-2.0
# Runs a program again and again, each time with another of its system calls going wrong.

# Calls by which a layout or a bundle changes.
CHANGING_CALLS="rename renameat renameat2 link linkat unlink unlinkat mkdir mkdirat fsync fdatasync ftruncate write \
pwrite64 rmdir flock fchown fchownat fchmod fchmodat utimensat symlinkat"

# for_each_call INJECTION CALLS PREPARE CHECK COMMAND...: runs the function PREPARE, then the command with
# INJECTION (as strace takes it, such as signal=KILL) at one call, then the function CHECK with the name of the call, its
# number and the exit status of the command; once per call the command makes of each kind in CALLS.
for_each_call() {
  local injection=$1 calls=$2 prepare=$3 check=$4 call count number status
  shift 4
  for call in $calls; do
    "$prepare"
    strace -f -o trace -e "trace=$call" "$@" >/dev/null 2>&1 || true
    count=$(grep -c "$call(" trace || true)
    # A few of many equal ones say as much as all of them.
    for number in $(seq 1 "$count" | awk -v n="$count" 'n <= 60 || NR <= 6 || NR > n - 6'); do
      "$prepare"
      status=0
      strace -f -o /dev/null -e "trace=$call" -e "inject=$call:$injection:when=$number" \
        "$@" >out 2>err || status=$?
      "$check" "$call" "$number" "$status"
    done
  done
}

require_strace() {
  require_tools strace
  strace -o /dev/null true 2>/dev/null || skip "cannot trace processes"
}

# What the commands work on: tree, layer.tar, the layout sound with images of it, and bundle, which has a
# change. The layout untidy has what dead writers left besides. What commands write is the same each time.
make_samples() {
  export SOURCE_DATE_EPOCH=0
  mkdir -p tree/etc
  head -c 200000 /dev/urandom >tree/etc/random
  ln -s random tree/etc/link
  tar -cf layer.tar -C tree .
  "$UMOCI" init --layout sound
  "$UMOCI" new --image sound:image
  "$UMOCI" raw add-layer --image sound:image layer.tar
  "$UMOCI" tag --image sound:image spare
  "$UMOCI" new --platform linux/arm64 --image sound:linux-arm64
  "$UMOCI" new --platform linux/s390x --image sound:linux-s390x
  "$SUPPORT/join-platforms" sound several linux/arm64 linux/s390x
  "$UMOCI" unpack --image sound:image bundle
  echo changed >bundle/rootfs/etc/changed
  "$UMOCI" gc --layout sound
  "$UMOCI" validate --deep --complete --layout sound
  cp -a sound untidy
  make_garbage untidy
}

# make_garbage LAYOUT: blobs that nothing leads to, and the work files of writers that are no more.
make_garbage() {
  local number content
  for number in 1 2 3 4 5; do
    content="garbage $number"
    printf %s "$content" >"$1/blobs/sha256/$(printf %s "$content" | sha256sum | cut -d' ' -f1)"
  done
  mkdir "$1/.umoci-1234567890"
  echo unfinished >"$1/.umoci-1234567890/blob-1"
}

fresh_layout() {
  rm -rf layout
  copy_layout sound layout
}

fresh_untidy_layout() {
  rm -rf layout
  cp -a untidy layout
}

fresh_bundle() {
  fresh_layout
  rm -rf changed
  cp -a bundle changed
}

no_directory() { rm -rf unpacked; }

# A layout that lacks its mark and a usable mode; a writer left something, and the blob of an entry is gone, whose
# digest is then in $lost.
damaged_layout() {
  fresh_layout
  "$UMOCI" --log error config --image layout:image --tag lost --author me
  lost=$(jq -r '.manifests[] | select(.annotations["org.opencontainers.image.ref.name"] == "lost").digest' layout/index.json)
  rm "layout/blobs/sha256/${lost#sha256:}" layout/oci-layout
  mkdir layout/.umoci-1
  chmod 0600 layout/blobs
  chmod 0200 layout/index.json
}

# However a repair of damaged_layout ended: nothing is lost, and another one brings it to its end.
check_repairable() {
  chmod u+r layout/index.json
  find layout -maxdepth 1 -name '*.json' -exec cat {} + | grep -q "$lost" || {
    echo "$1 number $2: an entry is lost"
    return 1
  }
  "$UMOCI" fsck --repair --layout layout >again || {
    echo "$1 number $2: cannot be repaired any more: $(cat again)"
    return 1
  }
  "$UMOCI" fsck --layout layout >again
  ! grep '^plan' again || return 1
  grep -q "$lost" layout/fsck-moved-*.json
  [ "$(find layout -maxdepth 1 | wc -l)" -eq 5 ] || {
    echo "$1 number $2: something is left"
    find layout -maxdepth 1
    return 1
  }
  "$UMOCI" validate --deep --complete --layout layout
  "$UMOCI" gc --layout layout
  "$UMOCI" stat --json --image layout:image | cmp - <("$UMOCI" stat --json --image sound:image)
}

no_layout() { rm -rf layout .new-layout-*; }

# state LAYOUT: all that is in it.
state() {
  (
    cd "$1"
    find . -mindepth 1 -printf '%P %y %m\n' | sort
    cat oci-layout index.json
  )
}

# remember_states PREPARE COMMAND...: what a layout is like without and with what the command does, each time
# after garbage was collected, is in the files old and new.
remember_states() {
  "$1"
  "$UMOCI" gc --layout layout
  state layout >old
  "$1"
  "${@:2}"
  "$UMOCI" gc --layout layout
  state layout >new
}

# check_sound WHAT: the layout is valid, in the old state or the new one, which $which names, and the next gc
# takes away all that is of neither.
check_sound() {
  "$UMOCI" validate --deep --complete --layout layout >findings 2>&1 || {
    echo "$1: the layout is not valid"
    cat findings
    return 1
  }
  "$UMOCI" gc --layout layout || {
    echo "$1: gc fails"
    return 1
  }
  state layout >now
  if cmp -s now new; then
    which=new
  elif cmp -s now old; then
    # shellcheck disable=SC2034  # for the tests
    which=old
  else
    echo "$1: the layout is in neither state"
    diff old now
    diff new now
    return 1
  fi
}
