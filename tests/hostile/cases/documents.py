# SPDX-License-Identifier: Apache-2.0
"""Manifests, configurations and indexes that lie, are damaged, or are meant to exhaust who reads them."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from typing import Any

from umoci_test.oci_layout import (
    CONFIG_TYPE,
    INDEX_TYPE,
    LAYER_TYPE,
    MANIFEST_TYPE,
    REF_NAME,
    Descriptor,
    Layer,
    as_json,
    digest_of,
)
from umoci_test.raw_tar import archive, file

from harness.case import EVERYWHERE, Suite, fails, makes, works
from harness.place import Layers, Place
from harness.states import state_of
from harness.trees import Tree, check_tree

suite = Suite("documents")

TAR = archive(file("a", b"hello"))
TREE: Tree = {"a": b"hello"}
HEX = "a" * 64

BAD_DIGESTS = {
    "dots": "sha256:../../x",
    "to-the-canary": "sha256:../../../canary/f",
    "absolute": "sha256:/etc/passwd",
    "upper-case": "sha256:" + "A" * 64,
    "short": "sha256:" + "a" * 63,
    "long": "sha256:" + "a" * 65,
    "slash": "sha256:" + "a" * 62 + "/x",
    "algorithm-of-dots": "../x:" + HEX,
    "algorithm-missing": HEX,
    "nothing": "",
    "colon": ":",
    "unknown-algorithm": "sha1:" + "a" * 40,
    "nul": "sha256:" + "a" * 63 + "\0",
    "newline": "sha256:" + "a" * 63 + "\n",
    "missing-blob": "sha256:" + HEX,
    "number": 5,
    "null": None,
}
WHERE = ("layer", "config", "diff-id")


@suite.unpack(
    fails("digest|blob not found|is missing|must be|no such|diff_id|not a|expected"),
    each={f"{where}-{name}": (where, digest) for where in WHERE for name, digest in BAD_DIGESTS.items()},
)
def digest(place: Place, what: tuple[str, Any]) -> None:
    """A digest is a name of a file: it must not be that of another one, nor lead out of the blobs."""
    where, text = what
    if where == "diff-id":
        place.add_image(TAR, config={"rootfs": {"type": "layers", "diff_ids": [text]}})
    else:
        key = {"layer": "layers", "config": "config"}[where]
        place.add_image(TAR, manifest=_with_digest(place, key, text))


def _with_digest(place: Place, key: str, text: Any) -> dict[str, Any]:
    layer = place.layout.add_layer(Layer(TAR))
    if key == "layers":
        return {"layers": [{**layer, "digest": text}]}
    return {"config": {"mediaType": CONFIG_TYPE, "digest": text, "size": 5}}


@suite.unpack(
    fails("size|expected|integer|number"),
    each={
        "minus": -1, "least": -(2**63), "2^63": 2**63, "2^64": 2**64, "float": 2.5, "1e300": 1e300, "text": "1536",
        "null": None, "true": True, "list": [], "zero": 0, "one": 1, "one-less": len(TAR) - 1, "one-more": len(TAR) + 1,
    },
)  # fmt: skip
def size(place: Place, value: Any) -> Layers:
    """The size of a layer is no number, or not that of the blob."""
    return Layer(TAR, descriptor={"size": value})


@suite.unpack(fails("size"))
def size_missing(place: Place) -> None:
    """A descriptor without a size."""
    layer = place.layout.add_layer(Layer(TAR))
    del layer["size"]
    place.add_image(TAR, manifest={"layers": [layer]})


@suite.unpack(
    fails("digest|size|verified|embedded|base64|data|expected"),
    each={
        "other": base64.b64encode(TAR + b"x").decode(),
        "shorter": base64.b64encode(TAR[:-1]).decode(),
        "empty": "",
        "no-base64": "!!!",
        "bad-padding": "A",
        "newline": "AA==\n",
        "number": 5,
    },
)
def embedded_data(place: Place, data: Any) -> Layers:
    """A descriptor brings its data along, and it is not what its digest names."""
    return Layer(TAR, descriptor={"data": data})


@suite.unpack(fails("digest mismatch|not found|size"), each={"byte": 0, "short": 1, "long": 2, "gone": 3})
def blob(place: Place, how: int) -> None:
    """The layer's blob is not what its name says."""
    place.add_image(TAR)
    path = place.layout.blob_path(digest_of(TAR))
    changed = [TAR[:-1] + b"x", TAR[:-512], TAR + bytes(512)]
    path.write_bytes(changed[how]) if how < 3 else path.unlink()


