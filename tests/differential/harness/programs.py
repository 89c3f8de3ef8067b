# SPDX-License-Identifier: Apache-2.0
"""The two programs, who runs them, and how their runs end."""

from __future__ import annotations

import dataclasses
import enum
import os
import subprocess
from collections.abc import Mapping

# An id nobody has.
PLAIN_ID = 61235
# Who is the container's root in random stacks that move ids.
MAPPED_ROOT = 1000
LIMIT_SECONDS = 120
UMASK = 0o022


class User(enum.Enum):
    """Who runs both programs; the value is the user's id."""

    ROOT = 0
    PLAIN = PLAIN_ID

    @property
    def command(self) -> list[str]:
        """What to put in front of a command line."""
        if self is User.ROOT:
            return []
        return ["setpriv", f"--reuid={PLAIN_ID}", f"--regid={PLAIN_ID}", "--clear-groups", "--inh-caps=-all"]


class Ending(enum.Enum):
    """How a run ended."""

    WORKS = "works"
    FAILS = "fails"
    CRASHES = "crashes"

    def __str__(self) -> str:
        return self.value


@dataclasses.dataclass(frozen=True)
class Outcome:
    """How a run ended, and what was said."""

    ending: Ending
    message: str

    def __str__(self) -> str:
        return f"{self.ending}: {self.message!r}"


def run(user: User, command: list[str], environment: Mapping[str, str], directory: str) -> Outcome:
    """Runs a command line; exit statuses other than 0 and 1 are crashes, as is one that takes too long."""
    try:
        ended = subprocess.run(
            [*user.command, *command],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            env={"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", "HOME": "/nonexistent", **environment},
            cwd=directory,
            umask=UMASK,
            timeout=LIMIT_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return Outcome(Ending.CRASHES, f"did not end within {LIMIT_SECONDS} s")
    ending = {0: Ending.WORKS, 1: Ending.FAILS}.get(ended.returncode, Ending.CRASHES)
    return Outcome(ending, ended.stderr.decode("utf-8", "backslashreplace").strip())
