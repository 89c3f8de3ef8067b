# SPDX-License-Identifier: Apache-2.0
"""Whiteouts, which delete: only what lower layers brought, and only inside the tree."""

from __future__ import annotations

from umoci_test.raw_tar import archive, directory, fifo, file, hard_link, member, opaque, symlink, whiteout

from harness.case import EVERYWHERE, Suite, fails, makes
from harness.place import Layers, Place
from harness.trees import DIRECTORY, Is

suite = Suite("whiteouts")


@suite.unpack(
    fails("names nothing that could be hidden|whiteout for a directory"),
    each={
        "empty": ".wh.",
        "dot": ".wh..",
        "dot-dot": ".wh...",
        "empty-below": "d/.wh.",
        "dot-below": "d/.wh..",
        "dot-dot-below": "d/.wh...",
        "dot-dot-behind-a-link": "l/.wh...",
        "slash-behind": "d/.wh.../",
        "slashes-before": "//.wh...",
        "slash-inside": ".wh./x",
        "dot-dot-slash": ".wh.../x",
        "as-parent": ".wh.d/x",
        "opaque-as-parent": ".wh..wh..opq/x",
    },
    worlds=EVERYWHERE,
)
def malformed(place: Place, name: str) -> Layers:
    """Put together with its directory, what such a whiteout names is the directory itself, or its parent."""
    return [archive(directory("d"), file("d/x"), file("keep"), symlink("l", place.canary)), archive(file(name, b""))]


@suite.unpack(fails("names nothing that could be hidden"), each={kind: kind for kind in "123456"})
def malformed_of_any_type(place: Place, kind: str) -> Layers:
    """The name makes a whiteout, not the type."""
    return [archive(file("keep")), archive(member(".wh...", kind, link="keep"))]


@suite.unpack(makes({"keep": b"x"}), each={kind: kind for kind in "0123456"})
def of_any_type(place: Place, kind: str) -> Layers:
    """A whiteout of another type hides, too, and is not made."""
    return [archive(file("keep"), directory("d"), file("d/x")), archive(member(".wh.d", kind, link="keep", minor=3, major=1))]


@suite.unpack(
    makes(lambda place: {"l": place.canary, "m": place.up(place.canary), f"{place.canary[1:]}/d": DIRECTORY, "n": "../d"}),
    worlds=EVERYWHERE,
)
def behind_links_to_the_canary(place: Place) -> Layers:
    """Each directory of the canary, reached through links, loses its content: inside the tree."""
    inside = place.canary[1:]
    return [
        archive(
            symlink("l", place.canary), symlink("m", place.up(place.canary)), symlink("n", "../d"),
            directory(inside), file(f"{inside}/f"), directory(f"{inside}/d"), file(f"{inside}/d/y"),
        ),
        archive(whiteout("l/f"), whiteout("m/f"), whiteout("m/d/y"), opaque("m/d"), whiteout("n/f"), opaque("n")),
    ]  # fmt: skip


@suite.unpack(makes({"m": "d", "d": DIRECTORY, "d/f": b"f"}), worlds=EVERYWHERE)
def of_a_link(place: Place) -> Layers:
    """The link goes, not what it leads to."""
    return [
        archive(symlink("l", place.canary), symlink("k", "d"), symlink("m", "d"), directory("d"), file("d/f", b"f")),
        archive(whiteout("l"), whiteout("k")),
    ]


@suite.unpack(makes({"new": b"x"}), each={"plain": "", "slash": "/", "dots": "../..", "there-and-back": "d/.."}, worlds=EVERYWHERE)
def of_everything(place: Place, path: str) -> Layers:
    """The root is made opaque: its content goes, the root and what is beside it stays."""
    return [
        archive(directory("d"), file("d/f"), symlink("l", place.canary), fifo("p"), directory("c", mode=0), file("c/x")),
        archive(file(f"{path}/.wh..wh..opq" if path else ".wh..wh..opq", b""), file("new")),
    ]


@suite.unpack(makes({"f": b"x"}), worlds=EVERYWHERE)
def of_what_is_not_there(place: Place) -> Layers:
    """Whiteouts for nothing: in no directory, below a file, of reserved names, named like the canary."""
    names = [".wh.nothing", "none/.wh.x", "f/.wh.x", "f/.wh..wh..opq", "none/none/.wh..wh..opq", ".wh..wh.plnk", ".wh..wh.aufs"]
    names += [f"{place.canary}/.wh.f", place.up(place.canary) + "/d/.wh.y"]
    return [archive(file("f")), archive(*(file(name, b"") for name in names))]


@suite.unpack(makes({"d/kept": b"2", "d/deep/kept": b"3"}), each={"first": True, "last": False}, worlds=EVERYWHERE)
def order(place: Place, first: bool) -> Layers:
    """Whiteouts before and after the entries of their own layer hide the same things."""
    old = archive(directory("d"), file("d/old"), file("d/kept", b"1"), directory("d/deep"), file("d/deep/old"))
    new = [file("d/kept", b"2"), file("d/deep/kept", b"3")]
    hide = [whiteout("d"), opaque("d/deep")]
    return [old, archive(*(hide + new if first else new + hide))]


@suite.unpack(makes({"b": Is("-", b"x", links=1)}), worlds=EVERYWHERE)
def of_one_of_two_names(place: Place) -> Layers:
    """A file has two names, and one of them goes."""
    return [archive(file("a"), hard_link("b", "a")), archive(whiteout("a"))]


@suite.unpack(makes(lambda place: {"d": place.canary}), worlds=EVERYWHERE)
def below_what_became_a_link(place: Place) -> Layers:
    """A directory becomes a link to the canary, and whiteouts for what was in it follow."""
    return [
        archive(directory("d"), file("d/f"), directory("d/d"), file("d/d/y")),
        archive(symlink("d", place.canary), whiteout("d/f"), whiteout("d/d"), opaque("d/d"), opaque("d")),
    ]


@suite.unpack(makes({"new": b"x"}))
def of_a_deep_tree(place: Place) -> Layers:
    """Thousands of nested directories go at once; who does this by recursion runs out of stack."""
    return [archive(file("d/" * place.deep + "f")), archive(whiteout("d"), file("new"))]


@suite.unpack(makes({"d": b"file"}))
def deep_tree_becomes_a_file(place: Place) -> Layers:
    """Thousands of nested directories make room for a file."""
    return [archive(file("d/" * place.deep + "f")), archive(file("d", b"file"))]


@suite.unpack(makes({"a=b": b"x", "d": DIRECTORY}), worlds=EVERYWHERE)
def with_data(place: Place) -> Layers:
    """A whiteout with content, and the next header where it belongs."""
    return [archive(directory("d"), file("d/x")), archive(file("d/.wh.x", b"d" * 5000), file("a=b"))]


@suite.unpack(fails("File name too long"))
def with_a_long_name(place: Place) -> Layers:
    """What it hides is longer than any name."""
    return [archive(file("f")), archive(file(".wh." + "n" * 300, b""))]


@suite.unpack(makes({"f": b"x"}))
def with_impossible_metadata(place: Place) -> Layers:
    """Modes, devices and times that mean nothing for a whiteout."""
    return [archive(file("f"), file("g")), archive(file(".wh.g", b"", mode=0o7777, major=77, minor=99, mtime=-(2**60)))]
