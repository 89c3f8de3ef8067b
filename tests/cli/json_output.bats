#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# docs/formats/json-output: what --json prints is what the schemas and the examples there say.

load ../support/bats
load ../support/examples

setup() {
  DOCS=$(cd "$BATS_TEST_DIRNAME/../../docs/formats/json-output" && pwd)
  require_tools python3 jq
  python3 -c 'from jsonschema import Draft202012Validator' || skip "needs python3-jsonschema"
  umoci_at_work
}

# expect_valid SCHEMA ARGUMENT...: the output of umoci ARGUMENT... is as SCHEMA says, and is kept in $json.
expect_valid() {
  json=$BATS_TEST_TMPDIR/json
  umoci "${@:2}" >"$json" 2>"$BATS_TEST_TMPDIR/err" || {
    echo "umoci ${*:2}: status $?: $(cat "$BATS_TEST_TMPDIR/err")"
    return 1
  }
  check "$1" <"$json"
}

check() { "$SUPPORT/valid-json" "$DOCS/$1.schema.json"; }

# expect_refused SCHEMA FILTER: what the jq FILTER makes of $json is not as SCHEMA says.
expect_refused() {
  jq -c "$2" "$json" >"$json.damaged"
  ! cmp -s "$json" "$json.damaged" || { echo "changes nothing: $2"; return 1; }
  ! check "$1" <"$json.damaged" >"$json.why" || { echo "passes: $1: $2"; return 1; }
}

put_blob() {
  local digest
  digest=$(printf %s "$1" | sha256sum)
  digest=${digest%% *}
  mkdir -p image/blobs/sha256
  printf %s "$1" >"image/blobs/sha256/$digest"
  printf '{"mediaType":"%s","digest":"sha256:%s","size":%s%s}' "$2" "$digest" "${#1}" "${3-}"
}

write_index() {
  local IFS=,
  printf '{"schemaVersion":2,"manifests":[%s]}\n' "$*" >image/index.json
}

readonly manifest_type=application/vnd.oci.image.manifest.v1+json
readonly config_type=application/vnd.oci.image.config.v1+json
name_of() { printf ',"annotations":{"org.opencontainers.image.ref.name":"%s"}' "$1"; }

@test "the examples are what the program prints" {
  # The one of validate.md has something to tell.
  not_valid work/other
  examples_are_printed 6 "$DOCS"/{README,list,stat,gc,raw-mtree-validate,validate,fsck}.md
}

@test "each schema is named in the README" {
  local schema count=0
  for schema in "$DOCS"/*.schema.json; do
    grep -qF "(${schema##*/})" "$DOCS/README.md"
    count=$((count + 1))
  done
  [[ $count -ge 5 ]]
}

@test "output about an empty layout is valid" {
  umoci init --layout image
  expect_valid validate validate --json --layout image
  [[ $(cat "$json") == '{"errors":0,"warnings":0,"infos":0,"findings":[]}' ]]
  expect_valid fsck fsck --json --layout image
  [[ $(cat "$json") == '{"errors":0,"warnings":0,"infos":0,"findings":[],"repairs":[]}' ]]
  expect_valid list list --json --layout image
  expect_valid gc gc --json --dry-run --layout image
  expect_valid gc gc --json --layout image
}

@test "output about a damaged layout is valid" {
  umoci init --layout image
  umoci new --image image:one
  rm "image/blobs/sha256/$(jq -r '.manifests[0].digest[7:]' image/index.json)" image/oci-layout
  mkdir $'image/.umoci-a b\xff'
  umoci fsck --json --layout image >"$BATS_TEST_TMPDIR/json" || true
  check fsck <"$BATS_TEST_TMPDIR/json"
  [[ $(jq -c '[.repairs[].state] | unique' "$BATS_TEST_TMPDIR/json") == '["planned"]' ]]
  expect_valid fsck fsck --json --repair --layout image
  [[ $(jq -c '[.repairs[] | [.kind, .state]]' "$json") == \
    '[["write-marker","done"],["move-entry","done"],["remove-leftover","done"]]' ]]
  [[ $(jq -r '.repairs[2].document' "$json") == '.umoci-a\040b\377' ]]
  local filter
  for filter in '.more = 1' 'del(.repairs)' '.repairs[0].more = 1' '.repairs[0].kind = "x"' '.repairs[0].state = "x"' \
    '.repairs[0].entry = {}' 'del(.repairs[1].entry)' 'del(.repairs[1].moved_to)' '.repairs[1].moved_to = "x"' \
    '.repairs[1].state = "left"' '.repairs[0].moved_to = .repairs[1].moved_to' 'del(.repairs[0].reason)' \
    '.repairs[0].rule = "L9"' 'del(.findings)'; do
    expect_refused fsck "$filter"
  done
}

