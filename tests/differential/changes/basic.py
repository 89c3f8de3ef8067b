# SPDX-License-Identifier: Apache-2.0
"""Changes of every kind to a small tree."""

from __future__ import annotations

import os
import shutil
import stat
from pathlib import Path

from umoci_test.raw_tar import archive, device, directory, fifo, file, hard_link, symlink

from harness.change import ChangeSuite

_RECORDS = {"SCHILY.xattr.user.a": "1", "SCHILY.xattr.user.b": "2"}
suite = ChangeSuite(
    "repacking",
    archive(
        directory(".", mtime=500_000_000), directory("d", uid=3, mode=0o750), file("d/f", b"data"), directory("d/e"), file("d/e/g", uid=4),
        file("d/attributes", pax=_RECORDS), symlink("l", "d/f"), file("one"), hard_link("two", "one"), hard_link("d/three", "one"),
        fifo("p"), device("c", "3", 1, 3), file("set-uid", mode=0o4755), directory("replaced"), file("replaced/f"), directory("a"),
        file("a/b"), file("a-b"), directory("v"), file("v/data"), symlink("to-d", "d"),
    ),
)  # fmt: skip


@suite.change(makes_no_layer=True)
def nothing(rootfs: Path) -> None:
    """A tree that nobody touched."""


@suite.change()
def new_objects(rootfs: Path) -> None:
    """One of each type."""
    (rootfs / "new").mkdir(mode=0o711)
    (rootfs / "new/file").write_bytes(b"new" * 1000)
    (rootfs / "new/empty").touch()
    (rootfs / "new/link").symlink_to("../d")
    os.mkfifo(rootfs / "new/fifo", 0o640)
    os.mknod(rootfs / "new/char", stat.S_IFCHR | 0o600, os.makedev(1, 5))
    os.mknod(rootfs / "new/block", stat.S_IFBLK | 0o660, os.makedev(7, 300))
    (rootfs / "new/deep/deeper").mkdir(parents=True)


@suite.change()
def content(rootfs: Path) -> None:
    """Files that say something else, one of them at the same length."""
    (rootfs / "d/f").write_bytes(b"atad")
    (rootfs / "d/e/g").write_bytes(b"longer")


@suite.change()
def deletions(rootfs: Path) -> None:
    """A file, a link, and a whole directory."""
    (rootfs / "d/f").unlink()
    (rootfs / "l").unlink()
    shutil.rmtree(rootfs / "replaced")


@suite.change()
def nested_deletions(rootfs: Path) -> None:
    """One whiteout stands for all below it."""
    shutil.rmtree(rootfs / "d")


@suite.change()
def metadata(rootfs: Path) -> None:
    """Modes, owners and times alone."""
    (rootfs / "d/f").chmod(0o4711)
    os.chown(rootfs / "d/e", 70_000, 3_000_000)
    os.lchown(rootfs / "l", 8, 9)
    os.utime(rootfs / "one", (123, 123))
    os.utime(rootfs / "to-d", (124, 124), follow_symlinks=False)


@suite.change()
def attributes(rootfs: Path) -> None:
    """Attributes that are added, changed and removed."""
    os.setxattr(rootfs / "d/f", "user.new", b"\0\xff")
    os.setxattr(rootfs / "d/attributes", "user.a", b"other")
    os.removexattr(rootfs / "d/attributes", "user.b")
    os.setxattr(rootfs / "d/e", "trusted.d", b"x" * 300)


@suite.change()
def file_becomes_directory(rootfs: Path) -> None:
    """No whiteout is needed."""
    (rootfs / "one").unlink()
    (rootfs / "one").mkdir()
    (rootfs / "one/in").write_bytes(b"in")


@suite.change()
def directory_becomes_file(rootfs: Path) -> None:
    """What was in it needs no whiteout."""
    shutil.rmtree(rootfs / "replaced")
    (rootfs / "replaced").write_bytes(b"file")


@suite.change()
def directory_becomes_link(rootfs: Path) -> None:
    """What was in it needs no whiteout."""
    shutil.rmtree(rootfs / "replaced")
    (rootfs / "replaced").symlink_to("d")