@suite.unpack(
    fails("layers|diff_id|rootfs|unsupported digest"),
    each={
        "fewer": [],
        "more": [digest_of(TAR)] * 2,
        "null": None,
        "wrong": [digest_of(b"other")],
        "number": [5],
        "text": digest_of(TAR),
        "sha1": ["sha1:" + "a" * 40],
    },
)
def diff_ids(place: Place, value: Any) -> None:
    """The configuration names other layers than the manifest has."""
    place.add_image(TAR, config={"rootfs": {"type": "layers", "diff_ids": value}})


@suite.unpack(fails("rootfs|layers|type"), each={"other": "evil", "empty": "", "number": 5})
def rootfs_type(place: Place, value: Any) -> None:
    """The configuration describes no layers."""
    place.add_image(TAR, config={"rootfs": {"type": value, "diff_ids": [digest_of(TAR)]}})


@suite.unpack(makes(TREE))
def diff_id_of_another_algorithm(place: Place) -> None:
    """diff_ids by SHA-512 are checked by SHA-512."""
    place.add_image(TAR, config={"rootfs": {"type": "layers", "diff_ids": [digest_of(TAR, "sha512")]}})


@suite.unpack(
    fails("media type|mediaType|manifest|index|unsupported|type"),
    each={
        "has-manifests": {"manifests": []},
        "says-index": {"mediaType": INDEX_TYPE},
        "says-docker": {"mediaType": "application/vnd.docker.distribution.manifest.v2+json"},
        "version-1": {"schemaVersion": 1},
        "version-3": {"schemaVersion": 3},
        "version-text": {"schemaVersion": "2"},
        "config-type": {"config": {"mediaType": "application/x", "digest": digest_of(b"{}"), "size": 2}},
        "layer-type": {"layers": [{"mediaType": "application/x", "digest": digest_of(TAR), "size": len(TAR)}]},
        "layer-suffix": {"layers": [{"mediaType": LAYER_TYPE + "+xz", "digest": digest_of(TAR), "size": len(TAR)}]},
        "layer-type-of-escapes": {"layers": [{"mediaType": "a\x1b[31m\n\u202e", "digest": digest_of(TAR), "size": len(TAR)}]},
    },
    worlds=EVERYWHERE,
)
def manifest_that_is_something_else(place: Place, members: dict[str, Any]) -> None:
    """A document that is a manifest for one and an index for another: CVE-2021-41190."""
    place.add_image(TAR, manifest=members)


@suite.unpack(fails("media type|mediaType|manifest|index|type|layers"), each={"layers": {"layers": []}, "config": {"config": {}}, "type": {"mediaType": MANIFEST_TYPE}})
def index_that_is_something_else(place: Place, members: dict[str, Any]) -> None:
    """The same for an index below the index."""
    image = place.layout.add_image([TAR], tag=None)
    document = {"schemaVersion": 2, "mediaType": INDEX_TYPE, "manifests": [image], **members}
    below = place.layout.add_document(document, INDEX_TYPE, annotations={REF_NAME: "latest"})
    place.layout.write_index([below])


