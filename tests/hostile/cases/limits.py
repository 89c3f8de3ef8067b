# SPDX-License-Identifier: Apache-2.0
"""What an image may ask for, with limits so low that little is needed to exceed them."""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Callable
from typing import Any

from umoci_test.oci_layout import INDEX_TYPE, REF_NAME, Compression, Layer, digest_of
from umoci_test.raw_tar import archive, directory, file, gnu_long_name, pax_sparse, symlink

from harness.case import EVERYWHERE, Fails, Suite, fails, makes
from harness.place import Layers, Place

suite = Suite("limits")

MIB = 1 << 20
# For each limit: its value, and layers that exceed it by little.
EXCEEDING: dict[str, tuple[int, Callable[[], Any]]] = {
    "entries": (5, lambda: archive(*(file(f"f{i}") for i in range(6)))),
    "layer_bytes": (10_000, lambda: archive(file("f", b"x" * 10_000))),
    "file_bytes": (99, lambda: archive(file("f", b"x" * 100))),
    "path_depth": (10, lambda: archive(file("d/" * 10 + "f"))),
    "path_bytes": (300, lambda: archive(file("n" * 150 + "/" + "m" * 150))),
    "xattr_bytes": (100, lambda: archive(file("f", pax={"SCHILY.xattr.user.a": b"x" * 100}))),
    "image_xattr_bytes": (150, lambda: [archive(file(name, pax={"SCHILY.xattr.user.a": b"x" * 80})) for name in "fg"]),
    "image_entries": (3, lambda: [archive(file("a"), file("b")), archive(file("c"), file("d"))]),
    "image_bytes": (150, lambda: [archive(file("f", b"x" * 80)), archive(file("g", b"x" * 80))]),
    "hole_bytes": (50, lambda: archive(pax_sparse("1.0", "s", 5 * MIB, [(0, 1)], b"x"))),
    "tree_path_bytes": (10_000, lambda: archive(*(directory("d" * 99 + "/" + "d/" * 200 * i) for i in range(1, 20)))),
    "symlinks": (2, lambda: archive(symlink("a", "b"), symlink("b", "c"), symlink("c", "."), file("a/f"))),
    "link_steps": (100, lambda: archive(directory("d"), symlink("l", "d/../" * 60 + "d"), file("l/f"))),
    "sparse_extents": (3, lambda: archive(pax_sparse("1.0", "s", 100, [(i * 10, 1) for i in range(4)], b"xxxx"))),
    "special_header_bytes": (600, lambda: archive(gnu_long_name("a/" * 301), file("f"))),
    "zstd_window_bytes": (MIB, lambda: Layer(archive(file("f", bytes(5 * MIB))), Compression.ZSTD)),
    "layers": (2, lambda: [archive(file("a")), archive(file("b")), archive(file("c"))]),
    "document_bytes": (300, lambda: archive(file("f"))),
}


@suite.command(
    lambda what: Fails(rf"{what[0]}"),
    each={f"{name}-{kind}": (name, kind) for name in EXCEEDING for kind in ("unpack", "with-a-good-layer-before")},
)
def exceeded(place: Place, what: tuple[str, str]) -> list[str]:
    """One more than allowed: an error that names the limit, and nothing is left of what was extracted before."""
    name, kind = what
    value, make = EXCEEDING[name]
    layers = make() if isinstance(make(), list) else [make()]
    if kind != "unpack":
        layers = [archive(file("good", b"x" * 50), directory("d")), *layers]
    place.add_image(layers)
    return ["unpack", "--limit", f"{name}={value}", "--image", place.image, str(place.bundle)]


@suite.command(fails("expansion_ratio"), each={"gzip": Compression.GZIP, "zstd": Compression.ZSTD})
def expansion_ratio(place: Place, compression: Compression) -> list[str]:
    """A layer grows a hundredfold."""
    place.add_image([Layer(archive(file("f", bytes(5 * MIB))), compression)])
    limits = ["--limit", "expansion_ratio=100", "--limit", "expansion_free_bytes=1000000"]
    return ["unpack", *limits, "--image", place.image, str(place.bundle)]


