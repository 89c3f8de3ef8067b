# SPDX-License-Identifier: Apache-2.0
"""Symbolic links as parents: wherever they point, what is written through them stays in the tree."""

from __future__ import annotations

from umoci_test.raw_tar import archive, directory, fifo, file, hard_link, symlink

from harness.case import EVERYWHERE, Suite, fails, makes
from harness.place import Layers, Place
from harness.trees import DIRECTORY, FILE, Is, Tree

suite = Suite("links")


def inside(path: str, *more: str) -> str:
    """Where an absolute path lands when the tree is the root."""
    return "/".join([path.lstrip("/"), *more])


@suite.unpack(
    makes(lambda place: {"l": place.canary, inside(place.canary, "f"): b"pwned"}), worlds=EVERYWHERE
)
def absolute_link_as_parent(place: Place) -> Layers:
    """A file goes through an absolute link to the canary; it must land at that path inside the tree."""
    return archive(symlink("l", place.canary), file("l/f", b"pwned"))


@suite.unpack(
    makes(
        lambda place: {
            "r": place.up(place.canary),
            "rr": "r",
            inside(place.canary, "f"): b"pwned",
            inside(place.canary, "d/sub/x"): b"pwned",
        }
    ),
    worlds=EVERYWHERE,
)
def relative_link_as_parent(place: Place) -> Layers:
    """A link of many dots and a link to it lead to the canary; dots must end at the root of the tree."""
    return archive(
        symlink("r", place.up(place.canary)), file("r/f", b"pwned"), symlink("rr", "r"), file("rr/d/sub/x", b"pwned")
    )


@suite.unpack(makes(lambda place: {"l": place.canary, inside(place.canary): Is("d"), inside(place.canary, "new"): b"3"}))
def link_of_a_lower_layer(place: Place) -> Layers:
    """One layer brings the link, the next ones write, hide and hide everything through it."""
    return [
        archive(symlink("l", place.canary)),
        archive(file("l/f", b"pwned"), file("l/d/y", b"pwned")),
        archive(file("l/.wh.f", b""), file("l/d/.wh.y", b"")),
        archive(file("l/.wh..wh..opq", b""), file("l/new", b"3")),
    ]


@suite.unpack(makes({"l": b"pwned"}), each={"same-layer": False, "next-layer": True}, worlds=EVERYWHERE)
def file_in_the_place_of_a_link(place: Place, apart: bool) -> Layers:
    """A file has the name of a link to a file of the canary; it must replace the link, not write through it."""
    link, content = symlink("l", f"{place.canary}/f"), file("l", b"pwned")
    return [archive(link), archive(content)] if apart else archive(link, content)


@suite.unpack(
    makes({"d": DIRECTORY, "n": Is("d", mode=0o700, uid=9), "c": Is("p"), "h": Is("-", b"x", links=2), "x": b"x"}),
    each={"same-layer": False, "next-layer": True},
)
def other_things_in_the_place_of_links(place: Place, apart: bool) -> Layers:
    """Directories, pipes and hard links take the names of links to things of the canary."""
    links = [symlink("d", f"{place.canary}/d"), symlink("n", place.canary), symlink("c", f"{place.canary}/fifo")]
    links += [symlink("h", f"{place.canary}/f")]
    others = [directory("d"), directory("n", mode=0o700, uid=9), fifo("c"), file("x"), hard_link("h", "x")]
    return [archive(*links), archive(*others)] if apart else archive(*links, *others)


@suite.unpack(makes({"d/up": "../../../..", "d/esc": b"y", "x": b"x"}), worlds=EVERYWHERE)
def dots_behind_a_link(place: Place) -> Layers:
    """A link leads far above the tree; dots in names are taken away before links are looked at."""
    return archive(directory("d"), symlink("d/up", "../../../.."), file("d/up/x"), file("d/up/../esc", b"y"))


