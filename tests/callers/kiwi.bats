#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# KIWI, the image builder of openSUSE, makes images with us: the program as Debian ships it.

load ../support/bats
load ../support/callers

setup() {
  require_root
  # Debian's python3 is the one that has KIWI's modules.
  require_tools kiwi-ng rsync skopeo jq /usr/bin/python3
  cd "$BATS_TEST_TMPDIR" || return
  # For ~/.config, where KIWI looks first.
  export HOME=$BATS_TEST_TMPDIR/home
  umoci_in_path
  make_tree root
  mkdir home target temporary
  # Left to itself, this version of KIWI compresses the archive.
  printf 'oci:\n  - archive_tool: umoci\ncontainer:\n  - compress: false\n' >kiwi.yml
}

# describe TYPE-ATTRIBUTES CONTAINER-ATTRIBUTES CONTAINER: the description of an image.
describe() {
  mkdir -p root/image
  cat >root/image/config.xml <<XML
<?xml version="1.0" encoding="utf-8"?>
<image schemaversion="7.5" name="example">
  <description type="system">
    <author>N</author><contact>n@example.org</contact><specification>an example</specification>
  </description>
  <preferences>
    <version>1.2.3</version>
    <packagemanager>apt</packagemanager>
    <type $1><containerconfig name="example" $2>$3</containerconfig></type>
  </preferences>
  <repository type="apt-deb"><source path="dir:///nowhere"/></repository>
  <packages type="image"><package name="none"/></packages>
  <packages type="bootstrap"/>
</image>
XML
}

kiwi() {
  kiwi-ng --debug --temp-dir "$PWD/temporary" --config kiwi.yml "$@" >kiwi.log 2>&1 || {
    cat kiwi.log
    return 1
  }
}
build() { kiwi system create --root "$PWD/root" --target-dir "$PWD/target"; }

# the_commands NAME...: umoci was called with these, in this order.
the_commands() { diff <(printf "'%s'\n" "$@") <(cut -d ' ' -f 1 "$CALLS"); }

# tree_of_image ARCHIVE: what it unpacks to is what KIWI was given.
tree_of_image() {
  skopeo copy "$1" oci:result:result
  "$UMOCI" unpack --image result:result bundle
  mkdir expected
  rsync -aHX --exclude /image root/ expected/
  # KIWI changes the tree before it packs it.
  cut_times expected
  same_tree expected bundle/rootfs
}

@test "an image of type oci" {
  describe 'image="oci"' 'tag="1.0" maintainer="A &lt;a@b&gt;" user="1000:100" workingdir="/home/user"' '
    <entrypoint execute="/usr/bin/tool"><argument name="-x"/></entrypoint>
    <subcommand execute="ls"><argument name="-l"/><argument name="a,b"/></subcommand>
    <expose><port number="80"/><port number="8080/udp"/></expose>
    <volumes><volume name="/tmp"/><volume name="/var/log"/></volumes>
    <environment><env name="PATH" value="/bin:/usr/bin"/><env name="NAME" value="a b=c"/></environment>
    <labels><label name="made.by" value="kiwi"/><label name="a" value="&quot;b&quot;"/></labels>
    <history author="B" created_by="words --with=flags">a comment</history>'
  export SOURCE_DATE_EPOCH=1500000000
  build
  the_commands config init new unpack repack config gc
  # rsync is told to take no attributes.
  setfattr -x user.note 'root/usr/share/doc/with space'
  image=oci-archive:target/example.x86_64-1.2.3.oci.tar
  config=$(config_of "$image")
  has "$config" '.author == "A <a@b>"'
  has "$config" '.config.User == "1000:100" and .config.WorkingDir == "/home/user"'
  has "$config" '.config.Entrypoint == ["/usr/bin/tool", "-x"] and .config.Cmd == ["ls", "-l", "a,b"]'
  has "$config" '.config.ExposedPorts == {"80": {}, "8080/udp": {}}'
  has "$config" '.config.Volumes == {"/tmp": {}, "/var/log": {}}'
  has "$config" '.config.Env == ["NAME=a b=c", "PATH=/bin:/usr/bin"]'
  has "$config" '.config.Labels == {"made.by": "kiwi", "a": "\"b\""}'
  has "$config" '.history | length == 1'
  has "$config" '.history[0] | .author == "B" and .comment == "a comment"'
  has "$config" '.history[0].created_by == "words --with=flags"'
  # The moment KIWI gave, with its zone.
  has "$config" '.created == .history[0].created'
  grep -F -- "'--created' '$(jq -r .created <<<"$config" | sed 's/Z$/+00:00/')'" "$CALLS"
  has "$(manifest_of "$image")" '.layers | length == 1'
  tree_of_image "$image"
  # Nothing of it stays.
  [ -z "$(ls -A temporary)" ]
}

