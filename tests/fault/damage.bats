#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Every kind of damage to every part of a layout gives one clear line, exit status 1, no bundle, and a
# layout that is exactly as it was, or does not matter to the command: the table at the end says which.

load ../support/bats

setup_file() {
  export SOUND=$BATS_FILE_TMPDIR/sound
  cd "$BATS_FILE_TMPDIR"
  mkdir -p tree/etc
  head -c 300000 /dev/urandom >tree/etc/random
  echo hello >tree/etc/hello
  tar -cf layer.tar -C tree .
  "$UMOCI" init --layout sound
  "$UMOCI" new --image sound:image
  "$UMOCI" raw add-layer --image sound:image layer.tar
  "$UMOCI" config --image sound:image --tag other --author somebody
}

setup() {
  require_tools python3
  not_valid '*'
  cd "$BATS_TEST_TMPDIR"
}

# fails DAMAGE COMMAND...: a fresh copy of the layout is damaged; the command must fail, name the
# trouble, and change nothing.
fails() {
  local damage=$1
  shift
  rm -rf layout bundle
  copy_layout "$SOUND" layout
  "$SUPPORT/damage-layout" layout image "$damage"
  find layout -printf '%p %m %U:%G %s %T@ %n %l\n' | sort >before
  echo "$damage: $*"
  fails_cleanly timeout 20 "$@"
  echo "  $output"
  find layout -printf '%p %m %U:%G %s %T@ %n %l\n' | sort >after
  diff before after
  [ ! -e bundle ]
}

@test "the sound layout is sound" {
  copy_layout "$SOUND" layout
  "$UMOCI" unpack --image layout:image bundle
  "$UMOCI" stat --image layout:image
  "$UMOCI" gc --layout layout
}

@test "a damaged layer fails unpack" {
  for how in flip truncate append; do
    fails "layer:$how" "$UMOCI" unpack --image layout:image bundle
    [[ $output == *"verified reader "*" mismatch"* ]]
  done
  for how in remove fifo garbage empty; do
    fails "layer:$how" "$UMOCI" unpack --image layout:image bundle
  done
}

@test "a wrong diff_id fails unpack" {
  fails config:wrong "$UMOCI" unpack --image layout:image bundle
  [[ $output == *diff* ]]
}

@test "damage to a document is called by its name" {
  fails manifest:wrong "$UMOCI" unpack --image layout:image bundle
  fails manifest:flip "$UMOCI" stat --image layout:image
  [[ $output == *"verified reader digest mismatch"* ]]
  fails manifest:append "$UMOCI" stat --image layout:image
  [[ $output == *"verified reader size mismatch"* ]]
  fails layout:remove "$UMOCI" list --layout layout
  [[ $output == *"invalid image detected"* ]]
}

@test "repack fails cleanly if its source is gone" {
  copy_layout "$SOUND" layout
  "$UMOCI" unpack --image layout:image bundle
  echo new >bundle/rootfs/etc/new
  "$SUPPORT/damage-layout" layout image manifest:remove
  find layout | sort >before
  fails_cleanly "$UMOCI" repack --image layout:image bundle
  find layout | sort | diff before -
}

# The commands of the table, by the heads of its columns; validate is one, too.
declare -gA commands=(
  [list]="list --layout layout"
  [stat]="stat --image layout:image"
  [unpack]="unpack --image layout:image made"
  [raw-unpack]="--log=error raw unpack --image layout:image made"
  [runtime]="raw runtime-config --image layout:image made"
  [repack]="repack --image layout:image bundle"
  [config]="config --image layout:image --author me"
  [insert]="insert --image layout:image tree /opt"
  [add]="raw add-layer --image layout:image layer.tar"
  [tag]="tag --image layout:image new"
  [remove]="remove --image layout:image"
  [new]="new --image layout:new"
  [gc]="gc --layout layout"
)

snapshot() { find layout bundle -printf '%p %m %U:%G %s %T@ %n %l\n' | sort; }

