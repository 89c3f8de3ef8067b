# SPDX-License-Identifier: Apache-2.0
"""Unpacking without a bundle, into directories that are new, empty or hold something."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from umoci_test.oci_layout import Layer, digest_of
from umoci_test.raw_tar import archive, directory, file, hard_link, member, opaque, symlink, whiteout

from harness.case import EVERYWHERE, Suite, fails, rootless, works
from harness.place import Layers, Place
from harness.trees import DIRECTORY, Is, Tree, check_tree

suite = Suite("raw-unpacks")

GOOD = archive(file("a", b"hello"))


def command(place: Place, *flags: str) -> list[str]:
    """The tree takes the place of the bundle."""
    return ["raw", "unpack", *rootless(place), *flags, "--image", place.image, str(place.bundle)]


def makes(tree: Callable[[Place], Tree]) -> Any:
    """As for bundles, one directory higher."""
    return works(lambda place, _: check_tree(place.bundle, tree(place)), warns="unpacked image rootfs")


@suite.command(
    fails("."), worlds=EVERYWHERE,
    each={
        "hard-link": lambda place: archive(hard_link("h", f"{place.canary}/f")),
        "hard-link-through-a-link": lambda place: archive(symlink("l", place.canary), hard_link("h", "l/f")),
        "root-is-a-link": lambda place: [archive(symlink("/.", place.canary)), archive(file("x"))],
        "whiteout-of-dots": lambda place: archive(file("a"), file(".wh...", b"")),
        "whiteout-of-dot": lambda place: archive(file("a"), file("d/.wh..", b"")),
        "loop": lambda place: archive(symlink("a", "b"), symlink("b", "a"), file("a/x")),
        "unknown-type": lambda place: archive(file("a"), member("b", "Z")),
        "diff-id": lambda place: Layer(GOOD, diff_id=digest_of(b"other")),
        "cut-off": lambda place: file("a", b"x" * 5000)[:2000],
    },
)  # fmt: skip
def failure(place: Place, make: Callable[[Place], Layers]) -> list[str]:
    """Attacks that end an unpack end a raw one, and nothing stays."""
    place.add_image(make(place))
    return command(place)


@suite.command(
    makes(lambda place: {"l": place.canary, f"{place.canary[1:]}/f": b"pwned", "r": "../../../canary", "canary/d/y": b"pwned"}), worlds=EVERYWHERE
)
def links_out(place: Place) -> list[str]:
    """Links to the canary as parents, absolute and relative to where the tree is."""
    place.add_image(archive(symlink("l", place.canary), file("l/f", b"pwned"), symlink("r", "../../../canary"), file("r/d/y", b"pwned")))
    return command(place)


def fill(place: Place) -> None:
    """What was there: links to the canary among it."""
    place.bundle.mkdir()
    (place.bundle / "d").mkdir()
    (place.bundle / "d/f").write_bytes(b"kept")
    (place.bundle / "l").symlink_to(place.canary)
    (place.bundle / "f").symlink_to(f"{place.canary}/f")
    (place.bundle / "e").symlink_to(f"{place.canary}/d")


@suite.command(
    makes(
        lambda place: {
            "d/f": b"kept", "l": place.canary, "f": b"pwned", "e": DIRECTORY, "e/y": b"2", f"{place.canary[1:]}/closed": b"1",
            f"{place.canary[1:]}/d": Is("d"), "a": b"hello",
        }
    )
)  # fmt: skip
def into_links_to_the_canary(place: Place) -> list[str]:
    """The directory holds links to the canary, and the image has files of their names and below them."""
    place.add_image([
        archive(file("l/closed", b"1"), file("f", b"pwned"), directory("e"), file("e/y", b"2"), whiteout("l/suid"), opaque("l/d"), directory("l/d")),
        GOOD,
    ])  # fmt: skip
    fill(place)
    return command(place)


@suite.command(makes(lambda place: {"new": b"x"}))
def everything_there_is_hidden(place: Place) -> list[str]:
    """The image hides all that the directory holds: links go, what they lead to stays."""
    place.add_image(archive(opaque(""), file("new")))
    fill(place)
    return command(place)


@suite.command(fails("."), each={"bad-blob": 0, "bad-size": 1, "no-layers": 2, "bad-type": 3})
def failure_before_anything_is_done(place: Place, how: int) -> list[str]:
    """What was there is not touched when the image is bad from the start (B03)."""
    broken: list[Any] = [
        Layer(GOOD, descriptor={"digest": digest_of(b"missing")}), Layer(GOOD, descriptor={"size": 5}),
        GOOD, Layer(GOOD, descriptor={"mediaType": "application/x"}),
    ]  # fmt: skip
    if how == 2:
        place.add_image(GOOD, config={"rootfs": {"type": "layers", "diff_ids": []}})
    else:
        place.add_image(broken[how])
    fill(place)
    return command(place)


@suite.command(fails("cannot be read"))
def failure_in_an_empty_directory(place: Place) -> list[str]:
    """An empty directory that was there is there again, and empty."""
    place.add_image([GOOD, archive(directory("d"), file("d/f"), member("b", "Z"))])
    place.bundle.mkdir(0o751)
    return command(place)


@suite.command(fails("Not a directory|not a directory|exists"))
def target_is_a_file(place: Place) -> list[str]:
    """A file is no directory."""
    place.add_image(GOOD)
    place.bundle.write_bytes(b"kept")
    return command(place)


@suite.command(fails("No such file"))
def parent_is_missing(place: Place) -> list[str]:
    """The directory above must be there."""
    place.add_image(GOOD)
    return [*command(place)[:-1], str(place.pen / "none/bundle")]
