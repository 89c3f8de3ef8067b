# SPDX-License-Identifier: Apache-2.0
# What the .bats files share. $UMOCI is the program under test, $REFERENCE umoci 0.4.7.

REFERENCE=${REFERENCE:-/usr/bin/umoci}
SUPPORT=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

# require_root, require_tools NAME...: skip, saying why, where a test cannot run.
require_root() {
  [[ $(id -u) == 0 ]] || skip "needs root"
}
require_tools() {
  local tool
  for tool in "$@"; do
    command -v "$tool" >/dev/null || skip "needs $tool"
  done
}

# The Debian image, made once for all tests of a build; sets $DEBIAN to a layout.
require_debian_image() {
  require_root
  require_tools "$REFERENCE" buildah debootstrap setcap setfattr python3
  # shellcheck disable=SC2034  # for the tests
  DEBIAN=$("$SUPPORT/debian-image" "${UMOCI_BUILD:?}/test-data/debian")
}

# Every layout that a test leaves behind has to be valid, layers and all. Those that are meant not to be are
# named by not_valid, as patterns below the test's directory. A file that defines its own teardown calls
# check_layouts, with another directory if its tests have one.
teardown() { check_layouts; }

not_valid() { printf '%s\n' "$@" >>"$BATS_TEST_TMPDIR/.not-valid"; }

# check_layouts [DIRECTORY]
check_layouts() {
  local marker layout pattern
  # What a test leaves that failed, or was skipped, may be anything.
  [[ -n ${BATS_TEST_COMPLETED-} && -z ${BATS_TEST_SKIPPED-} ]] || return 0
  touch "$BATS_TEST_TMPDIR/.not-valid"
  while IFS= read -r -d '' marker; do
    layout=${marker%/oci-layout}
    while IFS= read -r pattern; do
      # shellcheck disable=SC2053  # a pattern
      [[ $layout != $pattern ]] || continue 2
    done <"$BATS_TEST_TMPDIR/.not-valid"
    "$UMOCI" validate --deep --layout "${1-$BATS_TEST_TMPDIR}/$layout" >"$BATS_TEST_TMPDIR/.findings" 2>&1 || {
      echo "$layout is not valid:"
      cat "$BATS_TEST_TMPDIR/.findings"
      return 1
    }
  done < <(find "${1-$BATS_TEST_TMPDIR}" -name rootfs -prune -o -name oci-layout -type f -printf '%P\0' 2>/dev/null)
}

# copy_layout FROM TO: an independent layout with the same images; blobs are shared as hard links.
copy_layout() {
  cp -al "$1" "$2"
  cp --remove-destination "$1/index.json" "$1/oci-layout" "$2/"
}

# has_unit_test SUITE TEST FILE: the source in FILE, all on one line, has that GoogleTest; a TEST that ends
# in * stands for all whose names begin so.
has_unit_test() {
  local name=${2%\*}
  [[ $2 == *'*' ]] || name+='\)'
  grep -qE "TEST(_F|_P)?\($1, $name" "$3"
}

listing() { "$SUPPORT/tree-listing" "$@"; }

# same_tree A B: fails with a diff unless the two trees are equal in every respect.
same_tree() {
  diff <(listing "$1") <(listing "$2") >"$BATS_TEST_TMPDIR/diff" || {
    head -n 40 "$BATS_TEST_TMPDIR/diff"
    return 1
  }
}

layers_of() { skopeo inspect --raw "oci:$1" | jq '.layers | length'; }

# fails_cleanly COMMAND...: exit status 1 and exactly one line on standard error, which is kept in
# $output.
fails_cleanly() {
  local status=0
  "$@" >"$BATS_TEST_TMPDIR/out" 2>"$BATS_TEST_TMPDIR/err" || status=$?
  output=$(cat "$BATS_TEST_TMPDIR/err")
  if [[ $status != 1 || $(wc -l <"$BATS_TEST_TMPDIR/err") != 1 || -s $BATS_TEST_TMPDIR/out ]]; then
    printf 'status %s, stderr: %s\n' "$status" "$output"
    return 1
  fi
}
