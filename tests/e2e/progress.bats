#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# The progress line as a person sees it: the program runs in a terminal of tmux, which knows how wide
# characters are by itself. strace makes some system calls take their time, so that there is something to
# see.

load ../support/bats
load ../support/injection

setup() {
  require_strace
  require_tools tmux
  cd "$BATS_TEST_TMPDIR"
  export LC_ALL=C.UTF-8
  mkdir -p tree/1 tree/2 tree/3
  "$UMOCI" init --layout layout
  "$UMOCI" new --image layout:image
  for layer in 1 2 3; do
    for i in $(seq 40); do echo "$layer $i" >"tree/$layer/$i"; done
    tar -cf layer.tar -C tree "$layer"
    "$UMOCI" raw add-layer --image layout:image layer.tar
  done
}

teardown() {
  close_terminal
  check_layouts
}

# Each terminal is one of a server of its own: a server that was told to end is still there for a while.
terminals=0
terminal() { tmux -u -S "$BATS_TEST_TMPDIR/tmux$terminals" -f /dev/null "$@" 3>&-; }
close_terminal() {
  if [ "$terminals" -gt 0 ]; then terminal kill-server; fi
}

# in_terminal COLUMNS COMMAND...: runs the command in a new terminal of ten rows. When it ends the terminal
# shows its exit status below what it left behind.
in_terminal() {
  local columns=$1
  shift
  {
    printf 'cd %q\n' "$PWD"
    printf '%q ' "$@"
    printf '\necho "status $?"\nexec sleep 1000\n'
  } >script
  close_terminal
  terminals=$((terminals + 1))
  terminal new-session -d -x "$columns" -y 10 env --default-signal=INT,TERM,HUP bash script
}

# screen: what the terminal shows, without empty rows.
screen() { terminal capture-pane -p | sed -e 's/ *$//' -e '/^$/d'; }

# await PATTERN: waits until the terminal shows it; what it shows then is in the file `shown`.
await() {
  for _ in $(seq 600); do
    screen >shown
    if grep -qE "$1" shown; then return 0; fi
    sleep 0.1
  done
  echo "never shown: $1"
  cat shown
  return 1
}

# slowly COMMAND...: the words that run it with slow system calls.
slowly() {
  slow=(strace -f -o /dev/null -e "trace=openat,openat2,unlinkat"
    -e "inject=openat,openat2,unlinkat:delay_enter=20000" "$@")
}

@test "unpack shows one line and leaves nothing, however wide the terminal is" {
  local columns
  for columns in 80 40 20; do
    slowly "$UMOCI" unpack --image layout:image bundle
    in_terminal "$columns" "${slow[@]}"
    for layer in 1 2 3; do
      await "layer $layer of 3"
      [ "$(wc -l <shown)" -eq 1 ] || { cat shown; return 1; }
      [ "$(wc -L <shown)" -le $((columns - 3)) ] || { cat shown; return 1; }
    done
    await "status"
    [ "$(cat shown)" = "status 0" ] || { cat shown; return 1; }
    rm -r bundle
  done
}

@test "the line says more where there is more room" {
  slowly "$UMOCI" unpack --image layout:image bundle
  in_terminal 80 "${slow[@]}"
  await "^image: layer [123] of 3, [0-9]+%, [0-9.]+k?B of [0-9.]+kB"
  # Another bundle: the terminal is closed, but what ran in it may still be removing the first.
  slowly "$UMOCI" unpack --image layout:image narrow
  in_terminal 20 "${slow[@]}"
  await "^layer [123] of 3, [0-9]+%$"
}

@test "an interrupt leaves the message and nothing else" {
  local columns
  # Where 18 fit, the line would fill them if it left no room for the ^C that the terminal echoes.
  for columns in 80 40 20 18; do
    slowly "$UMOCI" unpack --image layout:image bundle
    in_terminal "$columns" "${slow[@]}"
    await "layer [23] of 3"
    terminal send-keys C-c
    await "status"
    # Rows that belong together are joined: the message may be wider than the terminal.
    terminal capture-pane -pJ | sed -e 's/ *$//' -e '/^$/d' >shown
    [ "$(wc -l <shown)" -eq 2 ] || { cat shown; return 1; }
    grep -q "^   ⨯ .*interrupted$" shown
    grep -q "^status 130$" shown
    [ ! -e bundle ]
  done
}

@test "an error leaves the message and nothing else" {
  local digest
  digest=$("$UMOCI" stat --json --image layout:image | jq -r '.manifest.blob.layers[2].digest')
  echo garbage >"layout/blobs/sha256/${digest#sha256:}"
  not_valid layout
  slowly "$UMOCI" unpack --image layout:image bundle
  in_terminal 80 "${slow[@]}"
  await "layer [12] of 3"
  await "status"
  terminal capture-pane -pJ | sed -e 's/ *$//' -e '/^$/d' >shown
  [ "$(wc -l <shown)" -eq 2 ] || { cat shown; return 1; }
  grep -q "^   ⨯ " shown
  grep -q "^status 1$" shown
}

@test "messages stand above the line" {
  slowly "$UMOCI" raw unpack --image layout:image rootfs
  in_terminal 80 "${slow[@]}"
  await "layer 2 of 3"
  [ "$(wc -l <shown)" -eq 2 ] || { cat shown; return 1; }
  head -n 1 shown | grep -q "^   • unpacking rootfs \.\.\.$"
  await "status"
  [ "$(wc -l <shown)" -eq 4 ] || { cat shown; return 1; }
  if grep -q "layer" shown; then return 1; fi
}