DAMAGES: dict[str, Callable[[bytes], bytes]] = {
    "same-member-twice": lambda text: text[:-1] + b',"os":"linux","layers":[],"layers":[]}',
    "junk-behind": lambda text: text + b"x",
    "nul-behind": lambda text: text + b"\0{}",
    "mark-before": lambda text: b"\xef\xbb\xbf" + text,
    "bad-utf-8": lambda text: text[:-1] + b',"x":"\xff\xfe"}',
    "cut-off": lambda text: text[:-10],
    "empty": lambda text: b"",
    "list": lambda text: b"[]",
    "text": lambda text: b'"x"',
    "null": lambda text: b"null",
    "comment": lambda text: b"/* */" + text,
    "single-quotes": lambda text: text.replace(b'"', b"'"),
    "100,000-deep": lambda text: text[:-1] + b',"x":' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    "2,000,000-deep": lambda text: text[:-1] + b',"x":' + b'{"a":' * 2_000_000 + b"1" + b"}" * 2_000_000 + b"}",
    "never-closed": lambda text: b"[" * 1_000_000,
    "number-too-large": lambda text: text[:-1] + b',"x":1e999999}',
    "number-too-long": lambda text: text[:-1] + b',"x":' + b"9" * 1_000_000 + b"}",
    "lone-surrogate": lambda text: text[:-1] + b',"x":"\\ud800"}',
    "too-long": lambda text: text[:-1] + b" " * (65 << 20) + b"}",
}


@suite.unpack(
    fails("JSON|json|invalid|duplicate|parse|limit|document|expected|deep|UTF-8|too large"),
    each={f"{kind}-{name}": (kind, damage) for kind in ("manifest", "config") for name, damage in DAMAGES.items()},
)
def damaged(place: Place, what: tuple[str, Callable[[bytes], bytes]]) -> None:
    """JSON that is none, is ambiguous, or has no bottom."""
    kind, damage = what
    layer = place.layout.add_layer(Layer(TAR))
    config = as_json({"architecture": "amd64", "os": "linux", "rootfs": {"type": "layers", "diff_ids": [digest_of(TAR)]}})
    stored = place.layout.add_blob(damage(config) if kind == "config" else config, CONFIG_TYPE)
    manifest = as_json({"schemaVersion": 2, "mediaType": MANIFEST_TYPE, "config": stored, "layers": [layer]})
    place.layout.add_manifest(damage(manifest) if kind == "manifest" else manifest)


@suite.command(
    fails("JSON|json|invalid|duplicate|parse|limit|document|expected|deep|UTF-8|index|layout|tag not found"),
    each={f"{name}-{what}": (name, text) for name in ("index.json", "oci-layout") for what, text in {
        "list": b"[]", "text": b'"x"', "null": b"null", "empty": b"", "open": b"{", "deep": b"[" * 100_000,
        "nothing": b"{}", "number": b'{"imageLayoutVersion":1,"schemaVersion":"2","manifests":5}',
    }.items()},
)  # fmt: skip
def damaged_top(place: Place, what: tuple[str, bytes]) -> list[str]:
    """The index and the marker of the layout."""
    name, text = what
    place.add_image(TAR)
    (place.layout.path / name).write_bytes(text)
    return ["unpack", "--image", place.image, str(place.bundle)]


@suite.unpack(makes(TREE), memory_mib=900, each={
    "900-deep": lambda: b"[" * 900 + b"]" * 900,
    "million-values": lambda: b"[" + b"0," * 1_000_000 + b"0]",
    "million-objects": lambda: b"[" + b"{}," * 300_000 + b"0]",
    "long-text": lambda: b'"' + b"a" * (30 << 20) + b'"',
    "many-members": lambda: b"{" + b"".join(b'"x%d":0,' % i for i in range(300_000)) + b'"y":0}',
})  # fmt: skip
def large(place: Place, value: Callable[[], bytes]) -> None:
    """What nobody needs, but is JSON: it is read and ignored, in time and space that grow with it."""
    layer = place.layout.add_layer(Layer(TAR))
    config = {"architecture": "amd64", "os": "linux", "rootfs": {"type": "layers", "diff_ids": [digest_of(TAR)]}}
    manifest = {"schemaVersion": 2, "config": place.layout.add_document(config, CONFIG_TYPE), "layers": [layer]}
    place.layout.add_manifest(as_json(manifest)[:-1] + b',"x":' + value() + b"}")


