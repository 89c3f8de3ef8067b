#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Completion as a person meets it: a line is typed at an interactive shell, and the tab key is pressed twice.

load ../support/bats
bats_require_minimum_version 1.5.0

setup() {
  BASH_SCRIPT=$UMOCI_BUILD/share/bash-completion/completions/umoci
  mkdir "$BATS_TEST_TMPDIR/work" "$BATS_TEST_TMPDIR/home"
  cd "$BATS_TEST_TMPDIR/work" || return
  PATH=$(dirname "$UMOCI"):$PATH
  export HOME=$BATS_TEST_TMPDIR/home LC_ALL=C.UTF-8
  umoci init --layout images
  local tag
  for tag in web web-1.0 db fedora:40; do umoci new --image "images:$tag"; done
  mkdir imagine other
  touch layer.tar
}

# A layout whose name, and tags, would do something in a shell that evaluates them.
make_hostile_layout() {
  # shellcheck disable=SC2016  # that is the point
  HOSTILE='x $(touch pwned)`touch pwned`;touch pwned;'"'"
  cp -r images "$HOSTILE"
  # shellcheck disable=SC2016
  sed -i 's/"web"/"$(touch pwned)"/; s/"web-1.0"/"w;touch pwned"/; s/"fedora:40"/"w`touch pwned`"/' \
    "$HOSTILE/index.json"
  [[ $(umoci list --layout "$HOSTILE") == *'touch pwned'* ]]
}

# at SHELL LINE: types LINE and two tabs; sets $typed to what the line has become, $shown to all there was.
at() {
  local script=$BASH_SCRIPT
  [[ $1 == bash ]] || script=$UMOCI_BUILD/share/zsh/site-functions/_umoci
  shown=$("$BATS_TEST_DIRNAME/type-at-shell" "$1" "$script" "$2")
  typed=$(sed -n 's/^.*LINE<\(.*\)>$/\1/p' <<<"$shown")
}

# becomes SHELL LINE RESULT: completes LINE to RESULT. What makes room for the next word, or begins it, does
# not count.
becomes() {
  at "$1" "$2"
  typed=${typed%-}
  typed=${typed% }
  [[ $typed == "$3" || $typed == "$3=" ]] ||
    { printf '%s at %s became %s\n' "$2" "$1" "$typed"; echo "$shown"; return 1; }
}

# offers SHELL LINE WORD...: shows all of them.
offers() {
  local word
  at "$1" "$2"
  for word in "${@:3}"; do
    tr -s ' \t' '\n' <<<"$shown" | grep -qxF -- "$word" ||
      { printf 'no %s for %s at %s\n' "$word" "$2" "$1"; echo "$shown"; return 1; }
  done
}

# What both shells do.
complete_lines() {
  offers "$1" 'umoci ' raw help config unpack repack new tag remove stat insert gc init list validate fsck
  becomes "$1" 'umoci unp' 'umoci unpack'
  becomes "$1" 'umoci raw add' 'umoci raw add-layer'
  becomes "$1" 'umoci help rep' 'umoci help repack'
  becomes "$1" 'umoci raw help add' 'umoci raw help add-layer'

  offers "$1" 'umoci repack --' --image --mask-path --no-mask-volumes --compress --limit --help --log
  becomes "$1" 'umoci --verb' 'umoci --verbose'
  becomes "$1" 'umoci rm --ima' 'umoci rm --image'
  becomes "$1" 'umoci config --arch' 'umoci config --architecture'
  becomes "$1" 'umoci raw mtree-validate --umoci-k' 'umoci raw mtree-validate --umoci-keywords'
  # Others know it, init does not.
  becomes "$1" 'umoci init --comp' 'umoci init --comp'
  becomes "$1" 'umoci raw --log info add' 'umoci raw --log info add-layer'

  offers "$1" 'umoci repack --compress=' auto gzip zstd none
  becomes "$1" 'umoci insert --compress z' 'umoci insert --compress zstd'
  becomes "$1" 'umoci --log war' 'umoci --log warn'
  offers "$1" 'umoci unpack --profile ' umoci docker minimal
  # A boolean that takes a word, which can only stand behind the =.
  becomes "$1" 'umoci unpack --rootless=s' 'umoci unpack --rootless=subid'
  becomes "$1" 'umoci unpack --rootless ot' 'umoci unpack --rootless other/'
  becomes "$1" 'umoci --log warn unp' 'umoci --log warn unpack'
  becomes "$1" 'umoci config --clear config.la' 'umoci config --clear config.labels'
  becomes "$1" 'umoci stat --limit index_d' 'umoci stat --limit index_depth='

  becomes "$1" 'umoci unpack --image images:web o' 'umoci unpack --image images:web other/'
  becomes "$1" 'umoci insert --image images:web la' 'umoci insert --image images:web layer.tar'
  becomes "$1" 'umoci raw add-layer la' 'umoci raw add-layer layer.tar'
  becomes "$1" 'umoci raw mtree-validate -f la' 'umoci raw mtree-validate -f layer.tar'
  becomes "$1" 'umoci raw mtree-validate --path ot' 'umoci raw mtree-validate --path other/'
  becomes "$1" 'umoci gc --layout imagi' 'umoci gc --layout imagine/'
}

