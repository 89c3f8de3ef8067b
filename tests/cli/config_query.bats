#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# What umoci config tells, asked by other programs: bash, jq, a validator of JSON schemas.
# shellcheck disable=SC2016,SC1003  # what looks like an expansion or an escape is text

load ../support/bats
load ../support/examples

setup() {
  DOCS=$(cd "$BATS_TEST_DIRNAME/../../docs/formats/json-output" && pwd)
  umoci_at_work
  export SOURCE_DATE_EPOCH=1700000000
  umoci init --layout image
  umoci new --image image:demo
  umoci config --image image:demo --no-history --os linux --architecture amd64 --platform.variant ''
  echo hello >greeting
  umoci insert --image image:demo --compress none --chown 0:0 --chmod 0644 --mtime @0 greeting /greeting
}

teardown() {
  [[ -z ${home-} ]] || { chmod -R u+w "$home" && rm -rf "$home"; }
  check_layouts
}

# valid: standard input is as the schema says.
valid() { "$SUPPORT/valid-json" "$DOCS/config.schema.json"; }

require_validator() {
  require_tools python3 jq
  python3 -c 'from jsonschema import Draft202012Validator' || skip "needs python3-jsonschema"
}

@test "the JSON is as its schema says" {
  require_validator
  umoci config --image image:demo --json >all.json
  umoci config --image image:demo --json --get os --get config >some.json
  valid <all.json
  valid <some.json
  local damage
  for damage in 'del(.descriptor)' 'del(.config)' 'del(.manifest.annotations)' '.x = 1' '.values = {"os": 1}' \
    '.config = []' '.descriptor.size = "1"' '.manifest.annotations.a = 1'; do
    jq -c "$damage" all.json >damaged.json
    ! valid <damaged.json >/dev/null || { echo "passes: $damage"; return 1; }
  done
}

@test "the examples in the document are what the program prints" {
  require_tools jq
  examples_are_printed 3 "$DOCS/config.md"
}

@test "a layout that cannot be written to can be asked" {
  umoci config --image image:demo --config.env A=1
  # Outside bats' own directories, which are closed to other users.
  home=$(mktemp -d "${TMPDIR:-/tmp}/umoci-query.XXXXXX")
  cp -r image "$home"
  cp -L "$UMOCI" "$home/umoci"
  chmod -R a+rX,a-w "$home"
  local as_user=()
  if [[ $(id -u) == 0 ]]; then
    require_tools setpriv
    as_user=(setpriv --reuid=1000 --regid=1000 --clear-groups --inh-caps=-all)
  fi
  local before
  before=$(state_of "$home")
  [[ $("${as_user[@]}" "$home/umoci" config --image "$home/image:demo" --get config.env) == A=1 ]]
  [[ $("${as_user[@]}" "$home/umoci" config --image "$home/image:demo" --json) == '{"descriptor":'* ]]
  [[ $(state_of "$home") == "$before" ]]
  fails_cleanly "${as_user[@]}" "$home/umoci" config --image "$home/image:demo" --config.env A=2
}

state_of() { find "$1" -printf '%p %T@ %C@ %s\n' | sort; }

@test "bash reads the line of --history.auto as it was typed" {
  local -a words=(config --image image:demo --history.auto --config.cmd "it's" --config.cmd ''
    --config.cmd $'a\nb\t1\\' --config.cmd '$HOME `id` "x" *?[a-z] ~ !! #' --config.cmd $'\x1b[31m\u202e9ä'
    --config.cmd $'not UTF-8: \xff\xfe7' --config.cmd=-x '--config.env=A=b c' '--author=\')
  umoci "${words[@]}"
  umoci config --image image:demo --get history.1.created_by >line
  [[ $(wc -l <line) == 1 ]]
  local -a read_again
  eval "read_again=($(cat line))"
  [[ ${read_again[0]} == umoci ]]
  printf '%s\0' "${words[@]}" >typed
  printf '%s\0' "${read_again[@]:1}" >again
  cmp typed again
}
