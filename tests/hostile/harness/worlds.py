# SPDX-License-Identifier: Apache-2.0
"""Who runs the program."""

from __future__ import annotations

import enum
import functools
import os
import subprocess
import sys
from pathlib import Path

_USER_NAMESPACE = [sys.executable, "-I", str(Path(__file__).with_name("user_namespace.py"))]
# Ids nobody has.
PLAIN_ID = 61234
FIRST_MAPPED_ID = 500_000
MAPPED_IDS = 65536


class World(enum.Enum):
    """The value is for names of trials."""

    ROOT = "root"
    PLAIN = "plain"  # a user without any privilege
    ONE_ID = "one-id"  # that user in a namespace where it is root, and nobody else exists
    MAPPED = "mapped"  # root of a namespace with many ids

    @property
    def command(self) -> list[str]:
        """What to put in front of a command line."""
        is_root = os.geteuid() == 0
        drop = ["setpriv", f"--reuid={PLAIN_ID}", f"--regid={PLAIN_ID}", "--clear-groups", "--inh-caps=-all"]
        match self:
            case World.ROOT:
                return []
            case World.PLAIN:
                return drop if is_root else []
            case World.ONE_ID:
                return [*(drop if is_root else []), "unshare", "--user", "--map-root-user"]
            case World.MAPPED:
                return [*_USER_NAMESPACE, str(FIRST_MAPPED_ID), str(MAPPED_IDS)]

    @property
    def uid(self) -> int:
        """The user's id as it is outside of namespaces."""
        if os.geteuid() != 0:
            return os.geteuid()
        return {World.ROOT: 0, World.MAPPED: FIRST_MAPPED_ID}.get(self, PLAIN_ID)

    @functools.cached_property
    def obstacle(self) -> str:
        """Why nobody can run anything here; empty if it works."""
        if self in (World.ROOT, World.MAPPED) and os.geteuid() != 0:
            return "needs root"
        tried = subprocess.run([*self.command, "true"], capture_output=True, text=True, check=False)
        return "" if tried.returncode == 0 else tried.stderr.strip() or "cannot be had here"