complete_images() {
  offers "$1" 'umoci stat --image images:' db fedora:40 web web-1.0
  becomes "$1" 'umoci stat --image images:fe' 'umoci stat --image images:fedora:40'
  becomes "$1" 'umoci stat --image images:fedora:4' 'umoci stat --image images:fedora:40'
  becomes "$1" 'umoci stat --image=images:fe' 'umoci stat --image=images:fedora:40'
  becomes "$1" 'umoci stat -image images:d' 'umoci stat -image images:db'
  becomes "$1" 'umoci stat --image ./images:d' 'umoci stat --image ./images:db'
  becomes "$1" 'umoci stat --image images' 'umoci stat --image images:'
  becomes "$1" 'umoci stat --image ot' 'umoci stat --image other/'
  becomes "$1" 'umoci config --image images --tag fe' 'umoci config --image images --tag fedora:40'
  becomes "$1" 'umoci stat --layout images --ref fe' 'umoci stat --layout images --ref fedora:40'
  becomes "$1" 'umoci tag --image=images:web d' 'umoci tag --image=images:web db'
  cp -r images "$HOME/at home"
  becomes "$1" 'umoci stat --image ~/at\ home:d' 'umoci stat --image ~/at\ home:db'
  becomes "$1" 'umoci stat --image "at' 'umoci stat --image "at'
  cp -r images 'my images'
  becomes "$1" 'umoci stat --image my\ images:d' 'umoci stat --image my\ images:db'
  becomes "$1" 'umoci stat --image "my images:d' 'umoci stat --image "my images:db"'
}

complete_hostile() {
  make_hostile_layout
  local quoted
  printf -v quoted %q "$HOSTILE"
  at "$1" 'umoci stat --image x'
  at "$1" 'umoci gc --layout x'
  at "$1" 'umoci unpack x'
  at "$1" "umoci stat --image $quoted"
  becomes "$1" "umoci stat --image $quoted:d" "umoci stat --image $quoted:db"
  # Its other tags cannot be given to --image.
  becomes "$1" "umoci stat --image $quoted:w" "umoci stat --image $quoted:w"
  # shellcheck disable=SC2016
  at "$1" 'umoci stat --image $(touch pwned):w'
  # shellcheck disable=SC2016
  at "$1" 'umoci stat --image "`touch pwned`:w'
  [[ ! -e pwned ]]
}

@test "bash completes commands, flags and values" {
  complete_lines bash
}

@test "bash completes layouts and their tags" {
  complete_images bash
  becomes bash "umoci stat --image='my images:d" "umoci stat --image='my images:db'"
}

@test "bash evaluates nothing that it completes" {
  complete_hostile bash
}

