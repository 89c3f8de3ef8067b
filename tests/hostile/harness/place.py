# SPDX-License-Identifier: Apache-2.0
"""Where a case takes place: a directory of its own with a canary, a layout, and a pen for the bundle.

    base/canary/   nothing in it may change
    base/layout/   the image
    base/pen/      the only place where the program may leave something: bundle/
"""

from __future__ import annotations

import os
import subprocess
import tempfile
import threading
from collections.abc import Callable
from pathlib import Path
from types import TracebackType

from umoci_test.oci_layout import Layer, Layout

from harness import canary
from harness.program import Outcome, Program
from harness.worlds import World

def is_tmpfs(path: str) -> bool:
    """True for a directory in memory."""
    shown = subprocess.run(["stat", "-f", "-c", "%T", path], capture_output=True, text=True, check=False)
    return shown.stdout.strip() == "tmpfs"


Layers = bytes | Layer | list[bytes | Layer]


class Place:
    """What a case may use to prepare its attack. Paths are text without links, as images would name them."""

    def __init__(self, program: str, world: World, umask: int, directory: str) -> None:
        self.base = Path(tempfile.mkdtemp(prefix="umoci-hostile-", dir=os.path.realpath(directory)))
        self.base.chmod(0o755)
        self.world = world
        self.umoci = program
        self.canary = str(self.base / "canary")
        self.pen = self.base / "pen"
        self.bundle = self.pen / "bundle"
        self.rootfs = self.bundle / "rootfs"
        # A name that is nowhere on this machine, and must not be anywhere afterwards.
        self.stray = self.base.name.replace("hostile", "stray")
        self.accomplice: Callable[[threading.Event], None] | None = None
        self._image_path = self.base / "layout"
        self._image: Layout | None = None
        canary.plant(Path(self.canary), world.uid)
        self.pen.mkdir(mode=0o755)
        if os.geteuid() == 0:
            os.chown(self.pen, world.uid, world.uid)
        environment = {
            "PATH": os.environ["PATH"],
            "LC_ALL": "C.UTF-8",
            "HOME": f"{self.canary}/home",
            "TMPDIR": f"{self.canary}/tmp",
        }
        self._program = Program(world.command, f"{self.canary}/cwd", environment, umask)

    def __enter__(self) -> Place:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        subprocess.run(["chmod", "-R", "u+rwX", str(self.base)], capture_output=True, check=False)
        subprocess.run(["rm", "-rf", str(self.base)], check=True)

    @property
    def is_root(self) -> bool:
        """True if the program may do everything to the whole machine."""
        return self.world is World.ROOT

    @property
    def layout(self) -> Layout:
        """The layout, made when first asked for."""
        if self._image is None:
            self._image = Layout(self._image_path)
        return self._image

    @property
    def image(self) -> str:
        """What --image takes."""
        return f"{self._image_path}:latest"

    @property
    def deep(self) -> int:
        """How many directories inside each other make a deep tree; disks need minutes for what memory does at once."""
        return 16_000 if is_tmpfs(str(self.base)) else 1_000

    def up(self, path: str = "") -> str:
        """A relative way out of any directory below the pen, and from the root of the machine to `path`."""
        return "../" * 60 + path.lstrip("/")

    def add_image(self, layers: Layers, **options: object) -> None:
        """Stores an image; see `Layout.add_image`."""
        as_list = layers if isinstance(layers, list) else [layers]
        self.layout.add_image(as_list, **options)  # type: ignore[arg-type]

    def give_layout(self) -> None:
        """Makes the layout the user's, who may have to write to it."""
        if os.geteuid() == 0:
            subprocess.run(["chown", "-hR", f"{self.world.uid}:{self.world.uid}", str(self.layout.path)], check=True)

    def run(self, *arguments: str, limit_seconds: float = 60) -> Outcome:
        """Runs the program in the place's world."""
        return self._program.run([self.umoci, *arguments], limit_seconds)

    def must_run(self, *arguments: str) -> Outcome:
        """For preparations, which are harmless."""
        outcome = self.run(*arguments)
        if outcome.status != 0:
            raise RuntimeError(f"preparation failed: {' '.join(arguments)}: {outcome.stderr.decode()}")
        return outcome