@test "output about a plain image is valid" {
  umoci init --layout image
  umoci new --image image
  echo hello >file
  umoci insert --rootless --image image --history.comment c --history.author a file /file
  umoci insert --rootless --image image --no-history file /again 2>warning
  umoci config --image image --author me
  expect_valid list list --json --layout image
  expect_valid stat stat --json --image image
  [[ $(jq -c '[.history[].layer != null]' "$json") == '[true,false]' ]]
  expect_valid stat-layers stat --layers --json --image image
  [[ $(jq -c '[.layers[].history.comment]' "$json") == '["c",null]' ]]
  expect_valid gc gc --json --dry-run --layout image
  [[ $(jq '.removed | length' "$json") -gt 0 ]]
  cp "$json" foreseen
  expect_valid gc gc --json --layout image
  diff <(jq -c 'del(.dry_run)' foreseen) <(jq -c 'del(.dry_run)' "$json")
}

@test "output about hostile images is valid" {
  not_valid work/image
  umoci init --layout image
  local config manifest root other
  config=$(put_blob '{"created":"\u001b[31m","architecture":"\n","os":"\u2028","config":{"Labels":{"<":"&"}},"rootfs":{"type":"layers","diff_ids":["x"]},"history":[{"created_by":"a\nb"},{"created_by":"\u0000"},{"empty_layer":true,"comment":"c"}],"vendor":[1.50,null]}' "$config_type")
  manifest='{"schemaVersion":2,"mediaType":"'$manifest_type'","config":'$config',"layers":[{"mediaType":"\n","digest":"no digest","size":-7,"vendor":{}}],"vendor":-0}'
  root=$(put_blob "$manifest" "$manifest_type" "$(name_of 'a\n\u001b[31m')")
  other=$(put_blob "${manifest/-0/1.0}" "$manifest_type" "$(name_of odd)")
  write_index "$root" "$other" '{}' '{"digest":"x","size":9223372036854775807,"platform":{"os":""},"x":[]}'
  expect_valid list list --json --layout image
  [[ $(jq -c '[.images[].name]' "$json") == '["a\n\u001b[31m","odd",null,null]' ]]
  expect_valid stat stat --json --image image:odd
  expect_valid stat-layers stat --layers --json --image image:odd
  write_index "$root" "$other"
  : >"image/blobs/sha256/"$'bad \xff\n'
  mkdir $'image/.umoci-\xff'
  umoci validate --json --layout image >"$BATS_TEST_TMPDIR/json" || true
  check validate <"$BATS_TEST_TMPDIR/json"
  expect_valid gc gc --json --layout image
  [[ $(jq -c '[.skipped[0], .removed_leftovers[0]]' "$json") == '["blobs/sha256/bad\\040\\377\\012",".umoci-\\377"]' ]]
}

@test "output about a multi-platform index is valid" {
  # The image is made for this machine, whatever the index says.
  not_valid work/image
  umoci init --layout image
  umoci new --image image:one
  local manifest index
  manifest=$(jq -c '.manifests[0] | del(.annotations) | .platform = {architecture:"arm",os:"linux",variant:"v7"}' image/index.json)
  index=$(put_blob '{"schemaVersion":2,"manifests":['"$manifest"']}' application/vnd.oci.image.index.v1+json "$(name_of multi)")
  write_index "$index" "${manifest/arm/amd64}"
  expect_valid list list --json --layout image
  [[ $(jq -r '.images[1].descriptor.platform.architecture' "$json") == amd64 ]]
  expect_valid stat stat --json --image image:multi
  [[ $(jq -r '.manifest.descriptor.platform.variant' "$json") == v7 ]]
}

@test "output about artifacts is valid" {
  umoci init --layout image
  local empty unknown embedded rest
  empty=$(put_blob '{}' application/vnd.oci.empty.v1+json)
  unknown=$(put_blob 'no JSON' text/plain)
  embedded=$(put_blob '[1]' text/x ',"data":"WzFd"')
  rest=',"layers":['$unknown'],"artifactType":"a/b"}'
  write_index \
    "$(put_blob '{"schemaVersion":2,"config":'"$empty$rest" "$manifest_type" "$(name_of empty)")" \
    "$(put_blob '{"schemaVersion":2,"config":'"$unknown$rest" "$manifest_type" "$(name_of unknown)")" \
    "$(put_blob '{"schemaVersion":2,"config":'"$embedded$rest" "$manifest_type" "$(name_of embedded)")"
  local tag
  for tag in empty unknown embedded; do
    expect_valid stat stat --json --image image:$tag
    [[ $(jq 'has("history")' "$json") == false ]]
    expect_valid stat-layers stat --layers --json --image image:$tag
  done
  [[ $(umoci stat --json --image image:embedded | jq -c .config.blob) == '[1]' ]]
  [[ $(umoci stat --json --image image:unknown | jq 'has("config")') == false ]]
}

