# SPDX-License-Identifier: Apache-2.0
"""Trees compared with manifests: one of them, or both, made by a stranger."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable
from pathlib import Path

from umoci_test.raw_tar import archive, device, directory, fifo, file, hard_link, symlink

from harness.case import EVERYWHERE, Suite, fails, rootless, works
from harness.place import Place
from harness.program import Outcome

suite = Suite("validations")


def validate(place: Place, *flags: str) -> list[str]:
    """The command for the manifest beside the tree that takes the place of the bundle."""
    return ["raw", "mtree-validate", *rootless(place), *flags, "-f", str(place.base / "manifest"), "-p", str(place.bundle)]


def small_tree(place: Place) -> None:
    place.bundle.mkdir()
    (place.bundle / "f").write_bytes(b"hello")


def huge(path: Path) -> None:
    path.touch()
    os.truncate(path, 1 << 43)


MANIFESTS: dict[str, Callable[[Path], object]] = {
    "huge": huge,
    "directory": lambda path: path.mkdir(),
    "loop": lambda path: path.symlink_to(path),
    "missing": lambda path: None,
    "junk": lambda path: path.write_bytes(b"\xff\0\x01" * 1000),
    "directive": lambda path: path.write_bytes(b"/nonsense type=dir\n"),
    "escape": lambda path: path.write_bytes(rb"a\qb type=file" + b"\n"),
    "nul": lambda path: path.write_bytes(rb"x\000y type=file" + b"\n"),
    "size": lambda path: path.write_bytes(b"x size=-99999999999999999999\n"),
    "mode": lambda path: path.write_bytes(b"x mode=99999999999\n"),
    "digest": lambda path: path.write_bytes(b"x sha256digest=../../x\n"),
    "attribute": lambda path: path.write_bytes(b"x xattr.user.a=!!!\n"),
    "long-line": lambda path: path.write_bytes(b"x" * (17 << 20)),
    "many-words": lambda path: path.write_bytes(b"x " + b"".join(b"k%d=1 " % i for i in range(1000)) + b"\n"),
    "multiplied": lambda path: path.write_bytes(b"/set foo=" + b"x" * (1 << 20) + b"\n" + b"".join(b"f%d\n" % i for i in range(1000))),
    "deep": lambda path: path.write_bytes(b"d type=dir\n" * 200_000),
}


@suite.command(fails("manifest|limit|such file"), worlds=EVERYWHERE, changes_bundle=False, each=MANIFESTS)
def manifest_of_a_stranger(place: Place, make: Callable[[Path], object]) -> list[str]:
    """The manifest is endless, no manifest, or made to fill the memory."""
    small_tree(place)
    make(place.base / "manifest")
    return validate(place)


@suite.command(
    fails("differ in"), worlds=EVERYWHERE, changes_bundle=False,
    each={
        "dots": b"../../../canary/f type=file\n", "absolute": b"./../../canary type=dir\n",
        "escaped-dots": rb"\056\056/\056\056/canary/f type=file" + b"\n",
        "newline": rb"a\012\042f\042: type=file" + b"\n", "escapes": rb"a\033[2J\015b type=file" + b"\n",
        "device-of-another-system": b"f device=bsdos,1,2,3 type=dir\n",
    },
)  # fmt: skip
def names_of_a_stranger(place: Place, text: bytes) -> list[str]:
    """Names that lead out of the tree, or steer the terminal, are names of what is missing."""
    small_tree(place)
    (place.base / "manifest").write_bytes(b". type=dir\nf type=file\n..\n" + text)
    return validate(place)


OBJECTS: dict[str, Callable[[Path, Place], object]] = {
    "link-to-the-canary": lambda path, place: path.symlink_to(f"{place.canary}/f"),
    "directory-of-the-canary": lambda path, place: path.symlink_to(place.canary),
    "pipe": lambda path, place: os.mkfifo(path),
    "zero": lambda path, place: os.mknod(path, stat.S_IFCHR | 0o666, os.makedev(1, 5)),
    "huge": lambda path, place: huge(path),
}


@suite.command(fails("differ in 1 path"), worlds=EVERYWHERE, changes_bundle=False, each=OBJECTS)
def file_is_something_else(place: Place, make: Callable[[Path, Place], object]) -> list[str]:
    """What was a file is now a link out, or has no end: it differs, and is not read to find that out."""
    place.bundle.mkdir()
    make(place.bundle / "x", place)
    (place.base / "manifest").write_bytes(b". type=dir nochange\nx type=file size=5 sha256digest=" + b"0" * 64 + b"\n")
    return validate(place)


@suite.command(fails("Too many levels"), worlds=EVERYWHERE, changes_bundle=False)
def root_is_a_loop(place: Place) -> list[str]:
    """A link as the root is followed, as the user says (B08), but not forever."""
    place.bundle.symlink_to(place.bundle)
    (place.base / "manifest").write_bytes(b". type=dir nochange\n")
    return validate(place)


@suite.command(fails("differ in"), changes_bundle=False)
def root_is_a_link_to_the_canary(place: Place) -> list[str]:
    """What is behind the root is looked at, and that leaves no trace."""
    place.bundle.symlink_to(place.canary)
    (place.base / "manifest").write_bytes(b". type=dir nochange\n")
    return validate(place)


def is_silent(_: Place, outcome: Outcome) -> None:
    assert outcome.stdout == b"", outcome.stdout


@suite.command(works(is_silent), worlds=EVERYWHERE, changes_bundle=False)
def bundle_as_it_was_unpacked(place: Place) -> list[str]:
    """Links out, closed directories, odd names, stand-ins for devices: nothing of it differs or is changed."""
    place.add_image(archive(
        symlink("l", place.canary), fifo("p"), device("zero", "3", 1, 5), directory("closed", mode=0), file("closed/f", mode=0),
        file(b"\xff\n\x1b[2J"), file("s", mode=0o4755), hard_link("h", "s"),
    ))  # fmt: skip
    place.must_run("unpack", *rootless(place), "--image", place.image, str(place.bundle))
    (manifest,) = place.bundle.glob("*.mtree")
    return ["raw", "mtree-validate", *rootless(place), "-f", str(manifest), "-p", str(place.rootfs)]
