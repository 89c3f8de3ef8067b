# SPDX-License-Identifier: Apache-2.0
"""Things of every kind that nobody may touch, planted where escapes would land."""

from __future__ import annotations

import contextlib
import os
import stat
from pathlib import Path

# In each file: it must be nowhere else afterwards.
SECRET = b"canary-d6a7c1f0-secret"
# Long ago, so that reading leaves a newer time behind.
LONG_AGO_NS = 12345 * 10**9 + 678


def plant(top: Path, owner: int) -> None:
    """Fills a new directory. `owner` is the user who will run the program; part of this is theirs."""
    for name, mode in (("", 0o755), ("d", 0o755), ("d/sub", 0o700), ("sticky", 0o1777), ("cwd", 0o777)):
        _directory(top / name, mode)
    for name, mode in (("f", 0o640), ("suid", 0o4755), ("closed", 0), ("d/sub/x", 0o644), ("d/y", 0o666)):
        _file(top / name, mode)
    os.link(top / "f", top / "d/hard")
    os.symlink("f", top / "link")
    os.symlink("d", top / "dirlink")
    os.symlink("nowhere", top / "dangling")
    _directory(top / "mine", 0o777)
    _directory(top / "mine/sub", 0o755)
    _file(top / "mine/f", 0o644)
    _file(top / "mine/sub/f", 0o600)
    _directory(top / "home", 0o777)
    _directory(top / "tmp", 0o1777)
    os.mkfifo(top / "fifo", 0o622)
    os.setxattr(top / "f", "user.canary", b"1")
    if os.geteuid() == 0:
        _plant_as_root(top, owner)
    for path in sorted(top.rglob("*"), reverse=True):
        os.utime(path, ns=(LONG_AGO_NS, LONG_AGO_NS), follow_symlinks=False)
    os.utime(top, ns=(LONG_AGO_NS, LONG_AGO_NS))


def _plant_as_root(top: Path, owner: int) -> None:
    os.mknod(top / "null", stat.S_IFCHR | 0o600, os.makedev(1, 3))
    os.mknod(top / "disk", stat.S_IFBLK | 0o600, os.makedev(7, 250))
    os.setxattr(top / "d", "trusted.canary", b"2")
    with contextlib.suppress(OSError):  # not every file system has ACLs
        os.setxattr(top / "d/y", "system.posix_acl_access", _acl())
    for name in ("mine", "mine/f", "mine/sub", "mine/sub/f", "home"):
        os.chown(top / name, owner, owner)


def _acl() -> bytes:
    entries = ((1, 6, 0xFFFFFFFF), (2, 4, 4242), (4, 4, 0xFFFFFFFF), (16, 6, 0xFFFFFFFF), (32, 6, 0xFFFFFFFF))
    packed = (tag.to_bytes(2, "little") + bits.to_bytes(2, "little") + who.to_bytes(4, "little") for tag, bits, who in entries)
    return (2).to_bytes(4, "little") + b"".join(packed)


def _directory(path: Path, mode: int) -> None:
    path.mkdir(exist_ok=True)
    path.chmod(mode)


def _file(path: Path, mode: int) -> None:
    path.write_bytes(SECRET + b" " + os.fsencode(path.name) + b"\n")
    path.chmod(mode)
