# SPDX-License-Identifier: Apache-2.0
"""Changes made by chance to a tree of few names.

Avoided are hard links in the image, and anything else in place of a directory: see N01 and B30 in intended.py.
"""

from __future__ import annotations

import itertools
import os
import random
import shutil
from collections.abc import Iterator
from pathlib import Path

from umoci_test.raw_tar import archive, directory, file, symlink

from harness.change import Change

_DIRECTORIES = ["".join(f"/{name}" for name in names)[1:] for depth in (1, 2) for names in itertools.product("abc", repeat=depth)]
_BASE = archive(
    directory("."), *(directory(name, mode=0o750, uid=3) for name in _DIRECTORIES), *(file(f"{name}/f", b"data") for name in _DIRECTORIES),
    *(symlink(f"{name}/l", "../a/f") for name in _DIRECTORIES), *(file(f"{name}-x") for name in _DIRECTORIES),
)  # fmt: skip
_OWNERS = (0, 1, 1000, 3_000_000)


def change(seed: int) -> Change:
    """Always the same one for the same seed."""
    return Change(f"random-change/{seed}", "A change made by chance.", lambda rootfs: _Changes(seed, rootfs).make(), _BASE)


class _Changes:
    """Changes that are being made."""

    def __init__(self, seed: int, rootfs: Path) -> None:
        self._random = random.Random(seed)
        self._rootfs = rootfs
        self._new_names = (f"{first}{number}" for number in itertools.count() for first in self._random.sample("anZ", 3))

    def make(self) -> None:
        """Up to ten of them, and one that there always is."""
        (self._rootfs / "always").touch()
        actions = (self._create, self._write, self._remove, self._rename, self._link, self._set_metadata, self._set_attribute)
        for _ in range(self._random.randint(1, 10)):
            self._random.choice(actions)()

    def _all(self) -> Iterator[Path]:
        for directory_name, directories, files in os.walk(self._rootfs):
            directories.sort()
            yield from (Path(directory_name, name) for name in sorted(directories + files))

    def _some(self, *, is_file: bool = False) -> Path | None:
        """An object that is there, if any is."""
        found = [path for path in self._all() if not is_file or (path.is_file() and not path.is_symlink())]
        return self._random.choice(found) if found else None

    def _new(self) -> Path:
        """Where nothing was ever."""
        parents = [self._rootfs, *(path for path in self._all() if path.is_dir() and not path.is_symlink())]
        return self._random.choice(parents) / next(self._new_names)

    def _create(self) -> None:
        path = self._new()
        match self._random.randrange(4):
            case 0:
                path.mkdir()
            case 1:
                path.symlink_to("b" * self._random.choice((1, 99, 101)))
            case 2:
                os.mkfifo(path)
            case _:
                path.write_bytes(b"new" * self._random.choice((0, 1, 400)))

    def _write(self) -> None:
        if path := self._some(is_file=True):
            path.write_bytes(self._random.randbytes(5))

    def _remove(self) -> None:
        path = self._some()
        if path is None:
            return
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
            return
        path.unlink()
        if self._random.random() < 0.5:
            path.mkdir()

    def _rename(self) -> None:
        path, new = self._some(), self._new()
        if path is not None and path not in new.parents:
            path.rename(new)

    def _link(self) -> None:
        path = self._some()
        if path is not None and (path.is_symlink() or not path.is_dir()):
            os.link(path, self._new(), follow_symlinks=False)

    def _set_metadata(self) -> None:
        if path := self._some():
            os.chown(path, self._random.choice(_OWNERS), self._random.choice(_OWNERS), follow_symlinks=False)
            if not path.is_symlink():
                path.chmod(self._random.choice((0o755, 0o2711, 0o4000, 0o1777)))

    def _set_attribute(self) -> None:
        if path := self._some(is_file=True):
            os.setxattr(path, f"user.{self._random.choice('ab')}", self._random.randbytes(3))
