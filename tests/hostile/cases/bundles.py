# SPDX-License-Identifier: Apache-2.0
"""Bundles that are there before an unpack, or were tampered with before a repack."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

from umoci_test.oci_layout import MANIFEST_TYPE
from umoci_test.raw_tar import archive, directory, file, member, symlink

from harness.canary import SECRET
from harness.case import Suite, fails, makes, repacks, works
from harness.place import Place
from harness.trees import Tree

suite = Suite("bundles")

TAR = archive(directory("d"), file("d/f", b"f"), file("a", b"hello"), symlink("l", "a"))
TREE: Tree = {"d/f": b"f", "a": b"hello", "l": "a"}


def fill(path: Path) -> None:
    path.mkdir(parents=True)
    (path / "precious").write_bytes(b"kept")


@suite.command(
    fails("already exists"),
    each={
        "rootfs": lambda place: fill(place.rootfs),
        "empty-rootfs": lambda place: place.rootfs.mkdir(parents=True),
        "rootfs-is-a-file": lambda place: (place.bundle.mkdir(), place.rootfs.write_bytes(b"kept")),
        "rootfs-is-a-dangling-link": lambda place: (place.bundle.mkdir(), place.rootfs.symlink_to("nowhere")),
        "rootfs-is-a-link-to-the-canary": lambda place: (place.bundle.mkdir(), place.rootfs.symlink_to(place.canary)),
        "config": lambda place: (place.bundle.mkdir(), (place.bundle / "config.json").write_bytes(b"kept")),
        "config-is-a-link-to-the-canary": lambda place: (
            place.bundle.mkdir(), (place.bundle / "config.json").symlink_to(f"{place.canary}/f"),
        ),
        "config-is-a-pipe": lambda place: (place.bundle.mkdir(), os.mkfifo(place.bundle / "config.json")),
    },
)  # fmt: skip
def taken(place: Place, make: Callable[[Place], object]) -> list[str]:
    """Something is in the place of a part of the bundle: it stays as it is, modes included."""
    place.add_image(TAR)
    make(place)
    place.bundle.chmod(0o751)
    return ["unpack", "--image", place.image, str(place.bundle)]


@suite.command(fails("Not a directory|exists|not a directory"), each={"itself": "", "below": "x/y"})
def bundle_is_a_file(place: Place, below: str) -> list[str]:
    """The bundle's directory is a file."""
    place.add_image(TAR)
    place.bundle.write_bytes(b"kept")
    return ["unpack", "--image", place.image, str(place.bundle / below)]


@suite.command(fails("cannot be read"), each={"new": 0, "old": 1, "deep": 2})
def failure_in_the_middle(place: Place, how: int) -> list[str]:
    """The last entry of the last layer fails: what was there before is there again, and nothing else."""
    place.add_image([TAR, archive(file("b"), member("bad", "Z"))])
    bundle = place.bundle
    if how == 1:
        fill(bundle)
        bundle.chmod(0o751)
    if how == 2:
        bundle = place.bundle / "a/b/c"
    return ["unpack", "--image", place.image, str(bundle)]


@suite.command(makes(TREE))
def meta_is_a_link_to_the_canary(place: Place) -> list[str]:
    """The file that makes it a bundle is there already, as a link: it is replaced, not written through."""
    place.add_image(TAR)
    place.bundle.mkdir()
    (place.bundle / "umoci.json").symlink_to(f"{place.canary}/f")
    return ["unpack", "--image", place.image, str(place.bundle)]


def walk_of(place: Place) -> list[dict[str, Any]]:
    walk = json.loads((place.bundle / "umoci.json").read_text())["from_descriptor_path"]["descriptor_walk"]
    assert isinstance(walk, list)
    return walk


def meta(place: Place, **members: Any) -> None:
    """Changes members of umoci.json."""
    path = place.bundle / "umoci.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), **members}))


def walk_to(place: Place, **members: Any) -> None:
    """Changes members of the descriptor of the manifest in umoci.json."""
    meta(place, from_descriptor_path={"descriptor_walk": [{**walk_of(place)[-1], **members}]})