@test "bash completes where colons and equals signs do not end words, too" {
  # shellcheck disable=SC2016
  { echo 'COMP_WORDBREAKS=${COMP_WORDBREAKS//[:=]}'; cat "$BASH_SCRIPT"; } >script
  BASH_SCRIPT=script
  becomes bash 'umoci stat --image images:fe' 'umoci stat --image images:fedora:40'
  becomes bash 'umoci stat --image=images:fe' 'umoci stat --image=images:fedora:40'
  becomes bash 'umoci insert --compress=z' 'umoci insert --compress=zstd'
  becomes bash 'umoci gc --layout=imagi' 'umoci gc --layout=imagine/'
}

@test "shellcheck has nothing to say against the script for bash" {
  require_tools shellcheck
  shellcheck "$UMOCI_BUILD/share/bash-completion/completions/umoci"
}

@test "zsh completes commands, flags and values" {
  require_tools zsh
  complete_lines zsh
}

@test "zsh completes layouts and their tags" {
  require_tools zsh
  complete_images zsh
}

@test "zsh evaluates nothing that it completes" {
  require_tools zsh
  complete_hostile zsh
}

# fish tells by itself what it would offer. fish_has LINE WORD...: these and no others; the rest of each line
# is the description.
fish_has() {
  local found expected
  found=$(fish_offers "$1")
  expected=$(printf '%s\n' "${@:2}" | sort)
  [[ $found == "$expected" ]] || { printf 'for %s:\n' "$1"; diff <(echo "$expected") <(echo "$found"); }
}
fish_offers() {
  # shellcheck disable=SC2016  # for fish
  fish --no-config -c 'source $argv[1]; complete -C $argv[2]' \
    "$UMOCI_BUILD/share/fish/vendor_completions.d/umoci.fish" "$1" | cut -f 1 | sort
}

@test "fish completes commands, flags and values" {
  require_tools fish
  fish_has 'umoci ' raw help h config unpack repack new tag remove rm stat insert gc init list ls validate fsck
  fish_has 'umoci raw ' add-layer runtime-config config unpack
  fish_has 'umoci raw help a' add-layer
  fish_has 'umoci help rep' repack
  fish_has 'umoci repack --mask' --mask-path --mask-glob
  fish_has 'umoci --verb' --verbose
  fish_has 'umoci rm --ima' --image
  fish_has 'umoci config --arch' --architecture
  fish_has 'umoci raw mtree-validate --umoci-k' --umoci-keywords
  fish_has 'umoci init --comp' ''
  fish_has 'umoci raw --log info add' add-layer
  fish_has 'umoci --log w' warn
  fish_has 'umoci --log warn unp' unpack
  fish_has 'umoci repack --compress ' auto gzip zstd none
  fish_has 'umoci repack --compress=z' --compress=zstd
  fish_has 'umoci config --clear config.la' config.labels
  fish_has 'umoci stat --limit index_d' index_depth=
  fish_has 'umoci unpack --image images:web o' other/
  fish_has 'umoci insert la' layer.tar
  fish_has 'umoci raw mtree-validate -f la' layer.tar
}

@test "fish completes layouts and their tags" {
  require_tools fish
  fish_has 'umoci stat --image images:' images:db images:fedora:40 images:web images:web-1.0
  fish_has 'umoci stat --image=images:fe' --image=images:fedora:40
  fish_has 'umoci stat --image images' images:
  fish_has 'umoci stat --image imagi' imagine/
  fish_has 'umoci config --image images --tag fe' fedora:40
  fish_has 'umoci stat --layout images --ref fe' fedora:40
  fish_has 'umoci tag --image=images:web d' db
  cp -r images 'my images'
  fish_has 'umoci stat --image my\ images:web-' 'my\ images:web-1.0'
  fish_has 'umoci gc --layout imagi' imagine/
}

@test "fish evaluates nothing that it completes" {
  require_tools fish
  make_hostile_layout
  fish_offers 'umoci stat --image x'
  # shellcheck disable=SC1003,SC2016
  local quoted='x\ \$\(touch\ pwned\)\`touch\ pwned\`\;touch\ pwned\;\'"'"
  fish_has "umoci stat --image $quoted:" "$quoted:db"
  # shellcheck disable=SC2016
  fish_offers 'umoci stat --image $(touch pwned):w'
  fish_offers 'umoci stat --image (touch pwned):w'
  [[ ! -e pwned ]]
}
