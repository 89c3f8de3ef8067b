# SPDX-License-Identifier: Apache-2.0
"""Whiteouts of every kind, in every place."""

from __future__ import annotations

from umoci_test.raw_tar import archive, device, directory, fifo, file, hard_link, member, opaque, symlink, whiteout

from harness.stack import Layers, Reworded, Suite

suite = Suite("whiteouts")
LOWER = archive(
    directory("d", mode=0o700, uid=3, mtime=900_000_000),
    file("d/f", b"lower"), directory("d/e", mtime=800_000_000), file("d/e/g"), symlink("d/l", "e"), fifo("d/p"), device("d/c", "3", 1, 3),
    directory("other", mtime=700_000_000), file("other/o"), file("top"), symlink("link", "d"), symlink("absolute", "/d/e"),
    symlink("dangling", "nowhere"),
)  # fmt: skip
NAMES = ("d/f", "d/e", "d/e/g", "d/l", "d/p", "d/c", "d", "top", "link", "dangling", "none", "none/x", "top/x")


@suite.stack(each={name.replace("/", "-"): name for name in NAMES})
def plain(name: str) -> Layers:
    """What is named is gone, and nothing else changes."""
    return [LOWER, archive(whiteout(name))]


@suite.stack(each={name.replace("/", "-"): name for name in ("d", "d/e", "other", "top", "none", "none/x", "dangling")})
def opaque_ones(name: str) -> Layers:
    """All that lower layers have in a directory is gone; the directory stays."""
    return [LOWER, archive(opaque(name))]


@suite.stack()
def opaque_root() -> Layers:
    """Nothing of lower layers is left."""
    return [LOWER, archive(opaque(""))]


@suite.stack()
def opaque_root_and_new_content() -> Layers:
    """What the layer itself brings is left."""
    return [LOWER, archive(file("new"), opaque(""), directory("d", mtime=5), file("d/n"))]


@suite.stack(each={"plain": "link/f", "absolute": "absolute/g", "within": "link/e/g", "link-in-link": "link/l/g"})
def through_links(name: str) -> Layers:
    """Links of lower layers lead to what is hidden."""
    return [LOWER, archive(whiteout(name))]


@suite.stack(each={"link": "link", "absolute": "absolute"})
def opaque_through_links(name: str) -> Layers:
    """Links of lower layers lead to the directory whose content is hidden."""
    return [LOWER, archive(opaque(name))]


@suite.stack(each={"before": True, "after": False})
def beside_new_entries(whiteouts_first: bool) -> Layers:
    """What the layer brings stays, wherever the whiteout stands."""
    hidden = [whiteout("d/f"), whiteout("d/e"), whiteout("d/l")]
    made = [directory("d", mtime=5), file("d/f", b"upper"), directory("d/e", mtime=6), file("d/e/new"), symlink("d/l", "f")]
    best = [LOWER, archive(*hidden, *made)]
    return best if whiteouts_first else Reworded([LOWER, archive(*made, *hidden)], best)


@suite.stack(each={"before": True, "after": False})
def opaque_beside_new_entries(whiteout_first: bool) -> Layers:
    """An opaque whiteout in front of the new content of its directory, or behind."""
    made = [directory("d", mtime=5), file("d/new"), directory("d/e", mtime=6), file("d/e/new")]
    best = [LOWER, archive(opaque("d"), *made)]
    return best if whiteout_first else Reworded([LOWER, archive(*made, opaque("d"))], best)


@suite.stack(each={"before": True, "after": False})
def directory_filled_again(whiteout_first: bool) -> Layers:
    """A hidden directory that is needed again, without an entry of its own, is an implied one."""
    entries = [whiteout("d"), file("d/new")]
    plainly = archive(whiteout("d"), directory("d", mtime=0), file("d/new"), directory("/", mtime=0))
    return Reworded([LOWER, archive(*(entries if whiteout_first else entries[::-1]))], [LOWER, plainly])


@suite.stack()
def content_of_a_directory_that_stays() -> Layers:
    """What is left of a hidden directory keeps the time that its entry said."""
    made = [directory("d", mtime=5), directory("d/e", mtime=6), file("d/e/new")]
    return Reworded([LOWER, archive(*made, whiteout("d"))], [LOWER, archive(whiteout("d"), *made)])


@suite.stack()
def of_what_is_there_twice() -> Layers:
    """One name of a file goes, the other stays."""
    return [archive(file("f", b"data"), hard_link("h", "f")), archive(whiteout("f"))]


@suite.stack()
def and_back_again() -> Layers:
    """Hidden, made again, hidden again, made as something else."""
    return [LOWER, archive(whiteout("d")), archive(directory("d", mtime=5), file("d/f")), archive(whiteout("d/f")), archive(symlink("d/f", "x"))]


@suite.stack(each={"directory": b"5", "link": b"2", "fifo": b"6", "with-content": b"0"})
def of_any_type(type_flag: bytes) -> Layers:
    """The name alone makes a whiteout."""
    data = b"data" if type_flag == b"0" else b""
    return [LOWER, archive(member("d/.wh.f", type_flag, data, link="x"), file("after"))]


@suite.stack(each={name: f".wh..wh.{name}" for name in ("plnk", "aufs", "orph", "other")})
def of_aufs(name: str) -> Layers:
    """Names that another file system left behind hide nothing."""
    return [LOWER, archive(file(name, b""), file(f"d/{name}", b""))]


@suite.stack(each={"empty": ".wh.", "in-directory": "d/.wh."}, refused=True)
def of_nothing(name: str) -> Layers:
    """A whiteout that names nothing."""
    return [LOWER, archive(file(name, b""))]


@suite.stack(refused=True, each={"dot": ".wh..", "dot-dot": ".wh...", "below": "d/.wh..", "above": "d/e/.wh..."})
def of_where_it_is(name: str) -> Layers:
    """A whiteout of a directory by a name that it has for itself or what is above."""
    return [LOWER, archive(file(name, b""))]


@suite.stack(each={"directory": directory(".wh.x"), "file-below": file("d/.wh.x/f"), "opaque-below": opaque(".wh.x")})
def in_the_middle_of_a_name(entry: bytes) -> Layers:
    """Names of whiteouts are no names of directories."""
    return [LOWER, archive(entry)]


@suite.stack()
def in_the_lowest_layer() -> Layers:
    """There is nothing to hide."""
    return archive(whiteout("x"), directory("d"), whiteout("d/y"), opaque("d"), file("d/f"))


@suite.stack()
def below_a_link_of_the_same_layer() -> Layers:
    """A directory becomes a link, and what was in it is hidden: what the link leads to stays."""
    upper = [symlink("d", "other"), whiteout("d/f"), whiteout("d/o")]
    return Reworded([LOWER, archive(*upper)], [LOWER, archive(upper[0])])


@suite.stack()
def nested() -> Layers:
    """Whiteouts inside each other's directories."""
    return [LOWER, archive(whiteout("d/e/g"), opaque("d"), whiteout("d")), archive(file("d"))]
