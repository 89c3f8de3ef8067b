#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# What reaches the disk before a command returns, and in which order.

load ../support/bats
load ../support/injection

setup() {
  require_strace
  cd "$BATS_TEST_TMPDIR"
  mkdir -p tree/etc
  echo content >tree/etc/file
  tar -cf layer.tar -C tree .
}

# traced COMMAND...: runs it; the calls that sync or give names are in the file `trace`.
traced() {
  strace -f -y -o trace -e trace=fsync,fdatasync,syncfs,renameat,renameat2,linkat "$@"
}
syncs() { grep -cE 'f(data)?sync\(|syncfs\(' trace || true; }

@test "writers wait for the disk unless told not to" {
  local how
  for how in synced --no-sync variable; do
    rm -rf layout
    local flag=() count
    unset UMOCI_NO_SYNC
    if [ $how = --no-sync ]; then flag=(--no-sync); fi
    if [ $how = variable ]; then export UMOCI_NO_SYNC=1; fi
    traced "$UMOCI" init "${flag[@]}" --layout layout
    count=("$(syncs)")
    traced "$UMOCI" new "${flag[@]}" --image layout:image
    count+=("$(syncs)")
    traced "$UMOCI" raw add-layer "${flag[@]}" --image layout:image layer.tar
    count+=("$(syncs)")
    traced "$UMOCI" insert "${flag[@]}" --image layout:image tree /tree
    count+=("$(syncs)")
    traced "$UMOCI" config "${flag[@]}" --image layout:image --author me
    count+=("$(syncs)")
    traced "$UMOCI" tag "${flag[@]}" --image layout:image other
    count+=("$(syncs)")
    traced "$UMOCI" remove "${flag[@]}" --image layout:other
    count+=("$(syncs)")
    unset UMOCI_NO_SYNC
    local number
    for number in "${count[@]}"; do
      if [ $how = synced ]; then [ "$number" -gt 0 ]; else [ "$number" -eq 0 ]; fi || {
        echo "$how: ${count[*]}"
        return 1
      }
    done
    "$UMOCI" stat --image layout:image >shown
  done
}

@test "unpack --sync syncs before and after the bundle is one" {
  UMOCI_NO_SYNC=1 "$UMOCI" init --layout layout
  "$UMOCI" new --image layout:image
  "$UMOCI" raw add-layer --image layout:image layer.tar
  traced "$UMOCI" unpack --image layout:image bundle
  [ "$(syncs)" -eq 0 ]
  traced "$UMOCI" unpack --sync --image layout:image synced
  sed -nE 's/.*(syncfs)\(.*/\1/p; s/.*rename.*"(rootfs|config.json|umoci.json)"[^"]*$/\1/p' trace >order
  diff - order <<'ORDER'
rootfs
config.json
syncfs
umoci.json
syncfs
ORDER
  traced "$UMOCI" raw unpack --sync --image layout:image rootfs 2>/dev/null
  [ "$(syncs)" -eq 1 ]
}