@test "an image of type docker, with more names" {
  describe 'image="docker"' 'tag="1.0" additionalnames=":current,other"' ''
  build
  the_commands config init new unpack repack config gc
  # rsync is told to take no attributes.
  setfattr -x user.note 'root/usr/share/doc/with space'
  archive=target/example.x86_64-1.2.3.docker.tar
  diff <(tar -xOf "$archive" manifest.json | jq -r '.[].RepoTags[]' | sort) \
    <(printf '%s\n' docker.io/library/{example:{1.0,current},other:1.0})
  # What KIWI sets where the description says nothing.
  has "$(config_of "docker-archive:$archive")" '.config.Cmd == ["/bin/bash"] and .config.Entrypoint == null'
  tree_of_image "docker-archive:$archive"
}

# import: KIWI's way from a base image to a tree, which it goes before it installs packages.
import() {
  /usr/bin/python3 - "$PWD" <<'PYTHON'
import sys

import kiwi.defaults
from kiwi.system.root_import.oci import RootImportOCI
from kiwi.system.uri import Uri

here = sys.argv[1]
kiwi.defaults.CUSTOM_RUNTIME_CONFIG_FILE = here + "/kiwi.yml"
kiwi.defaults.TEMP_DIR = here + "/temporary"
uri = Uri("file://" + here + "/base.tar#", "container")
RootImportOCI(here + "/imported", uri, {"archive_transport": "oci-archive"}).sync_data()
PYTHON
}

@test "an image derived from another one" {
  make_image base latest root
  "$UMOCI" config --image base:latest --config.entrypoint /usr/bin/tool --config.cmd base \
    --config.env BASE=1 --config.label of=base --history.comment 'the base' \
    --history.created 2017-07-14T02:40:00Z
  skopeo copy oci:base:latest oci-archive:base.tar:latest
  mkdir imported
  import
  # rsync takes all of it along, attributes as well.
  mkdir before
  rsync -aHX --exclude /image imported/ before/
  # But KIWI put a directory for itself into it.
  touch -d @1500000000 before
  same_tree root before
  : >"$CALLS"

  rm -r root
  mv imported root
  describe 'image="oci" derived_from="oci:base:latest"' 'tag="2.0"' '
    <entrypoint execute=""/><subcommand execute="derived"/>
    <environment><env name="DERIVED" value="2"/></environment>'
  # As if packages had been installed.
  printf new >root/usr/bin/new
  rm root/usr/bin/same
  build
  # The layout is skopeo's; attributes of files that are the same stay as they are in it.
  the_commands config unpack repack config gc
  image=oci-archive:target/example.x86_64-1.2.3.oci.tar
  config=$(config_of "$image")
  base=$(config_of oci:base:latest)
  has "$(manifest_of "$image")" '.layers | length == 2'
  jq -e --argjson base "$base" '.rootfs.diff_ids[0] == $base.rootfs.diff_ids[0]' <<<"$config"
  jq -e --argjson base "$base" '.history[:-1] == $base.history' <<<"$config"
  has "$config" '.config.Env == ["BASE=1", "DERIVED=2"] and .config.Labels == {"of": "base"}'
  has "$config" '.config.Cmd == ["derived"]'
  tree_of_image "$image"
  [ ! -e bundle/rootfs/usr/bin/same ]
  [ "$(cat bundle/rootfs/usr/bin/new)" = new ]
}

@test "what KIWI leaves in the layout" {
  /usr/bin/python3 - "$PWD" <<'PYTHON'
import shutil
import sys

import kiwi.defaults
from kiwi.oci_tools import OCI
from kiwi.oci_tools.umoci import OCIUmoci

here = sys.argv[1]
kiwi.defaults.CUSTOM_RUNTIME_CONFIG_FILE = here + "/kiwi.yml"
kiwi.defaults.TEMP_DIR = here + "/temporary"
tool = OCI.new()
assert type(tool) is OCIUmoci
assert tool.no_history_flag == ["--no-history"]
tool.creation_date = "2017-07-14T02:40:00+00:00"
facts = {
    "container_tag": "1.0",
    "entry_command": [],
    "entry_subcommand": ["-c", "--x"],
    "history": {"created_by": "b", "comment": "=c", "author": "a"},
}
tool.init_container()
tool.unpack()
tool.sync_rootfs(here + "/root", ["/tmp/*"])
tool.repack(facts)
tool.set_config(facts)
tool.post_process()
shutil.copytree(tool.container_dir, here + "/layout", symlinks=True)
PYTHON
  diff <(printf 'base_layer\n1.0\n') <("$UMOCI" ls --layout layout)
  base=$(config_of oci:layout:base_layer)
  config=$(config_of oci:layout:1.0)
  has "$base" '.history == [{"created": "2017-07-14T02:40:00Z", "created_by": "b", "author": "a", "comment": "=c"}]'
  has "$base" '.config.Cmd == null'
  # Nothing of the last step is in the history.
  jq -e --argjson base "$base" '.history == $base.history and .rootfs == $base.rootfs' <<<"$config"
  has "$config" '.created == "2017-07-14T02:40:00Z" and .config.Cmd == ["-c", "--x"]'
  # Two manifests, two configurations, one layer: the image as `new` made it is gone.
  [ "$(find layout/blobs -type f | wc -l)" = 5 ]
}
