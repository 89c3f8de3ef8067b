# SPDX-License-Identifier: Apache-2.0
"""Things of a stranger that are inserted into an image."""

from __future__ import annotations

import os
import socket
import stat
from collections.abc import Callable
from pathlib import Path

from umoci_test.raw_tar import archive, file

from harness.case import EVERYWHERE, Suite, fails, repacks, rootless
from harness.place import Place
from harness.trees import Is

suite = Suite("inserts")
BASE = archive(file("a", b"hello"))


def insert(place: Place, *arguments: str) -> list[str]:
    """The command."""
    place.add_image(BASE, config={"history": [{"created_by": "hostile"}]})
    place.give_layout()
    return ["insert", *rootless(place), "--image", place.image, *arguments]


def unpacked_device(place: Place) -> Is:
    """Only root outside of namespaces gets more than a file that stands in for it."""
    return Is("c", device=(1, 5)) if place.is_root else Is("-", b"")


def make_socket(path: Path) -> None:
    """Whatever the length of its path."""
    with socket.socket(socket.AF_UNIX) as unix:
        handle = os.open(path.parent, os.O_PATH)
        unix.bind(f"/proc/self/fd/{handle}/{path.name}")
        os.close(handle)


def fill(path: Path, place: Place) -> None:
    """One of everything."""
    path.mkdir()
    (path / "f").write_bytes(b"new")
    (path / "f").chmod(0o644)
    (path / "l").symlink_to(f"{place.canary}/f")
    (path / "d").symlink_to(place.canary)
    os.mkfifo(path / "p")
    os.mknod(path / "c", stat.S_IFCHR | 0o600, os.makedev(1, 5))
    make_socket(path / "s")


@suite.command(
    repacks(
        lambda place: {
            "a": b"hello", "x/f": b"new", "x/l": f"{place.canary}/f", "x/d": place.canary, "x/p": Is("p"), "x/c": unpacked_device(place),
        },
        warns="socket",
    ),
    changes_layout=True, changes_bundle=False, worlds=EVERYWHERE,
)  # fmt: skip
def tree_of_everything(place: Place) -> list[str]:
    """Links to the canary, a pipe, a device without end, a socket: none is followed or opened."""
    source = place.base / "source"
    fill(source, place)
    return insert(place, str(source), "/x")


Source = tuple[Callable[[Path, Place], object], Callable[[Place], Is | str]]
SOURCES: dict[str, Source] = {
    "link-to-the-canary": (lambda path, place: path.symlink_to(place.canary), lambda place: place.canary),
    "pipe": (lambda path, place: os.mkfifo(path), lambda place: Is("p")),
    "device": (lambda path, place: os.mknod(path, stat.S_IFCHR | 0o600, os.makedev(1, 5)), unpacked_device),
    "loop": (lambda path, place: path.symlink_to(path), lambda place: f"{place.base}/source"),
}


@suite.command(
    lambda what: repacks(lambda place: {"a": b"hello", "x": what[1](place)}),
    each=SOURCES, changes_layout=True, changes_bundle=False, worlds=EVERYWHERE,
)  # fmt: skip
def source_of_a_kind(place: Place, what: Source) -> list[str]:
    """What is inserted is itself a link, a pipe or a device."""
    what[0](place.base / "source", place)
    return insert(place, f"{place.base}/source", "/x")


@suite.command(
    fails("."), changes_layout=True, changes_bundle=False, worlds=EVERYWHERE,
    each={"whiteout": ".wh.x", "opaque": ".wh..wh..opq", "dots": ".wh...", "below": "d/.wh.x", "as-directory": ".wh.d/f"},
)  # fmt: skip
def names_of_whiteouts(place: Place, name: str) -> list[str]:
    """A file of such a name would delete something in every unpack."""
    path = place.base / "source" / name
    path.parent.mkdir(parents=True)
    path.write_bytes(b"x")
    return insert(place, f"{place.base}/source", "/x")


@suite.command(
    fails("."), changes_layout=True, changes_bundle=False, worlds=EVERYWHERE,
    each={
        "missing-source": ["/nonexistent/x", "/x"],
        "file-to-the-root": ["SOURCE/f", "/"],
        "file-to-dots": ["SOURCE/f", "../.."],
        "whiteout-of-the-root": ["--whiteout", "/"],
        "whiteout-of-dot": ["--whiteout", "."],
        "whiteout-of-dots": ["--whiteout", "../../.."],
        "whiteout-of-a-whiteout": ["--whiteout", "/.wh.x"],
        "target-is-a-whiteout": ["SOURCE/f", "/.wh.x"],
        "target-below-a-whiteout": ["SOURCE/f", "/.wh.x/y"],
        "target-is-opaque": ["SOURCE/f", "/d/.wh..wh..opq"],
    },
)  # fmt: skip
def impossible(place: Place, arguments: list[str]) -> list[str]:
    """Targets that no layer can hold."""
    source = place.base / "source"
    source.mkdir()
    (source / "f").write_bytes(b"new")
    return insert(place, *(text.replace("SOURCE", str(source)) for text in arguments))


@suite.command(repacks({"a": b"hello", "b": b"new"}), changes_layout=True, changes_bundle=False, worlds=EVERYWHERE)
def target_of_dots(place: Place) -> list[str]:
    """Dots in the target end at the root of the image."""
    (place.base / "source").write_bytes(b"new")
    return insert(place, f"{place.base}/source", "/../../b")


@suite.command(fails("is a socket"), changes_layout=True, changes_bundle=False, worlds=EVERYWHERE)
def source_is_a_socket(place: Place) -> list[str]:
    """No layer can hold one: better no image than one that lacks what was asked for."""
    make_socket(place.base / "source")
    return insert(place, f"{place.base}/source", "/x")


LISTS: dict[str, Callable[[Path, Place], object]] = {
    "zero": lambda path, place: path.symlink_to("/dev/zero"),
    "huge": lambda path, place: path.write_bytes(b"") or os.truncate(path, 1 << 43),
    "directory-of-the-canary": lambda path, place: path.symlink_to(place.canary),
    "loop": lambda path, place: path.symlink_to(path),
    "nul": lambda path, place: path.write_bytes(b"a\0b /x\n"),
    "long-line": lambda path, place: path.write_bytes(b"x" * (20 << 20)),
    "long-name": lambda path, place: path.write_bytes(b"y" * 70_000 + b" /x\n"),
    "whiteout": lambda path, place: path.write_bytes(b"/etc/passwd /.wh.x\n"),
    "one-target-twice": lambda path, place: path.write_bytes(b"/etc/passwd /x\n/etc/group /y/../x\n"),
    "file-as-parent": lambda path, place: path.write_bytes(b"/etc/passwd /x\n/etc/group /x/y\n"),
}


@suite.command(fails("."), changes_layout=True, changes_bundle=False, worlds=EVERYWHERE, each=LISTS)
def list_of_insertions(place: Place, make: Callable[[Path, Place], object]) -> list[str]:
    """The list is endless, no list, or asks for what cannot be."""
    path = place.base / "list"
    make(path, place)
    return insert(place, "--from-file", str(path))