# cell COMMAND: what becomes of it on a copy of `damaged`: works, or fails, which is one line, status 1, and
# nothing changed; or the rules that validate finds broken.
cell() {
  local status=0
  rm -rf layout made
  cp -al damaged layout
  snapshot >before
  if [ "$1" = validate ]; then
    timeout 20 "$UMOCI" validate --deep --complete --layout layout >out 2>err || status=$?
    snapshot | diff before - >/dev/null || status=changed
    [ -s err ] && status=err
    case $status in
      0) echo valid ;;
      1) sed -nE 's/^error ([A-Z][0-9]+) .*/\1/p' out | sort -u | paste -sd+ ;;
      *) echo "status-$status" ;;
    esac
    return
  fi
  # shellcheck disable=SC2086  # words
  timeout 20 "$UMOCI" ${commands[$1]} >out 2>err || status=$?
  if [ "$status" -eq 0 ]; then
    echo works
  elif [[ $status != 1 || $(wc -l <err) != 1 || -s out || -e made ]]; then
    echo "status-$status"
  elif ! snapshot | diff before - >/dev/null; then
    echo changes
  else
    echo fails
  fi
}

# What happens to whom. `works` may come with warnings; the last column has the rules that validate --deep
# --complete finds broken. Who does not read a part does not mind its damage: only unpack reads layers, and a
# manifest that is there has a digest, whatever is in it.
table() {
  cat <<'TABLE'
damage             list   stat   unpack  raw-unpack  runtime  repack   config  insert  add    tag    remove  new    gc     validate
none               works  works  works   works       works    works    works   works   works  works  works   works  works  valid
layout:remove      fails  fails  fails   fails       fails    fails    fails   fails   fails  fails  fails   fails  fails  L01
layout:truncate    fails  fails  fails   fails       fails    fails    fails   fails   fails  fails  fails   fails  fails  J01
layout:flip        fails  fails  fails   fails       fails    fails    fails   fails   fails  fails  fails   fails  fails  J01
layout:append      fails  fails  fails   fails       fails    fails    fails   fails   fails  fails  fails   fails  fails  J01
layout:fifo        fails  fails  fails   fails       fails    fails    fails   fails   fails  fails  fails   fails  fails  L01
layout:garbage     fails  fails  fails   fails       fails    fails    fails   fails   fails  fails  fails   fails  fails  J01
layout:empty       fails  fails  fails   fails       fails    fails    fails   fails   fails  fails  fails   fails  fails  J01
layout:array       fails  fails  fails   fails       fails    fails    fails   fails   fails  fails  fails   fails  fails  L01
layout:deep        fails  fails  fails   fails       fails    fails    fails   fails   fails  fails  fails   fails  fails  J01
layout:wrong       fails  fails  fails   fails       fails    fails    fails   fails   fails  fails  fails   fails  fails  L03
index:remove       fails  fails  fails   fails       fails    fails    fails   fails   fails  fails  fails   fails  fails  L04
index:truncate     fails  fails  fails   fails       fails    fails    fails   fails   fails  fails  fails   fails  fails  J01
index:flip         fails  fails  fails   fails       fails    fails    fails   fails   fails  fails  fails   fails  fails  J01
index:append       fails  fails  fails   fails       fails    fails    fails   fails   fails  fails  fails   fails  fails  J01
index:fifo         fails  fails  fails   fails       fails    fails    fails   fails   fails  fails  fails   fails  fails  L04
index:garbage      fails  fails  fails   fails       fails    fails    fails   fails   fails  fails  fails   fails  fails  J01
index:empty        fails  fails  fails   fails       fails    fails    fails   fails   fails  fails  fails   fails  fails  J01
index:array        fails  fails  fails   fails       fails    fails    fails   fails   fails  fails  fails   fails  fails  L04
index:deep         fails  fails  fails   fails       fails    fails    fails   fails   fails  fails  fails   fails  fails  J01
index:wrong        fails  fails  fails   fails       fails    fails    fails   fails   fails  fails  fails   fails  fails  X04
manifest:remove    works  fails  fails   fails       fails    fails    fails   fails   fails  works  works   works  fails  L10
manifest:truncate  works  fails  fails   fails       fails    fails    fails   fails   fails  works  works   works  fails  D06+L07
manifest:flip      works  fails  fails   fails       fails    fails    fails   fails   fails  works  works   works  fails  D06+L07
manifest:append    works  fails  fails   fails       fails    fails    fails   fails   fails  works  works   works  fails  D06+L07
manifest:fifo      works  fails  fails   fails       fails    fails    fails   fails   fails  works  works   works  fails  L06+L10
manifest:garbage   works  fails  fails   fails       fails    works    fails   fails   fails  works  works   works  fails  J01
manifest:empty     works  fails  fails   fails       fails    works    fails   fails   fails  works  works   works  fails  J01
manifest:array     works  fails  fails   fails       fails    works    fails   fails   fails  works  works   works  fails  J05
manifest:deep      works  fails  fails   fails       fails    works    fails   fails   fails  works  works   works  fails  J01
manifest:wrong     works  fails  fails   fails       fails    works    fails   fails   fails  works  works   works  fails  M06
config:remove      works  fails  fails   fails       fails    fails    fails   fails   fails  works  works   works  works  L10
config:truncate    works  fails  fails   fails       fails    fails    fails   fails   fails  works  works   works  works  D06+L07
config:flip        works  fails  fails   fails       fails    fails    fails   fails   fails  works  works   works  works  D06+L07
config:append      works  fails  fails   fails       fails    fails    fails   fails   fails  works  works   works  works  D06+L07
config:fifo        works  fails  fails   fails       fails    fails    fails   fails   fails  works  works   works  works  L06+L10
config:garbage     works  fails  fails   fails       fails    works    fails   fails   fails  works  works   works  works  J01
config:empty       works  fails  fails   fails       fails    works    fails   fails   fails  works  works   works  works  J01
config:array       works  fails  fails   fails       fails    works    fails   fails   fails  works  works   works  works  C01
config:deep        works  fails  fails   fails       fails    works    fails   fails   fails  works  works   works  works  J01
config:wrong       works  works  fails   fails       works    works    works   works   works  works  works   works  works  C03
layer:remove       works  works  fails   fails       works    works    works   works   works  works  works   works  works  L10
layer:truncate     works  works  fails   fails       works    works    works   works   works  works  works   works  works  D06+L07+Y01
layer:flip         works  works  fails   fails       works    works    works   works   works  works  works   works  works  D06+L07+Y01
layer:append       works  works  fails   fails       works    works    works   works   works  works  works   works  works  D06+L07
layer:fifo         works  works  fails   fails       works    works    works   works   works  works  works   works  works  L06+L10
layer:garbage      works  works  fails   fails       works    works    works   works   works  works  works   works  works  Y01
layer:empty        works  works  fails   fails       works    works    works   works   works  works  works   works  works  C03
layer:array        works  works  fails   fails       works    works    works   works   works  works  works   works  works  C03+Y02
layer:deep         works  works  fails   fails       works    works    works   works   works  works  works   works  works  C03+Y02
TABLE
}

@test "every command on every damage" {
  local head line damage command
  cp "$BATS_FILE_TMPDIR/layer.tar" .
  cp -a "$BATS_FILE_TMPDIR/tree" tree
  "$UMOCI" unpack --image "$SOUND:image" bundle
  echo new >bundle/rootfs/new
  table >expected
  read -ra head <expected
  {
    echo "${head[@]}"
    while read -r damage _; do
      rm -rf damaged
      copy_layout "$SOUND" damaged
      [ "$damage" = none ] || "$SUPPORT/damage-layout" damaged image "$damage"
      for command in "${head[@]:1}"; do
        # A bundle belongs to its layout, and `repack` leaves it alone.
        damage+=" $(cell "$command")"
      done
      echo "$damage"
    done < <(tail -n +2 expected)
  } >actual
  diff <(column -t <expected) <(column -t <actual)
}

