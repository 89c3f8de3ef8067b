# SPDX-License-Identifier: Apache-2.0
# What the tests of documents share whose examples are the output of `umoci`.

# umoci_at_work: the test begins in an empty directory, where `umoci` is the program under test.
umoci_at_work() {
  mkdir "$BATS_TEST_TMPDIR/bin" "$BATS_TEST_TMPDIR/work"
  ln -s "$UMOCI" "$BATS_TEST_TMPDIR/bin/umoci"
  PATH=$BATS_TEST_TMPDIR/bin:$PATH
  cd "$BATS_TEST_TMPDIR/work" || return
}

# examples_are_printed LEAST DOCUMENT...: runs the indented lines of the documents, which are one session: commands
# after "$ ", each with its output below. At least LEAST of them print something.
examples_are_printed() {
  local least=$1 document line i count=0
  local -a commands=() expected=()
  for document in "${@:2}"; do
    while IFS= read -r line; do
      line=${line#    }
      if [[ $line == '$ '* ]]; then
        commands+=("${line#'$ '}")
        expected+=("")
      else
        expected[-1]+=$line$'\n'
      fi
    done < <(grep '^    ' "$document")
  done
  for i in "${!commands[@]}"; do
    eval "${commands[i]}" >"$BATS_TEST_TMPDIR/printed"
    printf %s "${expected[i]}" | diff - "$BATS_TEST_TMPDIR/printed" || {
      echo "not what is printed: ${commands[i]}"
      return 1
    }
    [[ -z ${expected[i]} ]] || count=$((count + 1))
  done
  [[ $count -ge $least ]]
}
