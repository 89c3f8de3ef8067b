# SPDX-License-Identifier: Apache-2.0
"""Trees that a container left behind, to be packed again."""

from __future__ import annotations

import os
import shutil
import socket
import stat
from pathlib import Path

from umoci_test.raw_tar import archive, device, directory, fifo, file, hard_link, pax_sparse, symlink

from harness.case import EVERYWHERE, ROOTLESS, Suite, fails, repacks
from harness.place import Place
from harness.trees import Is, Tree
from harness.worlds import World

suite = Suite("rootfs")

BASE = archive(directory("d"), file("d/f", b"f"), file("a", b"hello"), symlink("l", "a"), directory("e"), file("e/g", b"g"))
TREE: Tree = {"d/f": b"f", "a": b"hello", "l": "a", "e/g": b"g"}


def own(place: Place, path: Path) -> None:
    """Gives a new object to the user of the bundle."""
    if os.geteuid() == 0:
        os.chown(path, place.world.uid, place.world.uid, follow_symlinks=False)


def write(place: Place, name: str, data: bytes = b"new") -> None:
    path = place.rootfs / os.fsencode(name).decode("utf-8", "surrogateescape")
    path.write_bytes(data)
    path.chmod(0o644)
    own(place, path)


@suite.repack(
    repacks(
        {**TREE, "p": Is("p"), "c": Is("c", device=(1, 5)), "b": Is("b", device=(7, 250)), "f": b"new"}, warns="socket is left out"
    ),
    base=BASE,
)
def nodes(place: Place) -> None:
    """Pipes, devices and sockets: none may be opened."""
    os.mkfifo(place.rootfs / "p")
    os.mknod(place.rootfs / "c", stat.S_IFCHR | 0o600, os.makedev(1, 5))
    os.mknod(place.rootfs / "b", stat.S_IFBLK | 0o600, os.makedev(7, 250))
    with socket.socket(socket.AF_UNIX) as unix:
        handle = os.open(place.rootfs, os.O_PATH)
        unix.bind(f"/proc/self/fd/{handle}/s")
        os.close(handle)
    write(place, "f")


@suite.repack(
    repacks({"a": Is("p"), "l": Is("c"), "d": Is("p"), "e/g": b"g"}), base=BASE
)
def nodes_in_the_place_of_files(place: Place) -> None:
    """A file, a link and a directory became a pipe and a device."""
    (place.rootfs / "a").unlink()
    os.mkfifo(place.rootfs / "a")
    (place.rootfs / "l").unlink()
    os.mknod(place.rootfs / "l", stat.S_IFCHR | 0o600, os.makedev(1, 3))
    shutil.rmtree(place.rootfs / "d")
    os.mkfifo(place.rootfs / "d")


@suite.repack(
    repacks(lambda place: {"a": f"{place.canary}/f", "l": place.up(f"{place.canary}/f"), "d": place.canary, "e": "../../../canary/d", "n": "d/f"}),
    base=BASE, worlds=EVERYWHERE,
)  # fmt: skip
def links_to_the_canary(place: Place) -> None:
    """Files and directories became links to the canary: links are packed, never what they lead to."""
    for name, target in (("a", f"{place.canary}/f"), ("l", place.up(f"{place.canary}/f")), ("d", place.canary), ("e", "../../../canary/d"), ("n", "d/f")):
        path = place.rootfs / name
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        elif path.is_symlink() or path.exists():
            path.unlink()
        path.symlink_to(target)
        own(place, path)


NAMES = [
    "nl\nx", "\n..", "set type=file", "# c", "..\n", "a\\", "b\\012", "=", "x=y", "\x1b[31m", " ", "sp ce", "\udcff\udcfe", "é", "-rf",
    "*", "[", "n" * 255, "\\", "\t", "\r", "#mtree", ". ", "... type=dir", "%2e%2e", "x\n    evil type=file\n..", "\x7f", "a.wh.b", "wh.",
]  # fmt: skip


@suite.repack(repacks({**TREE, **{name: b"new" for name in NAMES}}), base=BASE, worlds=EVERYWHERE)
def names(place: Place) -> None:
    """Names that are syntax in a manifest or on a terminal."""
    for name in NAMES:
        write(place, name)


@suite.repack(
    repacks({**TREE, **{f"{name}/f": b"f" for name in NAMES}, "new": b"new"}),
    base=archive(BASE[:-1024], *(directory(name) for name in NAMES), *(file(name + "/f", b"f") for name in NAMES)),
)
def names_of_directories_in_the_image(place: Place) -> None:
    """Directories of such names came with the image: nothing but one new file is in the layer (B09)."""
    write(place, "new")


@suite.repack(
    fails("whiteout|\\.wh\\."), base=BASE, worlds=EVERYWHERE,
    each={"file": ".wh.x", "empty": ".wh.", "opaque": ".wh..wh..opq", "dot": ".wh..", "dot-dot": ".wh...", "below": "d/.wh.y", "directory": ".wh.d/"},
)  # fmt: skip
def names_of_whiteouts(place: Place, name: str) -> None:
    """A real file of such a name would delete something in the next unpack."""
    if name.endswith("/"):
        (place.rootfs / name).mkdir()
        own(place, place.rootfs / name)
    else:
        write(place, name)