@suite.command(fails("index_depth"))
def index_depth(place: Place) -> list[str]:
    """Three indexes above a manifest."""
    below = place.layout.add_image([archive(file("f"))], tag=None)
    for _ in range(3):
        below = place.layout.add_document({"schemaVersion": 2, "manifests": [below]}, INDEX_TYPE)
    place.layout.write_index([{**below, "annotations": {REF_NAME: "latest"}}])
    return ["unpack", "--limit", "index_depth=2", "--image", place.image, str(place.bundle)]


@suite.command(fails("graph_nodes"))
def graph_nodes(place: Place) -> list[str]:
    """More descriptors than may be looked at."""
    image = place.layout.add_image([archive(file("f"))], tag=None)
    entries = [{**image, "digest": digest_of(b"%d" % i)} for i in range(20)]
    below = place.layout.add_document({"schemaVersion": 2, "manifests": entries}, INDEX_TYPE, annotations={REF_NAME: "latest"})
    place.layout.write_index([below])
    return ["unpack", "--limit", "graph_nodes=10", "--image", place.image, str(place.bundle)]


@suite.command(fails("document_depth"))
def document_depth(place: Place) -> list[str]:
    """A document of more levels than allowed."""
    place.add_image(archive(file("f")), manifest={"annotations": {}, "x": [[[[[[[[]]]]]]]]})
    return ["unpack", "--limit", "document_depth=6", "--image", place.image, str(place.bundle)]


# Directories that no entry names cost as much as others.


@suite.command(fails("entries"))
def implied_directories(place: Place) -> list[str]:
    """A name of 2,000 directories is one entry of an archive, and 2,000 of a disk."""
    place.add_image(archive(*(file(f"{i}/" + "d/" * 500 + "f") for i in range(4))))
    return ["unpack", "--limit", "entries=1000", "--image", place.image, str(place.bundle)]


@suite.command(fails("path_depth|entries|links"))
def depth_by_links(place: Place) -> list[str]:
    """Links as parents make paths that are deeper than any name in the archive."""
    members: list[bytes] = [symlink("l0", "/".join(["d"] * 20))]
    for i in range(1, 8):
        members.append(symlink("/".join(f"l{j}" for j in range(i)) + f"/l{i}", "/".join(["d"] * 20)))
    members.append(file("/".join(f"l{j}" for j in range(8)) + "/f"))
    place.add_image(archive(*members))
    return ["unpack", "--limit", "path_depth=50", "--image", place.image, str(place.bundle)]


# They may have 128 MiB. A sanitizer doubles them, and keeps up to 256 MiB of what was freed.
@suite.unpack(fails("image_xattr_bytes"), memory_mib=700)
def attributes_of_many_directories(place: Place) -> None:
    """Attributes of directories are kept until the end: 900 times almost a MiB, from 3 MiB of blob."""
    record = {f"SCHILY.xattr.user.a{i}": b"x" * 60_000 for i in range(17)}
    place.add_image([repeated(lambda i: directory(f"d{i}", pax=record), 900)])


def repeated(make: Callable[[int], bytes], count: int) -> Layer:
    """A layer of many members, without having them in memory."""
    deflate, digest, out = zlib.compressobj(1, zlib.DEFLATED, 31), hashlib.sha256(), []
    for i in range(count + 1):
        data = make(i) if i < count else bytes(1024)
        digest.update(data)
        out.append(deflate.compress(data))
    out.append(deflate.flush())
    return Layer(b"", Compression.GZIP, blob=b"".join(out), diff_id=f"sha256:{digest.hexdigest()}")


@suite.command(
    fails("invalid --limit|Incorrect|limit"), each={"unknown": "entrys=5", "no-value": "entries", "minus": "entries=-1", "letters": "entries=x", "2^64": f"entries={1 << 64}", "suffix-overflow": "layer_bytes=99999999999T", "escape": "\x1b[31m=5"}
)
def limit_that_is_none(place: Place, text: str) -> list[str]:
    """A limit that is misspelled must not be no limit."""
    place.add_image(archive(file("f")))
    return ["unpack", f"--limit={text}", "--image", place.image, str(place.bundle)]


@suite.unpack(makes({"f": b"x" * 100}), "--limit", "entries=1", "--limit", "file_bytes=100", "--limit", "layers=1", "--limit", "path_bytes=1", "--limit", "path_depth=1", worlds=EVERYWHERE)
def just_within(place: Place) -> Layers:
    """As much as allowed is allowed."""
    return archive(file("f", b"x" * 100))