def mappings(place: Place, value: Any) -> None:
    meta(place, map_options={"uid_mappings": value, "gid_mappings": value, "rootless": False})


def swap(path: Path, make: Callable[[Path], object]) -> None:
    path.unlink()
    make(path)


def huge(path: Path) -> None:
    path.touch()
    os.truncate(path, 1 << 43)


META_TAMPERINGS: dict[str, Callable[[Place], object]] = {
    "gone": lambda place: (place.bundle / "umoci.json").unlink(),
    "empty": lambda place: (place.bundle / "umoci.json").write_bytes(b""),
    "list": lambda place: (place.bundle / "umoci.json").write_bytes(b"[]"),
    "deep": lambda place: (place.bundle / "umoci.json").write_bytes(b"[" * 1_000_000),
    "pipe": lambda place: swap(place.bundle / "umoci.json", os.mkfifo),
    "link-to-zero": lambda place: swap(place.bundle / "umoci.json", lambda path: path.symlink_to("/dev/zero")),
    "link-to-a-secret": lambda place: swap(place.bundle / "umoci.json", lambda path: path.symlink_to(secret_beside(place))),
    "huge": lambda place: swap(place.bundle / "umoci.json", huge),
    "version": lambda place: meta(place, umoci_version="3"),
    "whiteout-mode": lambda place: meta(place, whiteout_mode=1),
    "no-walk": lambda place: meta(place, from_descriptor_path={"descriptor_walk": []}),
    "walk-of-numbers": lambda place: meta(place, from_descriptor_path={"descriptor_walk": [5]}),
    "digest-of-dots": lambda place: walk_to(place, digest="sha256:../../../../canary/f"),
    "digest-of-another-bundle": lambda place: walk_to(place, digest="sha256:" + "a" * 64),
    "digest-with-nul": lambda place: walk_to(place, digest="sha256:\0"),
    "size-minus": lambda place: walk_to(place, size=-1),
    "size-wrong": lambda place: walk_to(place, size=5),
    "type": lambda place: walk_to(place, mediaType="application/vnd.oci.image.index.v1+json"),
    "data": lambda place: walk_to(place, data="e30="),
    "no-map": lambda place: mappings(place, 5),
    "map-minus": lambda place: mappings(place, [{"containerID": -1, "hostID": 0, "size": 1}]),
    "map-2^32": lambda place: mappings(place, [{"containerID": 0, "hostID": 2**32, "size": 1}]),
    "map-wraps": lambda place: mappings(place, [{"containerID": 0, "hostID": 2**32 - 1, "size": 2**32 - 1}]),
    "map-of-nothing": lambda place: mappings(place, [{"containerID": 0, "hostID": 0, "size": 0}]),
    "map-overlaps": lambda place: mappings(place, [{"containerID": 0, "hostID": 0, "size": 9}, {"containerID": 5, "hostID": 100, "size": 9}]),
}


def secret_beside(place: Place) -> Path:
    path = place.base / "secret"
    path.write_bytes(SECRET + b"\n")
    return path


@suite.repack(fails("."), base=TAR, each=META_TAMPERINGS)
def meta_is_not_ours(place: Place, tamper: Callable[[Place], object]) -> None:
    """The file that says what the bundle came from is a pipe, or somebody else wrote it."""
    tamper(place)
    (place.rootfs / "new").write_bytes(b"new")


def mtree_of(place: Place) -> Path:
    (path,) = place.bundle.glob("*.mtree")
    return path


def add_lines(place: Place, text: bytes) -> None:
    """Adds lines to the manifest, and makes the bundle one that does not know its manifest's digest."""
    meta(place, mtree_digest=None)
    with mtree_of(place).open("ab") as file_of_lines:
        file_of_lines.write(b"\n" + text)


