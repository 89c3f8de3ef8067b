# SPDX-License-Identifier: Apache-2.0
"""Hard links that would give the tree a second name for things outside, or take things apart."""

from __future__ import annotations

from umoci_test.raw_tar import archive, device, directory, fifo, file, hard_link, symlink, whiteout

from harness.case import EVERYWHERE, Suite, fails, makes
from harness.place import Layers, Place
from harness.trees import DIRECTORY, Is

suite = Suite("hard-links")


@suite.unpack(
    fails("is missing"),
    each={
        "absolute": lambda place: f"{place.canary}/f",
        "dots": lambda place: place.up(f"{place.canary}/f"),
        "dots-inside": lambda place: f"d/{place.up(place.canary)}/f",
        "relative-to-the-bundle": lambda place: "../../../canary/f",
        "double-slash": lambda place: f"//{place.canary}//f",
    },
    worlds=EVERYWHERE,
)
def to_a_file_of_the_canary(place: Place, target: object) -> Layers:
    """The target is the host's path of a file of the canary."""
    return archive(directory("d"), hard_link("h", target(place)))  # type: ignore[operator]


@suite.unpack(fails("is missing"), each={"now": False, "later": True}, worlds=EVERYWHERE)
def through_a_link_to_the_canary(place: Place, later: bool) -> Layers:
    """The target is below a link to the canary, which is there before or comes after."""
    link, hard = symlink("l", place.canary), hard_link("h", "l/f")
    return archive(hard, link) if later else archive(link, hard)


@suite.unpack(
    makes(lambda place: {"s": Is("l", f"{place.canary}/f".encode()), "h": b"pwned", "k": Is("l", links=2)}),
    worlds=EVERYWHERE,
)
def file_in_the_place_of_a_linked_link(place: Place) -> Layers:
    """A hard link to a link to the canary, and then a file of that name."""
    return archive(
        symlink("s", f"{place.canary}/f"), hard_link("h", "s"), hard_link("k", "s"), file("h", b"pwned")
    )


@suite.unpack(
    makes(lambda place: {"s": Is("l", f"{place.canary}/suid".encode(), links=2, uid=0), "h": Is("l", mode=0o777)})
)
def metadata_of_a_linked_link(place: Place) -> Layers:
    """The entry of a hard link to a link to a set-id file of the canary has a mode and an owner."""
    return archive(symlink("s", f"{place.canary}/suid"), hard_link("h", "s", mode=0o777, uid=5, gid=5))


@suite.unpack(fails("checksum|not a number|dialect|header"))
def with_data(place: Place) -> Layers:
    """A hard link to a link to the canary has data behind it, which must not be taken for a member either."""
    return archive(symlink("s", f"{place.canary}/f"), hard_link("h", "s"), b"pwned".ljust(512, b"!"))


@suite.unpack(makes(lambda place: {"s": f"{place.canary}/f", "h": Is("l", links=2), "x": b"x"}))
def with_a_size(place: Place) -> Layers:
    """A hard link has no data, whatever its size says: the next header follows at once."""
    return archive(symlink("s", f"{place.canary}/f"), hard_link("h", "s", size=512), file("x"))


@suite.unpack(
    fails("hard link to .* which is (the root|a directory|the link itself)"),
    each={
        "root": ("/", "h"),
        "root-dot": (".", "h"),
        "root-dots": ("d/../..", "h"),
        "empty": ("", "h"),
        "directory": ("d", "h"),
        "directory-with-slash": ("d/", "h"),
        "itself": ("h", "h"),
        "itself-otherwise-written": ("./x/../h", "h"),
        "own-parent": ("d", "d/h"),
        "own-child": ("d/f", "d"),
        "below-itself": ("f", "f/h"),
    },
    worlds=EVERYWHERE,
)
def to_what_cannot_be_linked(place: Place, names: tuple[str, str]) -> Layers:
    """Directories, the root, the link itself, and what would have to go to make room for it."""
    target, name = names
    return archive(directory("d"), file("d/f"), file("f"), hard_link(name, target))


