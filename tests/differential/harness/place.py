# SPDX-License-Identifier: Apache-2.0
"""Where a case takes place: a directory of its own, removed at the end.

    base/NAME/layout/   an image of its own for each program, which repack changes
    base/NAME/bundle/   what a program made of it
"""

from __future__ import annotations

import dataclasses
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any

from umoci_test.oci_layout import Layer, Layout

from harness.programs import Outcome, User, run

Layers = Iterable[bytes | Layer]


@dataclasses.dataclass(frozen=True)
class Programs:
    """Paths of the programs."""

    ours: str
    theirs: str


class Site:
    """One program with its image and its bundle."""

    def __init__(self, program: str, user: User, directory: Path) -> None:
        self.layout = directory / "layout"
        self.bundle = directory / "bundle"
        self.rootfs = self.bundle / "rootfs"
        self._program = program
        self._user = user
        directory.mkdir()

    def add_image(self, layers: Layers, **options: Any) -> None:
        """Stores an image that belongs to the user; see `Layout.add_image`."""
        Layout(self.layout).add_image(list(layers), **options)
        for path in [self.layout.parent, *self.layout.parent.rglob("*")]:
            os.chown(path, self._user.value, self._user.value)

    def run(self, *arguments: str, environment: Mapping[str, str] | None = None) -> Outcome:
        """Runs the program."""
        return run(self._user, [self._program, *arguments], environment or {}, str(self.layout.parent))

    def unpack(self, *flags: str) -> Outcome:
        """Makes the bundle."""
        return self.run("unpack", *flags, "--image", f"{self.layout}:latest", str(self.bundle))


class Place:
    """A directory for the sites of one case."""

    def __init__(self, programs: Programs, top: str) -> None:
        self._programs = programs
        self._base = Path(tempfile.mkdtemp(prefix="umoci-differential-", dir=top))
        self._base.chmod(0o755)

    def __enter__(self) -> Place:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        subprocess.run(["rm", "-rf", str(self._base)], check=True)

    def ours(self, user: User) -> Site:
        """For the program under test."""
        return Site(self._programs.ours, user, self._base / "ours")

    def theirs(self, user: User, name: str = "theirs") -> Site:
        """For umoci 0.4.7."""
        return Site(self._programs.theirs, user, self._base / name)


def copy_for_everybody(program: str, directory: str) -> str:
    """A copy of a program that may lie where not everybody may look."""
    copy = os.path.join(directory, "umoci")
    shutil.copyfile(program, copy)
    os.chmod(copy, 0o755)
    return copy