@suite.unpack(fails("limit|layers"))
def ten_thousand_layers(place: Place) -> None:
    """More layers than may be."""
    layer = place.layout.add_layer(Layer(TAR))
    count = 10_001
    place.add_image(
        TAR, manifest={"layers": [layer] * count}, config={"rootfs": {"type": "layers", "diff_ids": [digest_of(TAR)] * count}}
    )


def nest(place: Place, depth: int, width: int) -> None:
    """Indexes of indexes; each lists the one below `width` times, with small differences."""
    below: Descriptor = place.layout.add_image([TAR], tag=None)
    for level in range(depth):
        entries = [{**below, "annotations": {"n": str(i)}, "platform": {"os": str(i), "architecture": "x"}} for i in range(width)]
        document = {"schemaVersion": 2, "mediaType": INDEX_TYPE, "manifests": entries, "annotations": {"level": str(level)}}
        below = place.layout.add_document(document, INDEX_TYPE)
    place.layout.write_index([{**below, "annotations": {REF_NAME: "latest"}}])


@suite.unpack(makes(TREE))
def indexes_that_multiply(place: Place) -> None:
    """40 levels, each naming the one below ten times: 10^40 ways to the manifest."""
    nest(place, 40, 10)


@suite.unpack(fails("index_depth"))
def indexes_too_deep(place: Place) -> None:
    """More levels than may be."""
    nest(place, 100, 2)


@suite.unpack(fails("digest mismatch|limit"))
def index_that_names_itself(place: Place) -> None:
    """An index cannot hold its own digest; here it only says so."""
    name = "sha256:" + "c" * 64
    text = as_json({"schemaVersion": 2, "manifests": [{"mediaType": INDEX_TYPE, "digest": name, "size": 100}]})
    place.layout.blob_path(name).write_bytes(text)
    place.layout.write_index([{"mediaType": INDEX_TYPE, "digest": name, "size": len(text), "annotations": {REF_NAME: "latest"}}])


@suite.unpack(fails("ambiguous"), memory_mib=800)
def many_candidates(place: Place) -> None:
    """50,000 manifests of one name; the message names some."""
    image = place.layout.add_image([TAR], tag=None)
    entries = [{**image, "digest": f"sha256:{i:064x}", "platform": {"os": "x" * 500, "architecture": "\x1b[31m"}} for i in range(50_000)]
    place.layout.write_index([place.layout.add_document({"schemaVersion": 2, "manifests": entries}, INDEX_TYPE, annotations={REF_NAME: "latest"})])


@suite.unpack(makes(TREE, warns="same tag"), memory_mib=800)
def many_entries_of_one_name(place: Place) -> None:
    """The index has the same entry 100,000 times."""
    image = place.layout.add_image([TAR])
    place.layout.write_index([image] * 100_000)


ESCAPES = "a\x1b[31mred\x07\r\nfake line\u202e\u009b31m"


@suite.unpack(fails("unable to find user"))
def escapes_in_the_configuration(place: Place) -> None:
    """Escape sequences in everything that could be quoted."""
    runtime = {"User": ESCAPES, "Env": [f"{ESCAPES}={ESCAPES}"], "Cmd": [ESCAPES], "Labels": {ESCAPES: ESCAPES}, "WorkingDir": ESCAPES}
    place.add_image(TAR, runtime=runtime, config={"os": "linux", "author": ESCAPES, "created": ESCAPES})


@suite.unpack(works(lambda place, _: check_runtime(place), warns="is not absolute"), worlds=EVERYWHERE)
def configuration_that_asks_for_more(place: Place) -> None:
    """What a configuration may not ask for: hooks, mounts of the host, privileges, a root elsewhere."""
    evil = {
        "hooks": {"prestart": [{"path": "/bin/sh"}]}, "Mounts": [{"Source": "/", "Destination": "/host"}], "Privileged": True,
        "Binds": ["/:/host"], "root": {"path": "/"}, "linux": {"namespaces": []}, "process": {"user": {"uid": 0}},
        "Volumes": {"/data": {}, "/../../etc": {}, "../x": {}}, "WorkingDir": "../../..", "CapAdd": ["CAP_SYS_ADMIN"],
        "User": "5:6", "Memory": -1, "Devices": ["/dev/sda"],
    }  # fmt: skip
    place.add_image(TAR, runtime=evil, config={"hooks": evil["hooks"], "root": evil["root"], "mounts": evil["Mounts"]})


