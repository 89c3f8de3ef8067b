# SPDX-License-Identifier: Apache-2.0
"""Archives that are added as layers: what could not be unpacked must not get into an image."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable
from pathlib import Path

from umoci_test.oci_layout import Compression
from umoci_test.raw_tar import Dialect, Header, archive, file, hard_link, member, old_gnu_sparse, pax_header, symlink

from harness.canary import SECRET
from harness.case import EVERYWHERE, Suite, fails, repacks
from harness.place import Place

suite = Suite("archives")
BASE = archive(file("a", b"hello"))


def add(place: Place, path: Path) -> list[str]:
    """The command for an archive."""
    place.add_image(BASE, config={"history": [{"created_by": "hostile"}]})
    place.give_layout()
    return ["raw", "add-layer", "--image", place.image, str(path)]


@suite.command(
    fails("."), changes_layout=True, changes_bundle=False, worlds=EVERYWHERE,
    each={
        "junk": b"junk" * 1000,
        "all-ones": b"\xff" * 2048,
        "half-a-header": file("x")[:300],
        "content-cut-off": file("x", b"y" * 5000)[:1000],
        "checksum": archive(file("x", checksum=bytes(8))),
        "unknown-type": archive(member("x", "Z")),
        "owner": archive(file("x", uid=2**32 - 1)),
        "pax": archive(member("x", pax=b"99 a=b\n")),
        "huge-header": archive(Header(name="x", type="x", size=1 << 40).block()),
        "sparse": archive(old_gnu_sparse("s", 10, [(0, 10), (5, 10)], bytes(20))),
        "gzip-cut-off": Compression.GZIP.compress(archive(file("x")))[:-9],
        "gzip-and-junk": Compression.GZIP.compress(archive(file("x"))) + b"junk",
        "zstd-cut-off": Compression.ZSTD.compress(archive(file("x", bytes(range(256)) * 9)))[:-30],
        "bzip2": b"BZh91AY&SY" + bytes(1000),
        "xz": b"\xfd7zXZ\0" + bytes(1000),
        "text-header": Header(name="x", dialect=Dialect.V7, size=b"zz").block(),
        "special-header-alone": pax_header({"path": "x"})[:512],
    },
)  # fmt: skip
def no_archive(place: Place, data: bytes) -> list[str]:
    """What is no archive, or one that nobody could unpack."""
    path = place.base / "more.tar"
    path.write_bytes(data)
    return add(place, path)


@suite.command(
    fails("whiteout|root of the tree|without a target|can have the target|is the link itself"),
    changes_layout=True, changes_bundle=False, worlds=EVERYWHERE,
    each={
        "dot": file(".wh.."), "dot-dot": file("d/.wh..."), "empty": file(".wh."), "as-parent": file(".wh.x/y"),
        "root-is-a-link": symlink("/.", "/etc"),
        "link-to-nothing": symlink("l", ""),
        "link-too-long": pax_header({"linkpath": "x" * 4096}) + symlink("l", "x"),
        "hard-link-to-itself": hard_link("d/h", "./d/h"),
        "hard-link-to-the-root": hard_link("h", "/"),
    },
)  # fmt: skip
def archive_that_nobody_may_unpack(place: Place, entry: bytes) -> list[str]:
    """Whiteouts of "." and "..", a root that is a link, links that no tree can have: refused here as when they are unpacked."""
    path = place.base / "more.tar"
    path.write_bytes(archive(entry))
    return add(place, path)


KINDS: dict[str, Callable[[Path, Place], object]] = {
    "missing": lambda path, place: None,
    "directory": lambda path, place: path.mkdir(),
    "directory-of-the-canary": lambda path, place: path.symlink_to(place.canary),
    "loop": lambda path, place: path.symlink_to(path),
    "zero": lambda path, place: os.mknod(path, stat.S_IFCHR | 0o666, os.makedev(1, 5)),
    "secret": lambda path, place: path.write_bytes(SECRET * 100),
    "huge": lambda path, place: path.write_bytes(b"") or os.truncate(path, 1 << 43),
}


@suite.command(fails("."), changes_layout=True, changes_bundle=False, worlds=EVERYWHERE,
               each={name: name for name in KINDS if name not in ("zero", "huge")})  # fmt: skip
def file_of_another_kind(place: Place, kind: str) -> list[str]:
    """The archive is a directory, a loop, or something that must not be quoted."""
    path = place.base / "more.tar"
    KINDS[kind](path, place)
    return add(place, path)


@suite.command(
    repacks(lambda place: {"a": b"hello", "l": place.canary, f"{place.canary[1:]}/f": b"x"}),
    changes_layout=True, changes_bundle=False, worlds=EVERYWHERE,
)  # fmt: skip
def archive_with_links_out(place: Place) -> list[str]:
    """Links to the canary may be in a layer: unpacking is safe."""
    path = place.base / "more.tar"
    path.write_bytes(archive(symlink("l", place.canary), file("l/f")))
    return add(place, path)