@suite.unpack(
    makes(
        lambda place: {
            "d": f"{place.canary}/d",
            inside(place.canary, "d/hard"): b"pwned",
            inside(place.canary, "d/new"): b"x",
        }
    ),
    worlds=EVERYWHERE,
)
def directory_becomes_a_link_between_two_entries(place: Place) -> Layers:
    """Whoever remembers the directory after the link took its place writes into the canary, or to nowhere."""
    return archive(
        directory("d"), file("d/a"), symlink("d", f"{place.canary}/d"), file("d/hard", b"pwned"), file("d/new")
    )


@suite.unpack(
    makes(lambda place: {"a": place.canary, inside(place.canary, "d/hard"): b"2", inside(place.canary, "b/2"): b"3"})
)
def deep_directory_loses_its_parent_to_a_link(place: Place) -> Layers:
    """The parent of the parent becomes a link while files are put into the deepest directory."""
    return archive(
        directory("a"), directory("a/b"), file("a/b/1"), symlink("a", place.canary), file("a/d/hard", b"2"),
        file("a/b/2", b"3"),
    )  # fmt: skip


@suite.unpack(
    makes(lambda place: {"s": Is("l", links=2), "d": place.canary, inside(place.canary, "f"): b"pwned"})
)
def directory_becomes_a_hard_link_to_a_link(place: Place) -> Layers:
    """The directory that is remembered is replaced by a second name of a link to the canary."""
    return archive(
        symlink("s", place.canary), directory("d"), file("d/a"), hard_link("d", "s"), file("d/f", b"pwned")
    )


@suite.unpack(makes(lambda place: {"d": f"{place.canary}/d", inside(place.canary, "d/b/x"): b"x"}))
def directory_is_hidden_and_comes_back_as_a_link(place: Place) -> Layers:
    """A whiteout takes the directory away between two entries, and a link takes its place."""
    return [
        archive(directory("d"), file("d/a")),
        archive(file(".wh.d", b""), symlink("d", f"{place.canary}/d"), file("d/b/x")),
    ]


def chain(length: int) -> list[bytes]:
    """Links l0 -> l1 -> ... -> a directory."""
    return [symlink(f"l{i}", f"l{i + 1}") for i in range(length)] + [directory(f"l{length}")]


def chain_tree(length: int) -> Tree:
    links: Tree = {f"l{i}": f"l{i + 1}" for i in range(length)}
    return {**links, f"l{length}": DIRECTORY, f"l{length}/x": b"x"}


@suite.unpack(makes(chain_tree(255)))
def chain_of_255_links(place: Place) -> Layers:
    """As many links as may be followed."""
    return archive(*chain(255), file("l0/x"))


@suite.unpack(fails("too many (levels of )?(symbolic )?links|more than 255"))
def chain_of_256_links(place: Place) -> Layers:
    """One link more than may be followed."""
    return archive(*chain(256), file("l0/x"))


@suite.unpack(
    fails("too many (levels of )?(symbolic )?links|more than 255"),
    each={
        "two": (("a", "b"), ("b", "a")),
        "self": (("a", "a"),),
        "self-through-itself": (("a", "a/x"),),
        "absolute": (("a", "/a"),),
        "growing": (("a", "b/c/b/c"), ("b", "a/d/a/d")),
    },
    worlds=EVERYWHERE,
)
def loop(place: Place, links: tuple[tuple[str, str], ...]) -> Layers:
    """Links that lead to each other are the parent of a file."""
    return archive(*(symlink(name, target) for name, target in links), file("a/x"))


@suite.unpack(fails("too many (levels of )?(symbolic )?links|more than 255"))
def doubling_links(place: Place) -> Layers:
    """Each link names the one before it twice: a walk without a limit takes 2^60 steps."""
    links = [directory("d"), symlink("l0", "d")] + [symlink(f"l{i}", f"l{i - 1}/../l{i - 1}") for i in range(1, 61)]
    return archive(*links, file("l60/x"))


