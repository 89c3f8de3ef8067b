# SPDX-License-Identifier: Apache-2.0
"""What a header can hold, and what needs more."""

from __future__ import annotations

import os
from pathlib import Path

from umoci_test.raw_tar import archive, directory, file

from harness.change import ChangeSuite
from harness.programs import User

suite = ChangeSuite("encoding", archive(directory(".", mtime=500_000_000), directory("d"), file("d/f", b"data"), file("owned", uid=7, gid=8)))


@suite.change()
def long_names(rootfs: Path) -> None:
    """Names that are split, names that cannot be, and a target."""
    for name in ("n" * 100, "n" * 101, f"{'p' * 60}/{'n' * 60}", f"{'p' * 160}/n", f"{'q' * 155}/{'n' * 100}", f"{'r' * 156}/{'n' * 100}"):
        (rootfs / name).parent.mkdir(exist_ok=True)
        (rootfs / name).touch()
    (rootfs / "l100").symlink_to("t" * 100)
    (rootfs / "l101").symlink_to("t" * 101)
    (rootfs / ("d" * 99)).mkdir()
    (rootfs / ("e" * 100)).mkdir()


@suite.change()
def names_of_any_bytes(rootfs: Path) -> None:
    """UTF-8, what is not, and what manifests must escape."""
    for name in (b"\xff\xfe", "ünï→".encode(), b"a b", b"back\\slash", b"*?[#", b"tab\there", b"line\nend", b"=%"):
        path = os.path.join(os.fsencode(rootfs), name)
        with open(path, "wb") as new:
            new.write(name)
        os.symlink(name, path + b"l")


@suite.change()
def numbers(rootfs: Path) -> None:
    """Ids, sizes and times around what octal digits hold."""
    for owner in (2_097_151, 2_097_152, 4_294_967_294):
        (rootfs / f"o{owner}").touch()
        os.chown(rootfs / f"o{owner}", owner, owner)
    for mtime in (0, -1, 8_589_934_591, 8_589_934_592):
        (rootfs / f"t{mtime}").touch()
        os.utime(rootfs / f"t{mtime}", (mtime, mtime))


@suite.change()
def fractions_of_seconds(rootfs: Path) -> None:
    """Times are whole seconds."""
    for nanoseconds in (400_000_000, 600_000_000):
        (rootfs / f"t{nanoseconds}").touch()
        os.utime(rootfs / f"t{nanoseconds}", ns=(nanoseconds, 10**18 + nanoseconds))


@suite.change()
def modes(rootfs: Path) -> None:
    """All bits."""
    for mode in (0, 0o1, 0o777, 0o1644, 0o2755, 0o4755, 0o7777):
        (rootfs / f"f{mode:o}").touch()
        (rootfs / f"f{mode:o}").chmod(mode)
        (rootfs / f"d{mode:o}").mkdir()
        (rootfs / f"d{mode:o}").chmod(mode)


@suite.change()
def attributes(rootfs: Path) -> None:
    """Values of all bytes, and of many."""
    os.setxattr(rootfs / "d/f", "user.bytes", bytes(range(256)))
    os.setxattr(rootfs / "d/f", "security.capability", b"\0\0\0\2" + bytes([1]) + bytes(15))
    os.setxattr(rootfs / "d", "user.ünï", "ü".encode())


@suite.change()
def long_attributes(rootfs: Path) -> None:
    """Values of many bytes, and nothing of their file that changed besides."""
    (rootfs / "owned").write_bytes(b"changed")
    os.setxattr(rootfs / "d/f", "user.long", b"v" * 1500)


@suite.change()
def attributes_without_value(rootfs: Path) -> None:
    """PAX headers have no empty values."""
    os.setxattr(rootfs / "d/f", "user.empty", b"")


@suite.change(plainly=lambda rootfs: os.setxattr(rootfs / "d/f", "user.c", b"1"))
def attributes_with_an_equals_sign(rootfs: Path) -> None:
    """PAX headers end names there."""
    os.setxattr(rootfs / "d/f", "user.c", b"1")
    os.setxattr(rootfs / "d/f", "user.a=b", b"1")


@suite.change()
def sizes(rootfs: Path) -> None:
    """Content around whole blocks, and with holes."""
    for size in (0, 1, 511, 512, 513, 100_000):
        (rootfs / f"s{size}").write_bytes(b"x" * size)
    (rootfs / "hole").touch()
    os.truncate(rootfs / "hole", 3_000_000)


@suite.change(unpack_flags=("--uid-map", "0:1000:65536", "--gid-map", "0:2000:65536"))
def mapped_owners(rootfs: Path) -> None:
    """Ids go back to where they came from."""
    for name, ids in (("root", (1000, 2000)), ("other", (1005, 2006)), ("last", (66_535, 67_535))):
        (rootfs / name).touch()
        os.chown(rootfs / name, *ids)
    os.chown(rootfs, 1000, 2000)


@suite.change("--no-history", unpack_flags=("--rootless",), user=User.PLAIN)
def by_a_plain_user(rootfs: Path) -> None:
    """Owners that were recorded, and those of what is new."""
    (rootfs / "owned").write_bytes(b"changed")
    (rootfs / "new").write_bytes(b"new")
    (rootfs / "d/l").symlink_to("f")
