#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# docs/security.md rests on tests: each of those it names exists, and each rule of the reference has one.
# shellcheck disable=SC2016  # backquotes are text here

load ../support/bats

setup() {
  cd "$BATS_TEST_DIRNAME/../.." || return
}

rules() { grep -E '^\| S[0-9]{2} ' docs/security.md; }

@test "docs/security.md has every rule from S01 to S36, once" {
  diff <(rules | cut -c 3-5) <(printf 'S%02d\n' {1..36} | sort)
}

@test "the tests that docs/security.md names exist" {
  local suite test found=0
  tr -s '\n ' '  ' < <(cat src/umoci/*/*_test.cpp) >"$BATS_TEST_TMPDIR/sources"
  while IFS=. read -r suite test; do
    has_unit_test "$suite" "$test" "$BATS_TEST_TMPDIR/sources" || {
      echo "no such test: $suite.$test"
      return 1
    }
    found=$((found + 1))
  done < <(rules | grep -oE '`[A-Z][A-Za-z]*\.[A-Za-z0-9_]*\*?`' | tr -d '`')
  [[ $found -gt 60 ]]
}