@suite.unpack(makes({"l": DIRECTORY, "l/x": b"x", "f": b"precious"}))
def link_to_a_file_as_parent(place: Place) -> Layers:
    """The parent is a link to a file; neither that file nor the canary's may be destroyed for it."""
    return archive(file("f", b"precious"), symlink("l", "f"), file("l/x"))


@suite.unpack(makes(lambda place: {"l": f"{place.canary}/f", inside(place.canary, "f/x"): b"x"}), worlds=EVERYWHERE)
def link_to_a_file_of_the_canary_as_parent(place: Place) -> Layers:
    """What is a file for the host is nothing inside the tree: directories are made there."""
    return archive(symlink("l", f"{place.canary}/f"), file("l/x"))


@suite.unpack(
    makes(
        lambda place: {
            "l": Is("l", f"{place.canary}/suid".encode(), mode=0o777, uid=5, xattrs={"trusted.x": b"1"}, mtime_ns=7 * 10**9)
        }
    )
)
def metadata_of_a_link(place: Place) -> Layers:
    """Owner, mode, time and attributes of a link to a set-id file are those of the link."""
    return archive(
        symlink("l", f"{place.canary}/suid", mode=0o7777, uid=5, mtime=7, pax={"SCHILY.xattr.trusted.x": "1"})
    )


@suite.unpack(fails("without a target"), worlds=EVERYWHERE)
def link_to_nothing(place: Place) -> Layers:
    """A link without a target."""
    return archive(symlink("l", ""))


@suite.unpack(fails("target"), each={"4096": 4096, "a-million": 1_000_000})
def link_with_a_long_target(place: Place, length: int) -> Layers:
    """No file system takes a target as long as this."""
    return archive(symlink("l", "a" * length))


@suite.unpack(makes({"x": "a" * 4095}))
def link_with_the_longest_target(place: Place) -> Layers:
    """PATH_MAX with the NUL behind it."""
    return archive(symlink("x", "a" * 4095))


@suite.unpack(fails("File name too long"))
def link_through_a_name_too_long(place: Place) -> Layers:
    """A link leads through a name that no file system takes: it cannot be said where it leads."""
    return archive(symlink("l", "n" * 256 + "/q"), file("l/x"))


@suite.unpack(
    makes(
        lambda place: {
            "l": place.canary,
            "m": f"{place.canary}/d",
            inside(place.canary): Is("d", mode=0o755),
            inside(place.canary, "f"): b"pwned",
            inside(place.canary, "d/y"): b"pwned",
        }
    ),
    "--keep-dirlinks",
)
def kept_links_to_the_canary(place: Place) -> Layers:
    """Links to directories are kept for directory entries, here with modes and owners for the canary."""
    host = inside(place.canary)
    return [
        archive(directory(host), directory(host + "/d"), symlink("l", place.canary), symlink("m", f"{place.canary}/d")),
        archive(
            directory("l", mode=0o777, uid=9), file("l/f", b"pwned"), directory("m", mode=0o700), file("m/y", b"pwned")
        ),
    ]


@suite.unpack(
    makes({"l": Is("d", mode=0o750), "m": Is("d", mode=0o751), "n": Is("d"), "f": b"f", "n/x": b"x"}), "--keep-dirlinks"
)
def links_that_are_not_kept(place: Place) -> Layers:
    """Loops, dangling links and links to files are no directories, whatever the flag."""
    return [
        archive(symlink("l", "l"), symlink("m", "nowhere"), file("f", b"f"), symlink("n", "f")),
        archive(directory("l", mode=0o750), directory("m", mode=0o751), directory("n"), file("n/x")),
    ]


@suite.unpack(makes({".": Is(mode=0o755), "l": "/", "up": "..", "f": b"x", "g": b"x"}), "--keep-dirlinks")
def kept_links_to_the_root(place: Place) -> Layers:
    """A kept link leads to the root of the tree, whose mode must not be that of the entry."""
    return [
        archive(symlink("l", "/"), symlink("up", "..")),
        archive(directory("l", mode=0o700), file("l/l/l/f"), directory("up", mode=0), file("up/up/g")),
    ]
