#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Whatever a command does, what it does not understand in a document stays, at every level of it: the
# members of Docker and of vendors, null and empty lists, odd time stamps, embedded data, modes. Documents
# are compared by Python's json.

load ../support/bats

setup() {
  require_tools python3
  cd "$BATS_TEST_TMPDIR" || return
  # Nobody can read a date in some of the time stamps.
  not_valid '*'
  export SOURCE_DATE_EPOCH=0
  flags=()
  [[ $(id -u) == 0 ]] || flags=(--rootless)
  mkdir tree
  echo new >tree/new
  tar -cf layer.tar --mtime=@0 -C tree new
}

# changes FAMILY COMMAND...: the command, in whose words L stands for a fresh layout with documents of that
# family, changes what standard input says, and nothing else.
changes() {
  local family=$1 words=()
  shift
  cat >expected
  [ -e "$family" ] || "$SUPPORT/vendor-layout" create "$family" "$family"
  chmod 664 "$family/index.json"
  [[ $(id -u) != 0 ]] || chown 12:34 "$family/index.json"
  rm -rf layout
  cp -a "$family" layout
  words=("${@/#L/layout}")
  echo "$family: ${words[*]}"
  "$UMOCI" "${words[@]}" >out 2>err || { cat err; return 1; }
  "$SUPPORT/vendor-layout" differences "$family" layout >differences
  diff expected differences
  [ "$(stat -c '%a %u %g' layout/index.json)" = "$(stat -c '%a %u %g' "$family/index.json")" ]
  # Nothing that was there has changed, and what a command left can be worked with.
  diff -rq "$family/blobs" layout/blobs >blobs || ! grep -v '^Only in ' blobs
  "$UMOCI" stat --image layout:plain >out
  "$UMOCI" gc --layout layout 2>err
  "$SUPPORT/vendor-layout" differences "$family" layout >differences
  diff expected differences
}

# The manifest of linux/amd64 below the tag `image`. Its embedded documents end in blanks, so that those that
# take their place fit; those of the others become larger than they were, and are dropped.
AMD64=image/manifests/0/manifests/amd64

@test "new" {
  for family in oci docker; do
    changes $family new --image L:added <<'END'
added: added
END
  done
}

@test "tag" {
  for family in oci docker; do
    changes $family tag --image L:plain added <<'END'
added: added
END
    changes $family tag --image L:image added <<'END'
added: added
END
  done
}

@test "remove" {
  for family in oci docker; do
    changes $family remove --image L:gone <<'END'
gone: removed
END
  done
}

@test "gc" {
  for family in oci docker; do
    changes $family gc --layout L </dev/null
  done
}

@test "config without a change" {
  for family in oci docker; do
    changes $family config --image L:plain <<'END'
plain/config/history/2: added
plain/config: embedded data is dropped
END
    changes $family config --image L:image --platform linux/amd64 <<END
$AMD64/config/history/2: added
END
    changes $family config --image L:image --platform linux/arm/v7 <<END
image/manifests/0/manifests/arm/config/history/2: added
image/manifests/0/manifests/arm/config: embedded data is dropped
END
  done
}

@test "config" {
  for family in oci docker; do
    changes $family config --no-history --image L:plain --config.user me --config.label n=2 --author else \
      --config.env B=c --config.exposedports 80/tcp --config.exposedports 9/tcp --manifest.annotation b=c <<'END'
plain/annotations/b: added "c"
plain/config/author: "somebody" -> "else"
plain/config/config/Env/2: added "B=c"
plain/config/config/ExposedPorts/9/tcp: added
plain/config/config/Labels/n: added "2"
plain/config/config/User: "" -> "me"
plain/config: embedded data is dropped
END
  done
}

@test "config of the platform" {
  for family in oci docker; do
    changes $family config --no-history --image L:image --platform linux/amd64 --platform.variant v4 <<END
$AMD64/config/variant: "v3" -> "v4"
$AMD64/platform/variant: "v3" -> "v4"
END
  done
}

@test "repack without a change" {
  "$SUPPORT/vendor-layout" create oci oci
  "$UMOCI" unpack "${flags[@]}" --image oci:plain bundle
  changes oci repack --image L:plain bundle <<'END'
plain/config/history/2: added
plain/config: embedded data is dropped
END
}

@test "repack" {
  for family in oci docker; do
    "$SUPPORT/vendor-layout" create $family $family
    "$UMOCI" unpack "${flags[@]}" --image $family:plain $family.bundle
    echo new >$family.bundle/rootfs/new
    changes $family repack --image L:plain $family.bundle <<'END'
plain/config/history/2: added
plain/config/rootfs/diff_ids/1: added
plain/config: embedded data is dropped
plain/layers/1: added
END
  done
}

@test "insert" {
  for family in oci docker; do
    changes $family insert "${flags[@]}" --image L:image --platform linux/amd64 tree /opt <<END
$AMD64/config/history/2: added
$AMD64/config/rootfs/diff_ids/1: added
$AMD64/layers/1: added
END
  done
}

@test "raw add-layer" {
  for family in oci docker; do
    changes $family raw add-layer --image L:plain layer.tar <<'END'
plain/config/history/2: added
plain/config/rootfs/diff_ids/1: added
plain/config: embedded data is dropped
plain/layers/1: added
END
  done
}

@test "remove of one platform" {
  for family in oci docker; do
    changes $family remove --image L:image --platform linux/arm/v7 <<'END'
image/manifests/0/manifests/arm: removed
END
  done
}