@test "the line grows with the terminal" {
  slowly "$UMOCI" unpack --image layout:image bundle
  in_terminal 20 "${slow[@]}"
  await "^layer [123] of 3, [0-9]+%$"
  terminal resize-window -x 80 -y 10
  await "^image: layer [123] of 3, [0-9]+%, [0-9.]+k?B of [0-9.]+kB"
  [ "$(wc -l <shown)" -eq 1 ] || { cat shown; return 1; }
}

@test "names of wide, combining and invisible characters stay in one row" {
  local name columns
  for name in $'日本語のレイアウトの名前はとても長いです' $'e\u0301e\u0301e\u0301e\u0301 long enough to be cut somewhere in between' \
    $'\e[2J\r\n🐋🐋🐋🐋🐋🐋🐋🐋'; do
    for columns in 80 40 20; do
      cp -r layout "$name"
      for i in $(seq 60); do touch "$name/blobs/sha256/$(printf %064d "$i")"; done
      slowly "$UMOCI" gc --layout "$name"
      in_terminal "$columns" "${slow[@]}"
      await "removing garb"
      [ "$(wc -l <shown)" -eq 1 ] || { cat shown; return 1; }
      await "status"
      [ "$(cat shown)" = "status 0" ] || { cat shown; return 1; }
      rm -r "$name"
    done
  done
}

@test "all commands that show progress clean up" {
  slowly "$UMOCI" unpack --image layout:image bundle
  "$UMOCI" unpack --image layout:image bundle
  for i in $(seq 100); do echo changed >>"bundle/rootfs/new$i"; done
  slowly "$UMOCI" repack --image layout:repacked bundle
  in_terminal 80 "${slow[@]}"
  await "comparing files|writing layer"
  await "status"
  [ "$(cat shown)" = "status 0" ] || { cat shown; return 1; }

  slowly "$UMOCI" insert --image layout:image tree /tree
  in_terminal 80 "${slow[@]}"
  await "^image: writing layer, [0-9]+ entries"
  await "status"
  [ "$(cat shown)" = "status 0" ] || { cat shown; return 1; }
}

@test "what comes through a pipe is counted too" {
  mkfifo fifo
  in_terminal 80 "$UMOCI" raw add-layer --image layout:image fifo
  exec 4>fifo
  head -c 20480 layer.tar >&4
  # What the program has read of it depends on buffers; that it waits is what counts.
  await "^image: writing layer, [0-9.]+k?B"
  tail -c +20481 layer.tar >&4
  exec 4>&-
  await "status"
  [ "$(cat shown)" = "status 0" ] || { cat shown; return 1; }
}

# bytes_in_terminal COMMAND...: runs it in a terminal to its end; all that the terminal was sent is in the file
# `bytes` then.
bytes_in_terminal() {
  in_terminal 80 "$@"
  terminal pipe-pane "cat >bytes"
  await "status"
  [ "$(cat shown)" = "status 0" ] || { cat shown; return 1; }
  local _
  for _ in {1..300}; do
    ! grep -q status bytes || break
    sleep 0.1
  done
  terminal pipe-pane
}

@test "nothing is drawn into files, on dumb terminals, on request and in the background" {
  slowly "$UMOCI" unpack --image layout:image bundle
  bytes_in_terminal "${slow[@]}"
  grep -q layer bytes
  rm -r bundle

  bytes_in_terminal env TERM=dumb "${slow[@]}"
  if grep -q layer bytes; then return 1; fi
  rm -r bundle

  # shellcheck disable=SC2016  # for the other shell
  bytes_in_terminal bash -c '"$@" 2>&1 | cat -v; exit "${PIPESTATUS[0]}"' - "${slow[@]}"
  if grep -q layer bytes; then return 1; fi
  rm -r bundle

  cat >background <<'SCRIPT'
set -m
"$@" &
job=$!
while kill -0 "$job" 2>/dev/null; do sleep 0.2; done
wait "$job"
SCRIPT
  bytes_in_terminal bash background "${slow[@]}"
  if grep -q layer bytes; then return 1; fi
  rm -r bundle

  slowly "$UMOCI" unpack --image layout:image --progress=none bundle
  bytes_in_terminal "${slow[@]}"
  if grep -q layer bytes; then return 1; fi
  rm -r bundle

  slowly "$UMOCI" unpack --image layout:image --quiet bundle
  bytes_in_terminal "${slow[@]}"
  if grep -q layer bytes; then return 1; fi
}

@test "without a terminal nothing is written, and no terminal is asked" {
  strace -f -o trace -e trace=ioctl,clone,clone3 "$UMOCI" unpack --image layout:image bundle 2>messages
  [ ! -s messages ]
  if grep -q TIOCGWINSZ trace; then return 1; fi
  rm -r bundle
  strace -f -o shown_trace -e trace=clone,clone3 "$UMOCI" unpack --progress=plain --image layout:image bundle 2>messages
  [ -s messages ]
  # One thread more.
  [ "$(grep -c 'clone' shown_trace)" -gt "$(grep -c 'clone' trace)" ]
}
