# SPDX-License-Identifier: Apache-2.0
"""Types of entries, and what gives way to what."""

from __future__ import annotations

import itertools

from umoci_test.raw_tar import archive, device, directory, fifo, file, hard_link, member, symlink, whiteout

from harness.stack import Layers, Suite

suite = Suite("types")

KINDS = {
    "file": lambda name: file(name, b"content of " + name.encode(), uid=1, mode=0o640),
    "directory": lambda name: directory(name, uid=2, mode=0o1750) + file(f"{name}/in", b"in") + directory(f"{name}/sub"),
    "link": lambda name: symlink(name, "elsewhere", uid=3),
    "link-to-directory": lambda name: symlink(name, "real", uid=3),
    "hard-link": lambda name: hard_link(name, "anchor", uid=9),
    "fifo": lambda name: fifo(name, uid=4, mode=0o600),
    "character": lambda name: device(name, "3", 1, 3, uid=5),
    "block": lambda name: device(name, "4", 7, 9, gid=6),
}
PAIRS = {f"{old}-by-{new}": (KINDS[old], KINDS[new]) for old, new in itertools.product(KINDS, KINDS)}
# A time of the directory in which it all happens.
AROUND = directory("d", mtime=900_000_000) + directory("real", mtime=800_000_000) + file("anchor", b"anchor", uid=8)


def _in(kinds: tuple[object, object]) -> tuple[bytes, bytes]:
    old, new = kinds
    return old("d/x"), new("d/x")  # type: ignore[operator]


@suite.stack(each=PAIRS)
def replaced(kinds: tuple[object, object]) -> Layers:
    """Each type over each other one of the layer below."""
    old, new = _in(kinds)
    return [archive(AROUND, old), archive(new)]


@suite.stack(each=PAIRS)
def replaced_in_one_layer(kinds: tuple[object, object]) -> Layers:
    """The last entry of a name wins."""
    old, new = _in(kinds)
    return archive(AROUND, old, new)


@suite.stack("--keep-dirlinks", each={name: pair for name, pair in PAIRS.items() if name.startswith("link")})
def replaced_but_for_links(kinds: tuple[object, object]) -> Layers:
    """Links to directories that are kept for directories, and no others."""
    old, new = _in(kinds)
    return [archive(AROUND, symlink("d/real", "../real"), old), archive(new)]


@suite.stack(each=KINDS)
def hidden_and_made_again(kind: object) -> Layers:
    """What is whited out and comes back in the same layer is new."""
    entry = kind("d/x")  # type: ignore[operator]
    return [archive(AROUND, entry), archive(whiteout("d/x"), entry), archive(entry, whiteout("d/x"))]


@suite.stack()
def directory_over_directory() -> Layers:
    """The content stays, the metadata is replaced, attributes included."""
    return [
        archive(directory("d", uid=1, mode=0o700, pax={"SCHILY.xattr.user.a": "1"}), file("d/f")),
        archive(directory("d", gid=2, mode=0o3777, mtime=5, pax={"SCHILY.xattr.user.b": "2"})),
    ]


@suite.stack()
def several_entries_of_one_directory() -> Layers:
    """The last one says what it is like."""
    return archive(directory("d", mode=0o700, mtime=1), file("d/f"), directory("d", mode=0o711, mtime=2), file("d/g"))


@suite.stack(each={name: type_flag for name, type_flag in (("file", b"0"), ("directory", b"5"), ("character", b"3"))})
def type_bits_in_the_mode(type_flag: bytes) -> Layers:
    """The mode says nothing of the type."""
    mode = {b"0": 0o100644, b"5": 0o40755, b"3": 0o20644}[type_flag]
    return archive(member("x", type_flag, mode=mode, major=1, minor=3))


@suite.stack()
def devices_with_odd_numbers() -> Layers:
    """Numbers of devices beyond those that are in use."""
    return archive(device("c", "3", 0, 0), device("large", "4", 4095, 1_048_575), device("zero", "3", 5, 0, mode=0))


@suite.stack(each={"directory-by-file": (directory("d"), file("d")), "file-by-directory": (file("d"), directory("d"))})
def replaced_several_times(entries: tuple[bytes, bytes]) -> Layers:
    """Over three layers, content included."""
    first, second = entries
    inside = directory("e") + file("e/f")
    return [archive(first, inside), archive(second, file("e")), archive(first, inside)]