@test "output about trees is valid" {
  mkdir tree
  printf '%s\n' '#mtree' '. type=dir' .. >manifest
  expect_valid raw-mtree-validate raw mtree-validate --json -f manifest -p tree
  [[ $(cat "$json") == '{"differences":[]}' ]]
  printf '%s\n' '#mtree' '. type=dir' 'f type=file size=7 mode=0100' 'gone type=link link=x' .. >manifest
  echo hello >tree/f
  echo hello >'tree/'$'a\xff\n*'
  mkfifo tree/p
  ln -s f tree/l
  mkdir tree/d
  local status=0
  umoci raw mtree-validate --json -f manifest -p tree >"$BATS_TEST_TMPDIR/json" 2>err || status=$?
  [[ $status == 1 && $(wc -l <err) == 1 ]]
  check raw-mtree-validate <"$BATS_TEST_TMPDIR/json"
  [[ $(jq -c '[.differences[].kind] | unique' "$BATS_TEST_TMPDIR/json") == '["missing","modified","unexpected"]' ]]
  [[ $(jq -r '.differences[1].path' "$BATS_TEST_TMPDIR/json") == 'a\377\012\052' ]]
}

@test "the schemas refuse what is not as they say" {
  umoci init --layout image
  umoci new --image image
  echo hello >file
  umoci insert --rootless --image image file /file
  expect_valid list list --json --layout image
  local filter
  for filter in '.more = 1' 'del(.images)' '.images = {}' '.images[0].more = 1' '.images[0].name = 1' \
    'del(.images[0].descriptor)' '.images[0].descriptor.size = "1"' '.images[0].descriptor.digest = null' \
    '.images' '.images[0].descriptor.platform = {os: 1}' '.images[0].descriptor.annotations.x = 1'; do
    expect_refused list "$filter"
  done
  # Members of image-spec's objects may be new.
  jq -c '.images[0].descriptor.more = 1' "$json" | check list
  expect_valid stat stat --json --image image
  for filter in '.more = 1' 'del(.manifest)' 'del(.config)' '.manifest.more = 1' '.manifest.blob = []' \
    'del(.config.blob)' '.history[0].more = 1' 'del(.history[0].layer)' '.history[0].diff_id = null' \
    '.history[0].empty_layer = false' '.history[0].created = 1' '.history[0].layer.size = 1.5'; do
    expect_refused stat "$filter"
  done
  expect_valid stat-layers stat --layers --json --image image
  for filter in '.more = 1' '.layers[0].more = 1' 'del(.layers[0].descriptor)' '.layers[0].diff_id = 1' \
    '.layers[0].history.more = 1' '.layers[0].history = null'; do
    expect_refused stat-layers "$filter"
  done
  expect_valid gc gc --json --dry-run --layout image
  for filter in '.more = 1' '.dry_run = 1' 'del(.removed)' '.removed[0].digest = "x"' '.removed[0].size = -1' \
    '.removed[0].more = 1' '.kept_blobs = "1"' '.skipped = ["a b"]' '.removed_bytes = 0.5'; do
    expect_refused gc "$filter"
  done
  umoci validate --json --layout image >"$json"
  check validate <"$json"
  for filter in '.more = 1' '.errors = -1' 'del(.findings)' '.findings[0].more = 1' '.findings[0].severity = "fatal"' \
    '.findings[0].rule = "L9"' '.findings[0].pointer = "x"' 'del(.findings[0].message)' '.findings[0].document = ""'; do
    expect_refused validate "$filter"
  done
  mkdir tree
  touch tree/f
  printf '%s\n' '#mtree' '. type=dir' 'f type=file size=3' 'g type=file' .. >manifest
  umoci raw mtree-validate --json -f manifest -p tree >"$json" 2>err || true
  check raw-mtree-validate <"$json"
  for filter in '.more = 1' '.differences' '.differences[0].more = 1' '.differences[0].kind = "other"' \
    'del(.differences[0].keywords)' '.differences[1].keywords = []' '.differences[0].path = "a b"' \
    '.differences[0].keywords = []' '.differences[0].type = "x"' 'del(.differences[0].keywords[0].actual)'; do
    expect_refused raw-mtree-validate "$filter"
  done
  # Two lines, and no object.
  local text
  for text in '[]' '1' "$(cat "$json" "$json")" '{"differences":[],"differences":[]}'; do
    if check raw-mtree-validate <<<"$text"; then
      echo "passes: $text"
      return 1
    fi
  done
}