@suite.unpack(
    fails("is the link itself|would be removed|is missing|leads back"),
    each={"now": ("l/h", "d/h"), "parent": ("l", "d/x"), "child": ("d", "l/f")},
)
def to_itself_by_another_name(place: Place, names: tuple[str, str]) -> Layers:
    """The link and its target have different names, and are the same through a link."""
    name, target = names
    return archive(directory("d"), file("d/f"), file("d/h"), symlink("l", "d"), hard_link(name, target))


@suite.unpack(
    fails("is missing|leads back"),
    each={
        "cycle-of-3": [("a", "b"), ("b", "c"), ("c", "a")],
        "never-there": [("a", "later")],
        "chain": [("a", "b"), ("b", "never")],
    },
    worlds=EVERYWHERE,
)
def to_what_never_comes(place: Place, links: list[tuple[str, str]]) -> Layers:
    """Links that wait for their target until the layer ends."""
    return archive(*(hard_link(name, target) for name, target in links))


@suite.unpack(
    makes({"a": Is("-", b"x", links=4), "b": Is(links=4), "c": Is(links=4), "z": Is(links=4)}), worlds=EVERYWHERE
)
def chain_of_links_to_what_comes_later(place: Place) -> Layers:
    """Links to links to a file that comes last."""
    return archive(hard_link("a", "b"), hard_link("b", "c"), hard_link("c", "z"), file("z"))


@suite.unpack(makes({"x": DIRECTORY, "x/f": b"f", "y": b"new", "later": Is("-", b"x", links=1)}))
def waiting_link_is_replaced(place: Place) -> Layers:
    """What took the place of a link that waits must not be replaced when its target comes."""
    return archive(
        hard_link("x", "later"), hard_link("y", "later"), directory("x"), file("x/f", b"f"), file("y", b"new"),
        file("later"),
    )  # fmt: skip


@suite.unpack(makes(lambda place: {"p": f"{place.canary}/d", "later": Is("-", b"x", links=1)}), worlds=EVERYWHERE)
def parent_of_a_waiting_link_becomes_a_link(place: Place) -> Layers:
    """The directory of a link that waits is replaced by a link to the canary before its target comes."""
    return archive(directory("p"), hard_link("p/hard", "later"), symlink("p", f"{place.canary}/d"), file("later"))


@suite.unpack(makes(lambda place: {"q/x": b"x", "p": "q", "later": Is("-", b"x", links=1)}))
def parent_of_a_waiting_link_becomes_a_link_inside(place: Place) -> Layers:
    """As before, with a link to a directory of the tree that has a file of the same name."""
    return archive(
        directory("q"), file("q/x"), directory("p"), hard_link("p/x", "later"), symlink("p", "q"), file("later")
    )


@suite.unpack(fails("is missing"))
def target_of_a_lower_layer_is_gone(place: Place) -> Layers:
    """The target is hidden by a whiteout of the layer that links to it."""
    return [archive(file("f")), archive(whiteout("f"), hard_link("h", "f"))]


@suite.unpack(makes({"f": Is("-", b"2", links=1), "h": Is("-", b"1", links=1)}), worlds=EVERYWHERE)
def target_is_replaced_afterwards(place: Place) -> Layers:
    """The link keeps what its target was; a new file must not be written through the old one."""
    return [archive(file("f", b"1")), archive(hard_link("h", "f"), file("f", b"2"))]


@suite.unpack(makes({"c": Is("c", device=(1, 3), links=2), "d": Is("c", links=2), "p": Is("p", links=2), "q": Is("p")}))
def to_devices_and_pipes(place: Place) -> Layers:
    """Second names for things that must not be opened."""
    return archive(device("c", "3", 1, 3), hard_link("d", "c"), fifo("p"), hard_link("q", "p"))


@suite.unpack(makes({"f": Is("-", b"precious", links=1), "h/x": b"x"}), worlds=EVERYWHERE)
def hard_link_as_parent(place: Place) -> Layers:
    """A hard link to a file is the parent of an entry: the link gives way, the file stays."""
    return archive(file("f", b"precious"), hard_link("h", "f"), file("h/x"))