@suite.change()
def link_becomes_file(rootfs: Path) -> None:
    """The link is gone, and what it led to stays."""
    (rootfs / "l").unlink()
    (rootfs / "l").write_bytes(b"file")
    (rootfs / "to-d").unlink()
    (rootfs / "to-d").mkdir()


@suite.change()
def other_target(rootfs: Path) -> None:
    """A link that leads elsewhere."""
    (rootfs / "l").unlink()
    (rootfs / "l").symlink_to("one")


@suite.change()
def new_hard_links(rootfs: Path) -> None:
    """To a file of the image, to a new one, to a link."""
    os.link(rootfs / "d/f", rootfs / "another")
    (rootfs / "new").write_bytes(b"new")
    os.link(rootfs / "new", rootfs / "new-too")
    os.link(rootfs / "l", rootfs / "d/same-link", follow_symlinks=False)


@suite.change()
def fewer_hard_links(rootfs: Path) -> None:
    """One of three names is gone."""
    (rootfs / "two").unlink()


@suite.change()
def hard_link_becomes_a_file(rootfs: Path) -> None:
    """A name gets a file of its own."""
    (rootfs / "two").unlink()
    (rootfs / "two").write_bytes(b"x")


@suite.change()
def renamed(rootfs: Path) -> None:
    """A directory by another name."""
    (rootfs / "replaced").rename(rootfs / "renamed")


@suite.change()
def renamed_hard_link(rootfs: Path) -> None:
    """One of three names becomes another one, so that there are still three."""
    (rootfs / "d").rename(rootfs / "renamed")


@suite.change()
def order_of_names(rootfs: Path) -> None:
    """Paths are sorted as bytes."""
    for name in ("a-b", "a/b", "a/-", "a!", "-x", "!y", "aa", "A", "a.b"):
        (rootfs / name).write_bytes(b"changed")


@suite.change("--mask-path", "/d", "--mask-path", "/new/masked")
def masked(rootfs: Path) -> None:
    """Changes that stay out of the layer."""
    (rootfs / "d/f").unlink()
    (rootfs / "new/masked").mkdir(parents=True)
    (rootfs / "new/masked/f").touch()
    (rootfs / "new/f").touch()


@suite.change(image={"runtime": {"Volumes": {"/v": {}}}})
def volumes(rootfs: Path) -> None:
    """What is in volumes of the image stays out of the layer."""
    (rootfs / "v/data").write_bytes(b"changed")
    (rootfs / "v/new").touch()
    (rootfs / "new").touch()


@suite.change("--no-mask-volumes", image={"runtime": {"Volumes": {"/v": {}}}})
def volumes_that_count(rootfs: Path) -> None:
    """Volumes are packed on request."""
    (rootfs / "v/data").write_bytes(b"changed")


@suite.change(plainly=lambda rootfs: os.utime(rootfs / "d"))
def socket(rootfs: Path) -> None:
    """Sockets cannot be packed."""
    os.mknod(rootfs / "d/socket", stat.S_IFSOCK | 0o600)


@suite.change()
def other_device(rootfs: Path) -> None:
    """A device with another number, and the same time."""
    (rootfs / "c").unlink()
    os.mknod(rootfs / "c", stat.S_IFCHR | 0o644, os.makedev(1, 9))
    (rootfs / "c").chmod(0o644)
    os.utime(rootfs / "c", (1_000_000_000, 1_000_000_000))
    (rootfs / "one").write_bytes(b"changed")


@suite.change()
def attributes_of_links_and_fifos(rootfs: Path) -> None:
    """Those of what is no file and no directory."""
    os.setxattr(rootfs / "l", "trusted.l", b"1", follow_symlinks=False)
    os.setxattr(rootfs / "p", "trusted.p", b"1", follow_symlinks=False)
    (rootfs / "one").write_bytes(b"changed")


@suite.change(refused=True)
def name_of_a_whiteout(rootfs: Path) -> None:
    """There can be no such file in a layer."""
    (rootfs / ".wh.x").touch()