MTREE_TAMPERINGS: dict[str, Callable[[Place], object]] = {
    "gone": lambda place: mtree_of(place).unlink(),
    "pipe": lambda place: swap(mtree_of(place), os.mkfifo),
    "directory": lambda place: swap(mtree_of(place), os.mkdir),
    "link-to-zero": lambda place: swap(mtree_of(place), lambda path: path.symlink_to("/dev/zero")),
    "link-to-a-secret": lambda place: swap(mtree_of(place), lambda path: path.symlink_to(secret_beside(place))),
    "huge": lambda place: swap(mtree_of(place), huge),
    "directive": lambda place: add_lines(place, b"/nonsense type=dir\n"),
    "escape": lambda place: add_lines(place, rb"a\qb type=file" + b"\n"),
    "mode": lambda place: add_lines(place, b"x mode=99999999999\n"),
    "size": lambda place: add_lines(place, b"x size=-99999999999999999999\n"),
    "digest": lambda place: add_lines(place, b"x type=file sha256digest=../../x\n"),
    "xattr": lambda place: add_lines(place, b"x xattr.user.a=!!!\n"),
    "nul": lambda place: add_lines(place, rb"x\000y type=file" + b"\n"),
    "long-line": lambda place: add_lines(place, b"x" * (17 << 20)),
    "deep": lambda place: add_lines(place, b"d type=dir\n" * 200_000),
    "whiteout": lambda place: add_lines(place, b".wh.x type=file\n"),
    "whiteout-of-dots": lambda place: add_lines(place, b"./.wh... type=file\n"),
}


@suite.repack(fails("."), base=TAR, each=MTREE_TAMPERINGS)
def mtree_is_not_ours(place: Place, tamper: Callable[[Place], object]) -> None:
    """The file that says what the tree was is a pipe, or somebody else wrote it."""
    tamper(place)
    (place.rootfs / "new").write_bytes(b"new")


@suite.repack(fails("mtree_digest"), base=TAR)
def mtree_is_well_formed_and_not_ours(place: Place) -> None:
    """Somebody put what looks like a file of the image into the manifest, to have it whited out."""
    with mtree_of(place).open("ab") as file_of_lines:
        file_of_lines.write(b"\nhidden type=file\n")


@suite.repack(
    repacks({**TREE, "new": b"new"}), base=TAR,
    each={"dots": b"../../../canary/f type=file\n", "absolute": b"./../../canary type=dir\n", "above": b"..\n" * 100 + b"x type=file\n",
          "escaped-dots": rb"\056\056/\056\056/canary/f type=file" + b"\n", "escaped-slash": rb"\056\056\057\056\056\057canary type=file" + b"\n"},
)  # fmt: skip
def mtree_names_things_outside(place: Place, text: bytes) -> None:
    """The manifest tells of files above the tree, which are missing, and would become whiteouts."""
    add_lines(place, text)
    (place.rootfs / "new").write_bytes(b"new")


@suite.repack(
    fails("."), base=TAR, each={
        "link-to-the-canary": lambda path, place: path.symlink_to(place.canary),
        "dangling-link": lambda path, place: path.symlink_to("nowhere"),
        "file": lambda path, place: path.write_bytes(b"x"),
        "pipe": lambda path, place: os.mkfifo(path),
        "gone": lambda path, place: None,
    },
)  # fmt: skip
def rootfs_is_something_else(place: Place, make: Callable[[Path, Place], object]) -> None:
    """The tree to be packed is a link to the canary, a pipe, or not there."""
    shutil.rmtree(place.rootfs)
    make(place.rootfs, place)


def check_refreshed(place: Place) -> None:
    assert walk_of(place)[-1]["mediaType"] == MANIFEST_TYPE
    assert (place.bundle / "copy").read_bytes() != (place.bundle / "umoci.json").read_bytes(), "written, not replaced"


@suite.repack(works(lambda place, _: check_refreshed(place)), "--refresh-bundle", base=TAR, changes_bundle=True)
def refreshed_part_has_a_second_name(place: Place) -> None:
    """The file that a refresh replaces has a second name, whose content must stay."""
    path = place.bundle / "umoci.json"
    text = path.read_bytes()
    copy = place.bundle / "copy"
    copy.write_bytes(text)
    path.unlink()
    os.link(copy, path)
    (place.rootfs / "new").write_bytes(b"new")
