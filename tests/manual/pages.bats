#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Man pages: that man, mandoc and whatis take them, and that they and the documents name the flags there are.

load ../support/bats
bats_require_minimum_version 1.5.0

setup() {
  cd "$BATS_TEST_DIRNAME/../.." || return
  PAGES=$UMOCI_BUILD/share/man/man1
  export LC_ALL=C.UTF-8 MANWIDTH=80
}

@test "there is a page for each command" {
  local command
  for command in $("$UMOCI" help | sed -nE 's/^   ([a-z]+)(, [a-z]+)?  .*/\1/p'); do
    [[ $command == help || -e $PAGES/umoci-$command.1 ]] || { echo "no page: $command"; return 1; }
  done
  for command in $("$UMOCI" raw help | sed -nE 's/^   ([a-z-]+)(, [a-z]+)?  .*/\1/p') mtree-validate; do
    [[ -e $PAGES/umoci-raw-$command.1 ]] || { echo "no page: raw $command"; return 1; }
  done
  local pages=("$PAGES"/*.1)
  [[ ${#pages[@]} -ge 16 ]]
}

@test "man shows the pages without a warning, in 80 columns" {
  require_tools man
  local page text
  for page in "$PAGES"/*.1; do
    man --warnings -l "$page" >"$BATS_TEST_TMPDIR/text" 2>"$BATS_TEST_TMPDIR/warnings"
    [[ ! -s $BATS_TEST_TMPDIR/warnings ]] || { cat "$BATS_TEST_TMPDIR/warnings"; return 1; }
    col -bx <"$BATS_TEST_TMPDIR/text" >"$BATS_TEST_TMPDIR/plain"
    awk -v page="$page" 'length > 80 { print page ": " $0; long = 1 } END { exit long }' \
      "$BATS_TEST_TMPDIR/plain"
    [[ $(wc -l <"$BATS_TEST_TMPDIR/plain") -gt 30 ]]
    for text in NAME SYNOPSIS DESCRIPTION 'GLOBAL OPTIONS' 'EXIT STATUS' ENVIRONMENT 'SEE ALSO'; do
      grep -qx "$text" "$BATS_TEST_TMPDIR/plain" || { echo "$page has no $text"; return 1; }
    done
  done
}

@test "mandoc has nothing to say against the pages" {
  require_tools mandoc
  # A page has a date only if SOURCE_DATE_EPOCH was set when it was built.
  run mandoc -T lint -W style "$PAGES"/*.1
  output=$(grep -v 'WARNING: missing date' <<<"$output" || true)
  [[ -z $output ]] || { echo "$output"; return 1; }
}

@test "whatis understands the pages" {
  require_tools lexgrog
  local page
  for page in "$PAGES"/*.1; do
    [[ $(lexgrog "$page") == *": \"$(basename "$page" .1) - "* ]] || { lexgrog "$page"; return 1; }
  done
}

@test "pages name only pages that exist" {
  local name found=0
  while IFS= read -r name; do
    [[ -e $PAGES/$name.1 ]] || { echo "no page: $name"; return 1; }
    found=$((found + 1))
  done < <(sed 's/\\-/-/g' "$PAGES"/*.1 | grep -oE '\\fBumoci[a-z-]*\\fR\(1\)' | sort -u |
    sed -e 's/\\fB//' -e 's/\\fR.*//')
  [[ $found -gt 10 ]]
}

@test "examples are in the pages as they are in the documents" {
  require_tools man
  local line text
  man -l "$PAGES/umoci-config.1" | col -bx >"$BATS_TEST_TMPDIR/plain"
  while IFS= read -r line; do
    text=${line#    }
    grep -qxF -- "       $text" "$BATS_TEST_TMPDIR/plain" || { echo "not in the page: $text"; return 1; }
  done < <(grep '^    ' docs/man/umoci-config.md)
}

@test "each flag is documented, and each documented flag exists" {
  require_tools python3
  tests/manual/named-flags "$PAGES" README.md docs/*.md docs/*/*.md
}

@test "a flag that is missing or unknown is found" {
  require_tools python3
  cd "$BATS_TEST_TMPDIR"
  cp -r "$PAGES" pages
  sed -i 's/\\fB\\-\\-refresh\\-bundle\\fR/something/' pages/umoci-repack.1
  # shellcheck disable=SC2016  # backquotes are text here
  printf '%s\n' 'Say `umoci stat --no-such --json` or `--nowhere`.' '' \
    '    $ umoci repack --keep-dirlinks' >document.md
  run ! "$BATS_TEST_DIRNAME/named-flags" pages document.md
  [[ $output == *'umoci-repack.1 does not explain --refresh-bundle'* ]]
  [[ $output == *'document.md:1: --no-such in'* && $output == *'document.md:1: --nowhere in'* ]]
  [[ $output == *'document.md:3: --keep-dirlinks in'* && $output != *'--json in'* ]]
}
