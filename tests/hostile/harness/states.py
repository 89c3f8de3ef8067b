# SPDX-License-Identifier: Apache-2.0
"""Everything the kernel tells about the objects of a tree, to see whether anything was done to them.

Looking leaves no trace: access times stay, so that a later reader is found out by them.
"""

from __future__ import annotations

import dataclasses
import hashlib
import os
import stat
from collections.abc import Iterator

_LOOK = os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK | os.O_NOATIME
_FEW_BYTES = 1 << 20


@dataclasses.dataclass(frozen=True)
class State:
    """One object. What cannot be known is None."""

    kind: str  # one of - d l p c b s, as ls has them
    mode: int
    uid: int
    gid: int
    links: int
    inode: int
    size: int | None  # None for directories
    device: tuple[int, int] | None
    mtime_ns: int
    ctime_ns: int
    atime_ns: int | None  # None for symbolic links: looking at them changes it
    xattrs: tuple[tuple[str, bytes], ...]
    content: bytes | None  # of small files; a digest of others; the target of links

    def without(self, *fields: str) -> State:
        """With some fields taken for equal."""
        return dataclasses.replace(self, **{field: None for field in fields})


States = dict[bytes, State]


def look(directory: int, name: bytes) -> State:
    """The state of `name`, which is not followed."""
    status = os.lstat(name, dir_fd=directory)
    kind = stat.filemode(status.st_mode)[0]
    return State(
        kind=kind,
        mode=stat.S_IMODE(status.st_mode),
        uid=status.st_uid,
        gid=status.st_gid,
        links=status.st_nlink,
        inode=status.st_ino,
        size=None if kind == "d" else status.st_size,
        device=(os.major(status.st_rdev), os.minor(status.st_rdev)) if kind in "cb" else None,
        mtime_ns=status.st_mtime_ns,
        ctime_ns=status.st_ctime_ns,
        atime_ns=None if kind == "l" else status.st_atime_ns,
        xattrs=_xattrs(directory, name),
        content=_content(directory, name, kind, status),
    )


def _xattrs(directory: int, name: bytes) -> tuple[tuple[str, bytes], ...]:
    path = b"/proc/self/fd/%d/%s" % (directory, name)
    names = sorted(os.listxattr(path, follow_symlinks=False))
    return tuple((name, os.getxattr(path, name, follow_symlinks=False)) for name in names)


def _content(directory: int, name: bytes, kind: str, status: os.stat_result) -> bytes | None:
    if kind == "l":
        return os.readlink(name, dir_fd=directory)
    # A file with a huge hole says all it has to say by its size and times.
    if kind != "-" or status.st_size > 64 * _FEW_BYTES:
        return None
    content = read_file(directory, name)
    return content if len(content) <= _FEW_BYTES else hashlib.sha256(content).digest()


def read_file(directory: int, name: bytes) -> bytes:
    """All of a regular file."""
    with open(os.open(name, _LOOK, dir_fd=directory), "rb") as file:
        return file.read()


def walk(top: str) -> Iterator[tuple[bytes, int, bytes]]:
    """Yields (path, directory descriptor, name) of all objects below a directory, however deep."""
    directory = os.open(top, _LOOK | os.O_DIRECTORY)
    levels = [(b"", sorted(map(os.fsencode, os.listdir(directory))))]
    try:
        while levels:
            prefix, names = levels[-1]
            if not names:
                levels.pop()
                directory = _exchange(directory, b"..") if levels else directory
                continue
            name = names.pop()
            yield prefix + name, directory, name
            if stat.S_ISDIR(os.lstat(name, dir_fd=directory).st_mode):
                directory = _exchange(directory, name)
                levels.append((prefix + name + b"/", sorted(map(os.fsencode, os.listdir(directory)))))
    finally:
        os.close(directory)


def _exchange(directory: int, name: bytes) -> int:
    entered = os.open(name, _LOOK | os.O_DIRECTORY, dir_fd=directory)
    os.close(directory)
    return entered


def states_below(top: str) -> States:
    """The states of all objects below a directory, by path, without that of the directory itself."""
    return {path: look(directory, name) for path, directory, name in walk(top)}


def state_of(path: str) -> State:
    """The state of one object."""
    parent, name = os.path.split(path.rstrip("/"))
    directory = os.open(parent, os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        return look(directory, os.fsencode(name))
    finally:
        os.close(directory)


def differences(before: States, after: States, ignoring: tuple[str, ...] = ()) -> list[str]:
    """What changed, a line each."""
    lines = []
    for path in sorted(before.keys() | after.keys()):
        old, new = before.get(path), after.get(path)
        shown = repr(path)[1:]
        if old is None or new is None:
            lines.append(f"{shown} {'appeared' if old is None else 'vanished'}")
            continue
        for field in dataclasses.fields(State):
            was, now = getattr(old, field.name), getattr(new, field.name)
            if was != now and field.name not in ignoring:
                lines.append(f"{shown}: {field.name} was {was!r}, is {now!r}")
    return lines
