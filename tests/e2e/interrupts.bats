#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# A signal that asks the program to end undoes what is half done. strace makes each opened file take its
# time, so that the signal always comes in the middle.

load ../support/bats
load ../support/injection

setup() {
  require_strace
  cd "$BATS_TEST_TMPDIR"
  mkdir -p tree/closed
  for i in $(seq 200); do echo "$i" >"tree/closed/$i"; done
  tar -cf layer.tar -C tree .
  "$UMOCI" init --layout layout
  "$UMOCI" new --image layout:image
  "$UMOCI" raw add-layer --image layout:image layer.tar
}

# interrupted SIGNAL READY COMMAND...: runs the command slowly, sends it the signal as soon as the shell
# command READY succeeds, and leaves its exit status in $status, its messages in `messages` and what it opened in
# `opened`.
interrupted() {
  local signal=$1 ready=$2 tracer pid
  shift 2
  env --default-signal=INT,TERM,HUP strace -f -o opened -e trace=openat,openat2 \
    -e inject=openat,openat2:delay_enter=10000 "$@" >messages 2>&1 3>&- &
  tracer=$!
  until bash -c "$ready"; do
    kill -0 "$tracer" || break
    sleep 0.01
  done
  pid=$(pgrep -P "$tracer" | head -n 1)
  kill -s "$signal" "$pid"
  status=0
  wait "$tracer" || status=$?
}

# become_plain_user: who runs "${user[@]}" from now on; all that is here is theirs.
become_plain_user() {
  user=()
  [ "$(id -u)" -eq 0 ] || return 0
  user=(setpriv --reuid 1234 --regid 1234 --clear-groups)
  chown -R 1234:1234 .
  chmod a+x . ..
  "${user[@]}" true || skip "cannot become another user"
  "${user[@]}" test -x "$UMOCI" || skip "another user cannot reach the program"
}

# remember_layout, check_layout: nothing of it changed meanwhile.
remember_layout() {
  "$UMOCI" stat --json --image layout:image >before.json
  find layout | sort >before
}
check_layout() {
  find layout | sort | diff before -
  "$UMOCI" stat --json --image layout:image | diff before.json -
}

@test "unpack leaves nothing" {
  local number
  for signal in INT TERM HUP; do
    interrupted "$signal" 'test -e bundle/.umoci-unpack-*/rootfs/closed/3' "$UMOCI" unpack --image layout:image bundle
    number=$(kill -l "$signal")
    [ "$status" -eq $((128 + number)) ] || { echo "$signal: $status"; cat messages; return 1; }
    [ ! -e bundle ]
    grep -q "interrupted" messages
    [ "$(wc -l <messages)" -eq 1 ]
  done
}

@test "unpack gives a directory that was there its mode back" {
  mkdir -m 0751 bundle
  interrupted TERM 'test -e bundle/.umoci-unpack-*/rootfs/closed/3' "$UMOCI" unpack --image layout:image bundle
  [ "$status" -eq 143 ]
  [ "$(stat -c %a bundle)" = 751 ]
  [ -z "$(ls -A bundle)" ]
}

@test "repack leaves the layout as it was and access as it was" {
  become_plain_user
  "${user[@]}" "$UMOCI" unpack --rootless --image layout:image bundle
  for i in $(seq 200); do echo changed >>"bundle/rootfs/closed/$i"; done
  chmod 0 bundle/rootfs/closed
  remember_layout
  interrupted TERM 'test "$(stat -c %a bundle/rootfs/closed)" != 0' \
    "${user[@]}" "$UMOCI" repack --image layout:image bundle
  [ "$status" -eq 143 ] || { cat messages; return 1; }
  [ "$(stat -c %a bundle/rootfs/closed)" = 0 ]
  check_layout
  chmod 700 bundle/rootfs/closed
}

@test "raw runtime-config waits for the reader of a pipe no longer" {
  mkfifo pipe
  interrupted INT 'grep -qs "\"pipe\".* ENXIO" opened' "$UMOCI" raw runtime-config --image layout:image pipe
  [ "$status" -eq 130 ] || { cat messages; return 1; }
  [ -p pipe ]
  grep -q "interrupted" messages
}

@test "insert leaves the layout as it was and access as it was" {
  become_plain_user
  chmod 0 tree/closed
  remember_layout
  for signal in INT TERM HUP; do
    interrupted "$signal" 'test "$(stat -c %a tree/closed)" != 0' \
      "${user[@]}" "$UMOCI" insert --rootless --image layout:image tree /tree
    [ "$status" -eq $((128 + $(kill -l "$signal"))) ] || { echo "$signal: $status"; cat messages; return 1; }
    [ "$(stat -c %a tree/closed)" = 0 ]
    [ "$(wc -l <messages)" -eq 1 ]
    check_layout
  done
  chmod 700 tree/closed
}

