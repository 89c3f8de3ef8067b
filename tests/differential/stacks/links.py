# SPDX-License-Identifier: Apache-2.0
"""Hard links, and links on the way to an entry."""

from __future__ import annotations

from umoci_test.raw_tar import archive, device, directory, fifo, file, hard_link, symlink, whiteout

from harness.stack import Layers, Reworded, Suite

suite = Suite("links")
LOWER = archive(
    directory("d", mtime=900_000_000), directory("d/e", mtime=800_000_000), file("d/e/f", b"data", uid=3, mode=0o4755), fifo("p"),
    symlink("l", "d/e/f"), symlink("to-d", "d"), device("c", "3", 1, 3), directory("x", mtime=600_000_000),
)  # fmt: skip


@suite.stack(
    each={
        "relative": "d/e/f", "absolute": "/d/e/f", "dots": "./d/../d/./e//f", "above": "../../d/e/f", "through-link": "to-d/e/f",
        "to-link": "l", "to-fifo": "p", "to-device": "c",
    }
)  # fmt: skip
def hard_link_to_lower_layer(target: str) -> Layers:
    """Another name for what is there."""
    return [LOWER, archive(hard_link("x/h", target, uid=9, mode=0, mtime=1))]


@suite.stack(refused=True, each={"directory": "d", "root": "/", "nothing": "none", "file-as-parent": "d/e/f/g", "empty": ""})
def hard_link_to_no_file(target: str) -> Layers:
    """Targets of which there can be no second name."""
    return [LOWER, archive(hard_link("h", target))]


@suite.stack(refused=True, each={"same": ("h", "h"), "other-words": ("h", "./h"), "its-parent": ("d/e/f", "d/e/f")})
def hard_link_to_itself(names: tuple[str, str]) -> Layers:
    """What would be replaced cannot be linked to."""
    return [LOWER, archive(hard_link(*names))]


@suite.stack()
def chain_of_hard_links() -> Layers:
    """Each name leads to the one before, over layers."""
    return [archive(file("a"), hard_link("b", "a")), archive(hard_link("c", "b")), archive(hard_link("x", "c"), whiteout("a"))]


@suite.stack()
def forward_hard_link() -> Layers:
    """A link that stands before what it names."""
    link, target = hard_link("h", "t"), file("t", b"data", uid=4)
    return Reworded([archive(link, target)], [archive(target, link)])


@suite.stack()
def forward_hard_links_in_a_chain() -> Layers:
    """Links that wait for links."""
    first, second, target = hard_link("a", "b"), hard_link("b", "z"), file("z")
    return Reworded([archive(first, second, target)], [archive(target, second, first)])


@suite.stack()
def rewritten_after_it_was_linked() -> Layers:
    """A name that is written again gets a new file; the others keep the old one."""
    return [archive(file("f", b"old"), hard_link("g", "f")), archive(hard_link("h", "f"), file("f", b"new"))]


@suite.stack()
def hard_link_over_something() -> Layers:
    """Whatever was there gives way."""
    return [LOWER, archive(hard_link("d/e", "l"), hard_link("p", "c"), hard_link("c", "to-d"))]


@suite.stack()
def written_over_a_hard_link_to_a_link() -> Layers:
    """A file replaces the link and is not written through it."""
    return [LOWER, archive(hard_link("h", "l"), file("h", b"new"))]


PARENTS = {
    "relative": symlink("way", "d/e"),
    "absolute": symlink("way", "/d/e"),
    "up-to-root": symlink("way", "../../../d/e"),
    "through-another": symlink("way", "to-d/e"),
    "dots": symlink("way", "./d/./e/../e"),
    "with-slash": symlink("way", "d/e/"),
    "root": symlink("way", "/"),
    "dot": symlink("way", "."),
}


@suite.stack(each=PARENTS)
def parents_of_the_layer_below(link: bytes) -> Layers:
    """Entries go where links of lower layers lead."""
    return [LOWER, archive(link), archive(file("way/new"), directory("way/sub", mtime=4), file("way/sub/f"), whiteout("way/f"))]


@suite.stack(each=PARENTS)
def parents_of_the_same_layer(link: bytes) -> Layers:
    """Entries go where links of their own layer lead."""
    return [LOWER, archive(link, file("way/new"), directory("way/sub", mtime=4), file("way/sub/f"))]


@suite.stack("--keep-dirlinks", each=PARENTS)
def kept_links(link: bytes) -> Layers:
    """A directory over a link to a directory leaves both as they are."""
    return Reworded(
        [LOWER, archive(link), archive(directory("way", uid=7, mode=0o711, mtime=3), file("way/new"), hard_link("way/h", "way/new"))],
        [LOWER, archive(link), archive(file("way/new"), hard_link("way/h", "way/new"))],
    )


@suite.stack("--keep-dirlinks", each={"dangling": "none", "to-file": "d/e/f", "loop": "way"})
def links_that_are_not_kept(target: str) -> Layers:
    """A directory replaces a link that leads to none."""
    return [LOWER, archive(symlink("way", target)), archive(directory("way", uid=7, mtime=3), file("way/new"), directory("/", mtime=1))]


@suite.stack(each={"relative": "none/at/all", "absolute": "/none/at/all", "out": "../../none/at/all"})
def dangling_parents(target: str) -> Layers:
    """What a link on the way names is made."""
    made = [directory("none", mtime=0), directory("none/at", mtime=0), directory("none/at/all", mtime=0)]
    tail = [file("none/at/all/f"), directory("/", mtime=0)]
    return Reworded([archive(symlink("way", target)), archive(file("way/f"))], [archive(symlink("way", target)), archive(*made, *tail)])


@suite.stack(refused=True, each={"itself": [("way", "way")], "each-other": [("way", "b"), ("b", "way")]})
def loops(links: list[tuple[str, str]]) -> Layers:
    """Ways that never end."""
    return [archive(*(symlink(*link) for link in links)), archive(file("way/f"))]


@suite.stack()
def many_links_on_the_way() -> Layers:
    """More than the kernel follows."""
    links = [symlink(f"l{number}", f"l{number + 1}") for number in range(200)]
    return archive(*links, directory("l200"), file("l0/f"))


@suite.stack(refused=True)
def too_many_links_on_the_way() -> Layers:
    """More than anybody follows."""
    links = [symlink(f"l{number}", f"l{number + 1}") for number in range(300)]
    return archive(*links, directory("l300"), file("l0/f"))


@suite.stack(each={"any-bytes": b"\xff\xfe\n", "dots": "..//./x/", "absolute": "/", "long": "t/" * 1500})
def targets_are_kept_as_they_are(target: bytes | str) -> Layers:
    """Nobody cleans where a link leads."""
    return archive(symlink("l", target, uid=1))


@suite.stack(refused=True)
def link_without_target() -> Layers:
    """There are no such links."""
    return archive(symlink("l", ""))


@suite.stack()
def up_behind_a_link() -> Layers:
    """Names are cleaned before links are followed."""
    return [LOWER, archive(file("to-d/../in-root"), file("to-d/e/../in-d"))]
