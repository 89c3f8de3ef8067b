#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# What the documents show is what the program does: their examples are run, and what they print is compared.
# run-examples tells how an example is written, and writes what is printed anew after a change:
#   UMOCI=build/release/umoci tests/manual/run-examples --update README.md docs/man/*.md

load ../support/bats
bats_require_minimum_version 1.5.0

setup() {
  cd "$BATS_TEST_DIRNAME/../.." || return
}

@test "the examples of the README and of man pages print what is shown" {
  require_tools jq python3
  # They have sizes of documents that name the platform.
  [[ $(uname -m) == x86_64 ]] || skip "the documents show what amd64 prints"
  tests/manual/run-examples README.md docs/man/*.md
}

@test "an example that prints something else is found" {
  require_tools python3
  cd "$BATS_TEST_TMPDIR"
  cat >good.md <<'END'
<!-- run
umoci init --layout images
-->

Text.

    $ umoci new \
    >   --image images:a
    $ umoci list --layout images
    a
END
  "$BATS_TEST_DIRNAME/run-examples" good.md
  sed '$s/a/b/' good.md >other-output.md
  run ! "$BATS_TEST_DIRNAME/run-examples" other-output.md
  [[ $output == *'$ umoci list'*'-b'*'+a'* ]]
  sed '$d' good.md >no-output.md
  run ! "$BATS_TEST_DIRNAME/run-examples" no-output.md
  sed 's/umoci init/false/' good.md >fails.md
  run ! "$BATS_TEST_DIRNAME/run-examples" fails.md
  "$BATS_TEST_DIRNAME/run-examples" --update no-output.md
  diff good.md no-output.md
}

# example A B C D E F: a document whose command prints A B C, and that says D E F.
example() {
  printf '    $ printf "%%s\\n" %s %s %s\n    %s\n    %s\n    %s\n' "$@"
}

@test "digests in examples may be others, but not other ones" {
  require_tools python3
  cd "$BATS_TEST_TMPDIR"
  local one other
  one=$(printf '%064d' 1)
  other=$(printf '%064d' 2)
  example "$one" "$other" "$one" "$other" "$one" "$other" >same.md
  "$BATS_TEST_DIRNAME/run-examples" same.md
  example "$one" "$other" "$one" "$other" "$one" "$one" >different.md
  run ! "$BATS_TEST_DIRNAME/run-examples" different.md
}

@test "nothing of umoci stands in the README without being run" {
  run ! grep -n '^    umoci ' README.md
  [[ $(grep -c '^    \$ umoci' README.md) -ge 10 ]]
}

@test "each man page has examples" {
  local page name
  for page in "$UMOCI_BUILD"/share/man/man1/*.1; do
    name=$(basename "$page" .1)
    # A group does nothing itself.
    [[ $name != umoci-raw ]] || continue
    grep -q '^    \$ umoci' "docs/man/$name.md" || { echo "no examples: $name"; return 1; }
    grep -q '^\.SH EXAMPLES' "$page" || { echo "not in the page: $name"; return 1; }
  done
}

@test "each text in docs/man belongs to a page" {
  local text
  for text in docs/man/*.md; do
    [[ -e $UMOCI_BUILD/share/man/man1/$(basename "$text" .md).1 ]] || { echo "no page: $text"; return 1; }
  done
}
