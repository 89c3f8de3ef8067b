#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# docs/compatibility.md rests on tests: each of those it names exists.
# shellcheck disable=SC2016  # backquotes are text here

load ../support/bats

setup() {
  cd "$BATS_TEST_DIRNAME/../.." || return
}

@test "docs/compatibility.md names a test for each difference" {
  local item
  # A list item ends where the next line is not indented.
  while IFS= read -r item; do
    [[ $item == *'`'*'.'*'`'* || $item == *'(formats/'* ]] || {
      echo "names no test: $item"
      return 1
    }
  done < <(sed -e ':a' -e '$!{N;/\n  [^ ]/{s/\n  / /;ba}}' -e 'P;D' docs/compatibility.md | grep '^- ')
}

@test "the tests that docs/compatibility.md names exist" {
  local module suite test sources found=0
  while IFS=. read -r module suite test; do
    sources=(src/umoci/"$module"/*_test.cpp)
    [[ $module != cli ]] || sources=(tests/cli/*_test.cpp)
    has_unit_test "$suite" "$test" <(cat "${sources[@]}" | tr -s '\n ' '  ') || {
      echo "no such test: $module.$suite.$test"
      return 1
    }
    found=$((found + 1))
  done < <(grep -oE '`[a-z]+\.[A-Z][A-Za-z]*\.[A-Za-z0-9_]+`' docs/compatibility.md | tr -d '`')
  [[ $found -gt 50 ]]
}

@test "the files that docs/compatibility.md names exist" {
  local name
  while IFS= read -r name; do
    [[ -e tests/$name ]] || { echo "no such test: $name"; return 1; }
  done < <(grep -oE '`[a-z]+/[a-z_]+\.bats`' docs/compatibility.md | tr -d '`')
  while IFS= read -r name; do
    [[ -e docs/$name ]] || { echo "no such document: $name"; return 1; }
  done < <(grep -oE '\(formats/[a-z-]+\.md\)' docs/compatibility.md | tr -d '()')
}