@suite.repack(repacks({**TREE, "h1": Is("-", b"new", links=2), "d/h2": Is(links=2), "s": Is("l", links=2), "s2": Is("l", links=2), "p": Is("p", links=2), "q": Is("p")}), base=BASE)
def hard_links(place: Place) -> None:
    """Files, links and pipes with two names."""
    write(place, "h1")
    os.link(place.rootfs / "h1", place.rootfs / "d/h2")
    (place.rootfs / "s").symlink_to(f"{place.canary}/f")
    os.link(place.rootfs / "s", place.rootfs / "s2", follow_symlinks=False)
    os.mkfifo(place.rootfs / "p")
    os.link(place.rootfs / "p", place.rootfs / "q")


@suite.repack(repacks({**TREE, "x": Is("-", xattrs={"user.nl\n": b"\0\n\xff"})}, warns='"=" is left out|without a value'), base=BASE)
def attributes(place: Place) -> None:
    """Attributes with odd names and values, and what no layer can hold."""
    write(place, "x")
    os.setxattr(place.rootfs / "x", "user.nl\n", b"\0\n\xff")
    os.setxattr(place.rootfs / "x", "user.a=b", b"1")
    os.setxattr(place.rootfs / "x", "user.empty", b"")


@suite.repack(fails("rootlesscontainers"), base=BASE, worlds=(World.PLAIN,), each={
    "junk": b"\xff\xff", "cut-off": b"\x08", "endless": b"\x08" + b"\xff" * 20, "field-0": b"\x00\x01", "group": b"\x0b\x0c", "text-too-long": b"\x1a\xff\xff\xff\xff\x0f",
})  # fmt: skip
def recorded_owner(place: Place, value: bytes) -> None:
    """The record of an owner is damaged."""
    write(place, "x")
    os.setxattr(place.rootfs / "x", "user.rootlesscontainers", value)


@suite.repack(repacks({**TREE, "x": Is("-", b"new", mode=0o000), "y/z": b"new", "y": Is("d", mode=0o000)}), base=BASE, worlds=ROOTLESS)
def closed_things(place: Place) -> None:
    """Files and directories that their owner cannot read; modes are the same afterwards."""
    write(place, "x")
    (place.rootfs / "y").mkdir()
    own(place, place.rootfs / "y")
    write(place, "y/z")
    (place.rootfs / "x").chmod(0)
    (place.rootfs / "y").chmod(0)


@suite.repack(
    repacks({**TREE, "t0": Is(mtime_ns=-2 * 10**9), "t1": Is(mtime_ns=-1 * 10**9), "t2": Is(mtime_ns=15_032_385_535 * 10**9), "t3": Is(mtime_ns=0)}), base=BASE
)
def times(place: Place) -> None:
    """Times before the epoch and at the end of what an ext4 can store."""
    for number, ns in enumerate((-1_500_000_000, -1, 15_032_385_535 * 10**9, 999_999_999)):
        write(place, f"t{number}")
        os.utime(place.rootfs / f"t{number}", ns=(ns, ns))


@suite.repack(repacks({**TREE, "x": Is("-", uid=2**32 - 2, mode=0o6755), "d": Is("d", mode=0o3777)}), base=BASE)
def owners_and_modes(place: Place) -> None:
    """The highest owner, set-id bits."""
    write(place, "x")
    os.chown(place.rootfs / "x", 2**32 - 2, 2**32 - 2)
    (place.rootfs / "x").chmod(0o6755)
    (place.rootfs / "d").chmod(0o3777)


@suite.repack(repacks({**TREE, "/".join(["q"] * 500) + "/f": b"new"}), base=BASE, worlds=(World.ROOT, World.PLAIN))
def deep_tree(place: Place) -> None:
    """Directories inside each other."""
    path = place.rootfs
    for _ in range(500):
        path = path / "q"
        path.mkdir()
        own(place, path)
    write(place, "/".join(["q"] * 500) + "/f")


@suite.repack(repacks({**TREE, "big": Is("-", size=(1 << 30))}), base=BASE, memory_mib=700)
def sparse_file(place: Place) -> None:
    """A hole of a GiB becomes a layer; neither memory nor the layout grows with it."""
    with (place.rootfs / "big").open("wb") as hole:
        hole.truncate(1 << 30)


@suite.repack(repacks({}), base=BASE, worlds=EVERYWHERE)
def everything_is_gone(place: Place) -> None:
    """The tree was emptied."""
    for path in place.rootfs.iterdir():
        shutil.rmtree(path) if path.is_dir() and not path.is_symlink() else path.unlink()


@suite.repack(repacks({**TREE, "v/x": b"old"}), "--mask-path", "/v/../v/", "--mask-path", "../../d/f", base=archive(BASE[:-1024], directory("v"), file("v/x", b"old")))
def masks_with_dots(place: Place) -> None:
    """Masked paths are inside of the tree, however they are written."""
    write(place, "v/x")
    write(place, "d/f", b"masked")
    write(place, "a", b"hello")



@suite.repack(
    repacks({"s": Is("-", size=64 << 20), "h": Is("-", links=2), "h2": Is(links=2), "c": Is("c"), "p": Is("p"), "new": b"new"}),
    base=archive(pax_sparse("1.0", "s", 64 << 20, [(5, 1)], b"x"), file("h"), hard_link("h2", "h"), device("c", "3", 1, 3), fifo("p")),
)
def hostile_image_with_one_change(place: Place) -> None:
    """What came with the image stays out of the layer."""
    write(place, "new")
