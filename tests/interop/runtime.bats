#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Debian's runtimes take our bundles: each either runs it, or cannot run any bundle on this machine.

load ../support/bats

setup() {
  require_debian_image
  require_tools jq
  cd "$BATS_TEST_TMPDIR"
  copy_layout "$DEBIAN" layout
  "$UMOCI" config --image layout:debian --tag run --config.user root --clear config.cmd \
    --clear config.entrypoint --config.cmd /bin/sh --config.cmd -c --config.cmd 'echo ran as $(id -u)'
  "$UMOCI" unpack --image layout:run bundle
  jq '.process.terminal = false' bundle/config.json >config.json
}

# run_with RUNTIME: our bundle must run if the runtime can run the one it writes itself.
run_with() {
  local runtime=$1
  require_tools "$runtime"
  mkdir -p own/rootfs
  cp -a bundle/rootfs/. own/rootfs
  (cd own && "$runtime" spec)
  jq '.process.terminal = false | .process.args = ["true"]' own/config.json >own/edited
  mv own/edited own/config.json
  if ! "$runtime" run --bundle own "umoci-own-$$-$RANDOM" >own.log 2>&1; then
    skip "$runtime cannot run its own bundle here: $(tail -n 1 own.log)"
  fi
  cp config.json bundle/config.json
  run "$runtime" run --bundle bundle "umoci-test-$$-$RANDOM"
  echo "$output"
  [ "$status" -eq 0 ]
  [[ $output == *"ran as 0"* ]]
}

@test "runc runs our bundle" { run_with runc; }

@test "crun runs our bundle" { run_with crun; }

# with_profile PROFILE: the same for a configuration of that profile.
with_profile() {
  "$UMOCI" raw runtime-config --image layout:run --rootfs bundle/rootfs --profile "$1" profile.json
  jq '.process.terminal = false' profile.json >config.json
}

@test "runc runs our bundle with the profile docker" {
  with_profile docker
  run_with runc
}

@test "runc runs our bundle with the profile minimal" {
  with_profile minimal
  run_with runc
}

@test "crun runs our bundle with each profile" {
  local profile
  for profile in docker minimal; do
    with_profile "$profile"
    run_with crun
  done
}

@test "crun accepts the version of our config.json" {
  require_tools crun
  cp config.json bundle/config.json
  run crun run --bundle bundle "umoci-version-$$-$RANDOM"
  [[ $output != *ersion* ]]
}