def check_runtime(place: Place) -> None:
    """The runtime configuration gives the container what every container gets."""
    check_tree(place.rootfs, TREE)
    spec = json.loads((place.bundle / "config.json").read_text())
    assert "hooks" not in spec, "there are hooks"
    assert spec["root"]["path"] == "rootfs", spec["root"]
    assert (spec["process"]["user"]["uid"], spec["process"]["user"]["gid"]) == (5, 6), spec["process"]["user"]
    assert spec["process"]["cwd"].startswith("/"), spec["process"]["cwd"]
    for mount in spec["mounts"]:
        assert mount["destination"].startswith("/") and ".." not in mount["destination"], mount
        # What rootless containers need of the host is known and read-only or kernel's own.
        assert not mount.get("source", "").startswith("/") or mount["source"] in ("/sys", "/etc/resolv.conf"), mount
    for kind in ("bounding", "effective", "permitted", "inheritable", "ambient"):
        assert "CAP_SYS_ADMIN" not in spec["process"].get("capabilities", {}).get(kind, []), kind
    kinds = {namespace["type"] for namespace in spec["linux"]["namespaces"]}
    assert {"pid", "mount", "ipc", "uts"} <= kinds, kinds
    assert state_of(str(place.bundle)).mode == 0o700, "the bundle is open to others"
    assert not spec["linux"].get("devices"), spec["linux"]["devices"]


@suite.unpack(
    fails("environment|too long|outside 0 to|unable to find|config.(Env|Cmd|User|WorkingDir|Volumes|Labels)"),
    each={
        "Env-number": {"Env": 5}, "Env-item": {"Env": [5]}, "Env-no-equals": {"Env": ["PATH"]},
        "Env-long": {"Env": ["A" * 5_000_000]}, "Cmd-text": {"Cmd": "x"}, "User-number": {"User": 5}, "User-huge": {"User": "99999999999999"},
        "User-minus": {"User": "-1"}, "User-highest": {"User": "4294967295:4294967295"}, "User-unknown": {"User": "nobody\nroot"},
        "WorkingDir-number": {"WorkingDir": 5}, "Volumes-list": {"Volumes": []}, "Labels-number": {"Labels": {"a": 5}},
    },
)  # fmt: skip
def configuration_of_wrong_types(place: Place, runtime: dict[str, Any]) -> None:
    """Members that are not what they should be."""
    place.add_image(TAR, runtime=runtime)


@suite.unpack(fails("unsupported OS|os"), each={"windows": "windows", "escape": "\x1b[31m\n", "number": 5})
def other_operating_systems(place: Place, name: Any) -> None:
    """Images that are not for Linux."""
    place.add_image(TAR, config={"os": name})


@suite.unpack(makes(TREE), memory_mib=900, each={
    "Env": {"Env": [f"V{i}=x" for i in range(200_000)]},
    "Labels": {"Labels": {f"label{i}": "x" for i in range(200_000)}},
    "ExposedPorts": {"ExposedPorts": {f"{i}/tcp": {} for i in range(60_000)}},
    "Cmd": {"Cmd": ["x"] * 500_000},
})  # fmt: skip
def configuration_of_many_members(place: Place, runtime: dict[str, Any]) -> None:
    """Hundreds of thousands of variables or labels must not take time that grows with their square."""
    place.add_image(TAR, runtime=runtime)


@suite.unpack(makes(TREE), memory_mib=900)
def configuration_of_many_volumes(place: Place) -> None:
    """The same for volumes, each of which becomes a mount."""
    place.add_image(TAR, runtime={"Volumes": {f"/v{i}": {} for i in range(100_000)}})
