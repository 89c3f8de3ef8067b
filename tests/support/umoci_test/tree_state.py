# SPDX-License-Identifier: Apache-2.0
"""What a tree on disk is like: everything that makes two trees the same, and where two differ.

    before = tree_state.snapshot(b"rootfs")
    ...
    for difference in tree_state.compare(before, tree_state.snapshot(b"rootfs")):
        print(difference)

Names are bytes, of any kind; trees may be deeper than PATH_MAX. No link is ever followed, below the
given directory, and nothing but directories and regular files is opened.
"""
import dataclasses
import hashlib
import os
import stat
from collections.abc import Collection, Iterator

TYPES = {
    stat.S_IFREG: "file", stat.S_IFDIR: "dir", stat.S_IFLNK: "link", stat.S_IFIFO: "fifo",
    stat.S_IFCHR: "char", stat.S_IFBLK: "block", stat.S_IFSOCK: "socket",
}
ROOT = b"."


@dataclasses.dataclass(frozen=True)
class ObjectState:
    """One object of a tree. What its type does not have is None."""
    type: str
    mode: int                       # permissions, set-id and sticky bits
    uid: int
    gid: int
    mtime_ns: int
    xattrs: dict[str, bytes]
    size_bytes: int | None = None   # files only
    sha256: str | None = None       # files only
    link_target: bytes | None = None
    device: tuple[int, int] | None = None
    link_count: int | None = None   # all but directories; counts names outside of the tree as well
    same_as: bytes | None = None    # first name of its inode in this tree, if there are several links


Snapshot = dict[bytes, ObjectState]
FIELDS = tuple(field.name for field in dataclasses.fields(ObjectState))


@dataclasses.dataclass(frozen=True)
class Difference:
    """A fact that differs: the name of a field, or "presence" if only one tree has the path."""
    path: bytes
    field: str
    expected: object
    actual: object

    def __str__(self) -> str:
        return "%s: %s: expected %s, is %s" % (
            shown(self.path), self.field, shown(self.expected), shown(self.actual))


def shown(value: object) -> str:
    """A value as one line of text."""
    if isinstance(value, ObjectState):
        return "%s %04o %d:%d" % (value.type, value.mode, value.uid, value.gid)
    if isinstance(value, bytes):
        return repr(value)[1:]
    if isinstance(value, dict):
        return "{%s}" % ", ".join("%s=%s" % (name, value[name].hex()) for name in sorted(value))
    return "nothing" if value is None else str(value)


def snapshot(root: bytes | str) -> Snapshot:
    """The state of a directory and all that is in it, by path: b"." first, then in order of bytes.

    Raises OSError if something cannot be read.
    """
    found: Snapshot = {}
    first_names: dict[tuple[int, int], bytes] = {}
    inodes: dict[bytes, tuple[int, int]] = {}
    for path, directory, name in _walk(os.fsencode(root)):
        status = os.lstat(name, dir_fd=directory)
        found[path] = _state(directory, name, status)
        if found[path].link_count not in (None, 1):
            inodes[path] = (status.st_dev, status.st_ino)
    in_order = sorted(found, key=lambda path: (path != ROOT, path))
    for path in in_order:
        if path in inodes:
            first = first_names.setdefault(inodes[path], path)
            found[path] = dataclasses.replace(found[path], same_as=first)
    return {path: found[path] for path in in_order}


def compare(expected: Snapshot, actual: Snapshot, ignore: Collection[str] = ()) -> list[Difference]:
    """All differences, by path; of an object of another type only the type. Fields named in `ignore`
    are not looked at."""
    differences = []
    for path in sorted(expected.keys() | actual.keys(), key=lambda path: (path != ROOT, path)):
        left, right = expected.get(path), actual.get(path)
        if left is None or right is None:
            differences.append(Difference(path, "presence", left, right))
            continue
        if left.type != right.type:
            differences.append(Difference(path, "type", left.type, right.type))
            continue
        differences += [
            Difference(path, field, getattr(left, field), getattr(right, field))
            for field in FIELDS
            if field not in ignore and getattr(left, field) != getattr(right, field)
        ]
    return differences


def _walk(root: bytes) -> Iterator[tuple[bytes, int, bytes]]:
    """Yields (path, descriptor of its directory, name there) of each object. Goes up through "..", so
    that no depth needs more than two descriptors; a tree that moves meanwhile is an error."""
    directory = os.open(root, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        yield ROOT, directory, ROOT
        # For each directory on the way down: its path, what is left to visit in it, its identity.
        levels = [(b"", os.listdir(directory), _identity(directory))]
        while levels:
            prefix, names, _ = levels[-1]
            if not names:
                levels.pop()
                if levels:
                    directory = _enter(directory, b"..")
                    if _identity(directory) != levels[-1][2]:
                        raise OSError("a directory moved while it was visited: %r" % prefix)
                continue
            name = os.fsencode(names.pop())
            yield prefix + name, directory, name
            if stat.S_ISDIR(os.lstat(name, dir_fd=directory).st_mode):
                directory = _enter(directory, name)
                levels.append((prefix + name + b"/", os.listdir(directory), _identity(directory)))
    finally:
        os.close(directory)


def _enter(directory: int, name: bytes) -> int:
    """Exchanges a descriptor for that of a directory in it."""
    flags = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
    entered = os.open(name, flags, dir_fd=directory)
    os.close(directory)
    return entered


def _identity(directory: int) -> tuple[int, int]:
    status = os.fstat(directory)
    return status.st_dev, status.st_ino


def _state(directory: int, name: bytes, status: os.stat_result) -> ObjectState:
    kind = TYPES[stat.S_IFMT(status.st_mode)]
    is_device = kind in ("char", "block")
    return ObjectState(
        type=kind,
        mode=stat.S_IMODE(status.st_mode),
        uid=status.st_uid,
        gid=status.st_gid,
        mtime_ns=status.st_mtime_ns,
        xattrs=_xattrs(directory, name),
        size_bytes=status.st_size if kind == "file" else None,
        sha256=_sha256(directory, name) if kind == "file" else None,
        link_target=os.readlink(name, dir_fd=directory) if kind == "link" else None,
        device=(os.major(status.st_rdev), os.minor(status.st_rdev)) if is_device else None,
        link_count=None if kind == "dir" else status.st_nlink,
    )


def _xattrs(directory: int, name: bytes) -> dict[str, bytes]:
    # There is no lgetxattrat: the magic link stands for the descriptor, so that no path is too long.
    path = b"/proc/self/fd/%d/%s" % (directory, name)
    return {
        attribute: os.getxattr(path, attribute, follow_symlinks=False)
        for attribute in sorted(os.listxattr(path, follow_symlinks=False))
    }


def _sha256(directory: int, name: bytes) -> str:
    flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
    with open(os.open(name, flags, dir_fd=directory), "rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()
