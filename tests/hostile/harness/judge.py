# SPDX-License-Identifier: Apache-2.0
"""Runs one case and finds everything that is wrong with what happened."""

from __future__ import annotations

import contextlib
import os
import re
import stat
import subprocess
import tempfile
import threading
import traceback
import unicodedata
import zlib
from collections.abc import Iterator

from harness import canary
from harness.case import Case, Fails, Works
from harness.place import Place
from harness.program import Outcome
from harness.states import States, differences, read_file, state_of, states_below, walk

# Quotes are cut: a hostile name must not fill the screen.
_LONGEST_LINE = 16_000
_SMALL_FILE = 4 << 20
_MANY_FILES = 20_000
_DEEP_PATH = 20_000
_STRAY_PLACES = ("/", "/tmp", "/etc", "/root", "/dev/shm", "/var/tmp", "/usr", "/home")


class Trial:
    """One case in one place."""

    def __init__(self, case: Case, place: Place) -> None:
        self._case = case
        self._place = place
        self.problems: list[str] = []
        self.outcome: Outcome | None = None

    def run(self) -> list[str]:
        """The problems; empty if all is well."""
        case, place = self._case, self._place
        try:
            arguments = case.prepare(place)
            before = self._look_around()
            pen = self._look_into_pen()
            self.outcome = self._run(arguments)
            self._check_end(self.outcome)
            self._compare("outside", before, self._look_around())
            self._check_strays()
            self._check_pen(pen)
            self._check_secret(self.outcome)
            if isinstance(case.expect, Works) and self.outcome.status == 0:
                case.expect.check(place, self.outcome)
                self._compare("outside, after the check", before, self._look_around())
        except AssertionError as error:
            self.problems.append(f"result: {error}")
        except Exception:  # pylint: disable=broad-except
            self.problems.append(f"the case itself failed: {traceback.format_exc()}")
        return self.problems

    def _run(self, arguments: list[str]) -> Outcome:
        place, done = self._place, threading.Event()
        if place.accomplice is None:
            return place.run(*arguments, limit_seconds=self._case.limit_seconds)
        accomplice = threading.Thread(target=place.accomplice, args=(done,))
        accomplice.start()
        try:
            return place.run(*arguments, limit_seconds=self._case.limit_seconds)
        finally:
            done.set()
            accomplice.join()

    # What must not change.

    def _look_around(self) -> States:
        """Everything but the pen, and but what the case allows to change."""
        place = self._place
        states = {b"canary/" + path: state for path, state in states_below(place.canary).items()}
        states[b"canary"] = state_of(place.canary)
        for name in os.listdir(place.base):
            if name not in ("pen", "canary", "again", "layout"):
                # What a case put beside the canary may be looked at.
                states[os.fsencode(name)] = state_of(str(place.base / name)).without("atime_ns")
        layout = place.base / "layout"
        if not self._case.changes_layout and layout.is_dir():
            below = states_below(str(layout))
            # To read an image is no secret.
            states |= {b"layout/" + path: state.without("atime_ns") for path, state in below.items()}
        return states

    def _compare(self, where: str, before: States, after: States) -> None:
        self.problems += [f"{where}: {line}" for line in differences(before, after)[:10]]

    def _check_strays(self) -> None:
        for directory in (*_STRAY_PLACES, self._place.base.parent, self._place.base, self._place.pen):
            path = os.path.join(directory, self._place.stray)
            if os.path.lexists(path):
                self.problems.append(f"{path} appeared")
                subprocess.run(["rm", "-rf", path], check=False)

    # What may change only if the program succeeds.

    def _look_into_pen(self) -> States:
        ignored = ["atime_ns"]
        if not self._place.is_root:
            ignored.append("ctime_ns")  # rights are borrowed and given back
        place = self._place
        states = {path: state.without(*ignored) for path, state in states_below(str(place.pen)).items()}
        if b"bundle" in states:  # something may have come and gone
            states[b"bundle"] = states[b"bundle"].without("mtime_ns", "ctime_ns", "atime_ns")
        if (place.base / "layout/index.json").is_file():
            states[b"index.json"] = state_of(str(place.base / "layout/index.json")).without("atime_ns")
        return states

    def _check_pen(self, before: States) -> None:
        """A failure leaves everything as it was, a success leaves a bundle and nothing else."""
        assert self.outcome is not None
        if self.outcome.status is None:
            return
        changes = self._case.changes_bundle and self.outcome.status == 0
        names = sorted(os.listdir(self._place.pen))
        if not changes:
            after = self._look_into_pen()
            if self.outcome.status == 0:
                before.pop(b"index.json", None)
                after.pop(b"index.json", None)
            self._compare("pen", before, after)
        elif names not in ([], ["bundle"]):
            self.problems.append(f"the pen holds {names}")
        self._check_leftovers(before)

    def _check_leftovers(self, before: States) -> None:
        bundle, layout = self._place.bundle, self._place.base / "layout"
        left = []
        if bundle.is_dir():
            hidden = [name for name in os.listdir(bundle) if name.startswith(".")]
            left += [name for name in hidden if b"bundle/" + os.fsencode(name) not in before]
        if layout.is_dir():
            left += [name for name in os.listdir(layout) if name not in ("oci-layout", "index.json", "blobs")]
        if left:
            self.problems.append(f"left behind: {left}")

    def _check_secret(self, outcome: Outcome) -> None:
        if canary.SECRET in outcome.stdout + outcome.stderr:
            self.problems.append("the canary's secret was printed")
        for path, data in self._small_files():
            if canary.SECRET in data:
                self.problems.append(f"the canary's secret is in {path}")

    def _small_files(self) -> Iterator[tuple[str, bytes]]:
        """What the program wrote, uncompressed."""
        for top in (self._place.pen, self._place.base / "layout"):
            if not top.is_dir():
                continue
            for count, (path, directory, name) in enumerate(walk(str(top))):
                if count > _MANY_FILES or len(path) > _DEEP_PATH:
                    break
                status = os.lstat(name, dir_fd=directory)
                if stat.S_ISREG(status.st_mode) and status.st_size <= _SMALL_FILE:
                    yield f"{top}/{os.fsdecode(path)}", _uncompressed(read_file(directory, name))

    # How it ended.

    def _check_end(self, outcome: Outcome) -> None:
        expect, case = self._case.expect, self._case
        if outcome.status is None:
            self.problems.append(f"not done after {case.limit_seconds} seconds")
            return
        wanted = 1 if isinstance(expect, Fails) else 0
        if outcome.status != wanted:
            self.problems.append(f"exit status {outcome.status} instead of {wanted}: {_end_of(outcome.stderr)}")
        if outcome.memory_mib > case.memory_mib:
            self.problems.append(f"{outcome.memory_mib} MiB of memory were used")
        self._check_messages(outcome)
        if outcome.status != wanted:
            return
        if isinstance(expect, Fails):
            if not outcome.errors or not re.search(expect.pattern, outcome.errors[-1]):
                self.problems.append(f"no {expect.pattern!r} in {outcome.errors}")
        else:
            self._check_warnings(outcome, expect)

    def _check_warnings(self, outcome: Outcome, expect: Works) -> None:
        if expect.warns and not any(re.search(expect.warns, line) for line in outcome.warnings):
            self.problems.append(f"no {expect.warns!r} in {outcome.warnings}")
        unexpected = [line for line in outcome.warnings if not re.search(expect.may_warn, line)]
        if not expect.warns and unexpected:
            self.problems.append(f"unexpected warnings {unexpected[:3]}")

    def _check_messages(self, outcome: Outcome) -> None:
        text = outcome.stderr.decode("utf-8", "replace")
        if "Sanitizer" in text or "runtime error" in text:
            self.problems.append(f"sanitizer: {text[:6000]}")
            return
        lines = text.splitlines()
        if len(outcome.errors) + len(outcome.warnings) != len(lines):
            self.problems.append(f"lines that are neither error nor warning: {text[:2000]!r}")
        if len(outcome.errors) != (1 if outcome.status else 0):
            self.problems.append(f"{len(outcome.errors)} error lines")
        if any(len(line) > _LONGEST_LINE for line in lines):
            self.problems.append("a message is too long to be read")
        shown = text + outcome.stdout.decode("utf-8", "replace")
        odd = {char for char in shown if char not in "\n\t" and unicodedata.category(char) in ("Cc", "Cf", "Cs")}
        if odd or "\ufffd" in shown:
            self.problems.append(f"unprintable output: {sorted(odd)} in {text[:500]!r}")


def _uncompressed(data: bytes) -> bytes:
    """The beginning of it; there are bombs among the blobs."""
    if data.startswith(b"\x1f\x8b"):
        with contextlib.suppress(zlib.error):
            return zlib.decompressobj(31).decompress(data, _SMALL_FILE)
    if data.startswith(b"\x28\xb5\x2f\xfd"):
        with tempfile.TemporaryFile() as blob:
            blob.write(data)
            blob.seek(0)
            command = ["zstd", "-dcq"]
            with subprocess.Popen(command, stdin=blob, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as zstd:
                assert zstd.stdout is not None
                beginning = zstd.stdout.read(_SMALL_FILE)
                zstd.kill()
                return beginning
    return data


def _end_of(stderr: bytes) -> str:
    return stderr.decode("utf-8", "replace").strip()[-600:]

