# SPDX-License-Identifier: Apache-2.0
"""Runs the program under test and says how it ended."""

from __future__ import annotations

import dataclasses
import os
import resource
import select
import signal
import subprocess
import tempfile
import time
from collections.abc import Mapping

_SANITIZERS = {
    # An error of a sanitizer must not look like an error of the program.
    "ASAN_OPTIONS": "exitcode=99:detect_stack_use_after_return=1:max_allocation_size_mb=2048",
    "UBSAN_OPTIONS": "halt_on_error=1:print_stacktrace=1:exitcode=98",
    "LSAN_OPTIONS": "exitcode=97",
}


@dataclasses.dataclass(frozen=True)
class Outcome:
    """How a run ended."""

    status: int | None  # negative: the signal that ended it; None: it took too long
    stdout: bytes
    stderr: bytes
    seconds: float
    memory_mib: int

    @property
    def errors(self) -> list[str]:
        """What the program complained about, without the mark in front."""
        lines = self.stderr.decode("utf-8", "backslashreplace").splitlines()
        return [line.removeprefix("   ⨯ ") for line in lines if line.startswith("   ⨯ ")]

    @property
    def warnings(self) -> list[str]:
        """What else it said."""
        lines = self.stderr.decode("utf-8", "backslashreplace").splitlines()
        return [line.removeprefix("   • ") for line in lines if line.startswith("   • ")]


@dataclasses.dataclass(frozen=True)
class Program:
    """How to start it."""

    prefix: list[str]
    directory: str
    environment: Mapping[str, str]
    umask: int

    def run(self, command: list[str], limit_seconds: float) -> Outcome:
        """Runs a command line to its end, or kills it and all it started."""
        with tempfile.TemporaryFile() as stdout, tempfile.TemporaryFile() as stderr:
            started = time.monotonic()
            process = subprocess.Popen(
                [*self.prefix, *command],
                stdin=subprocess.DEVNULL,
                stdout=stdout,
                stderr=stderr,
                cwd=self.directory,
                env={**_SANITIZERS, **self.environment},
                umask=self.umask,
                start_new_session=True,
            )
            status, usage = _wait(process, limit_seconds)
            return Outcome(
                status=status,
                stdout=_text_of(stdout),
                stderr=_text_of(stderr),
                seconds=time.monotonic() - started,
                memory_mib=usage.ru_maxrss // 1024,
            )


def _wait(process: subprocess.Popen[bytes], limit_seconds: float) -> tuple[int | None, resource.struct_rusage]:
    handle = os.pidfd_open(process.pid)
    try:
        in_time, _, _ = select.select([handle], [], [], limit_seconds)
    finally:
        os.close(handle)
    if not in_time:
        os.killpg(process.pid, signal.SIGKILL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    return (process.returncode if in_time else None), usage


def _text_of(file: tempfile._TemporaryFileWrapper[bytes]) -> bytes:
    file.seek(0)
    return file.read(16 << 20)