@test "insert stops among directories, of which nothing is written for long" {
  mkdir directories
  for i in $(seq 300); do mkdir "directories/$i"; done
  remember_layout
  interrupted TERM 'test -e layout/.umoci-*' "$UMOCI" insert --image layout:image directories /d
  [ "$status" -eq 143 ] || { cat messages; return 1; }
  [ "$(wc -l <opened)" -lt 250 ]
  check_layout
}

@test "raw unpack leaves nothing in what was not there or empty" {
  for signal in INT TERM HUP; do
    interrupted "$signal" 'test -e rootfs/closed/3' "$UMOCI" raw unpack --image layout:image rootfs
    [ "$status" -eq $((128 + $(kill -l "$signal"))) ] || { echo "$signal: $status"; cat messages; return 1; }
    [ ! -e rootfs ]
  done
  mkdir -m 0751 rootfs
  interrupted TERM 'test -e rootfs/closed/3' "$UMOCI" raw unpack --image layout:image rootfs
  [ "$status" -eq 143 ]
  [ "$(stat -c %a rootfs)" = 751 ]
  [ -z "$(ls -A rootfs)" ]
}

@test "raw mtree-validate leaves access as it was" {
  become_plain_user
  "${user[@]}" "$UMOCI" unpack --rootless --image layout:image bundle
  chmod 0 bundle/rootfs/closed
  for signal in INT TERM HUP; do
    interrupted "$signal" 'test "$(stat -c %a bundle/rootfs/closed)" != 0' \
      "${user[@]}" "$UMOCI" raw mtree-validate --rootless -f bundle/*.mtree -p bundle/rootfs
    [ "$status" -eq $((128 + $(kill -l "$signal"))) ] || { echo "$signal: $status"; cat messages; return 1; }
    [ "$(stat -c %a bundle/rootfs/closed)" = 0 ]
    [ "$(wc -l <opened)" -lt 150 ]
  done
  chmod 700 bundle/rootfs/closed
}

@test "a second signal ends the program at once" {
  # It waits for whoever should read what it has to say.
  python3 - "$UMOCI" <<'EOF'
import fcntl, os, signal, subprocess, sys, time
unread, full = os.pipe()
flags = fcntl.fcntl(full, fcntl.F_GETFL)
fcntl.fcntl(full, fcntl.F_SETFL, flags | os.O_NONBLOCK)
for size in (4096, 1):
    try:
        while True:
            os.write(full, b"x" * size)
    except BlockingIOError:
        pass
fcntl.fcntl(full, fcntl.F_SETFL, flags)
command = [sys.argv[1], "unpack", "--rootless", "--progress=json", "--image", "layout:image", "bundle"]
program = subprocess.Popen(command, stderr=full, preexec_fn=lambda: signal.signal(signal.SIGTERM, signal.SIG_DFL))
deadline = time.monotonic() + 60
sent = 0
# Signals that come faster than the program looks at them are one.
while program.poll() is None and time.monotonic() < deadline:
    time.sleep(0.3)
    program.send_signal(signal.SIGTERM)
    sent += 1
program.kill()
if program.wait() != -signal.SIGTERM or sent < 2:
    sys.exit(f"status {program.returncode} after {sent} signals")
EOF
  "$UMOCI" gc --layout layout
}

@test "what the caller wants ignored stays ignored" {
  (
    trap '' HUP
    strace -f -o /dev/null -e trace=openat2 -e inject=openat2:delay_enter=2000 \
      "$UMOCI" unpack --image layout:image bundle 3>&- &
    until [ -d bundle ]; do sleep 0.01; done
    kill -s HUP "$(pgrep -P $! | head -n 1)"
    wait $!
  )
  [ -e bundle/umoci.json ]
}

@test "waiting for a pipe ends too" {
  remember_layout
  mkfifo pipe
  # Somebody who could write to it, and does not.
  exec 5<>pipe
  local words pid
  for words in "raw add-layer --image layout:image pipe" "insert --image layout:image --from-file pipe" \
    "raw runtime-config --image layout:image --template pipe made.json"; do
    # shellcheck disable=SC2086  # words
    env --default-signal=INT,TERM,HUP "$UMOCI" $words >messages 2>&1 3>&- 5>&- &
    pid=$!
    # The shell that becomes the program has it open, too.
    until [ "$(readlink "/proc/$pid/exe")" = "$(realpath "$UMOCI")" ] &&
      [ -n "$(find "/proc/$pid/fd" -lname "*/pipe" 2>/dev/null)" ]; do
      kill -0 "$pid"
      sleep 0.05
    done
    kill -s TERM "$pid"
    status=0
    wait "$pid" || status=$?
    [ "$status" -eq 143 ] || { cat messages; return 1; }
    grep -q interrupted messages
    [ ! -e made.json ]
    check_layout
  done
  exec 5>&-
}
