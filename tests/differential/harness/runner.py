# SPDX-License-Identifier: Apache-2.0
"""Runs cases side by side."""

from __future__ import annotations

import concurrent.futures
import dataclasses
import traceback
from collections.abc import Iterable, Iterator

from harness.catalogue import Case
from harness.place import Place, Programs
from harness.verdict import Judge, Rule


@dataclasses.dataclass(frozen=True)
class Report:
    """What came of a case."""

    case: str
    problems: list[str]
    rules: set[Rule]  # that were needed


class Bench:
    """Where all cases take place."""

    def __init__(self, programs: Programs, directory: str, judge: Judge) -> None:
        self._programs = programs
        self._directory = directory
        self._judge = judge

    def run(self, cases: Iterable[Case], jobs: int) -> Iterator[Report]:
        """Yields reports as they come."""
        pool = concurrent.futures.ThreadPoolExecutor(jobs)
        try:
            running = [pool.submit(self._run_one, case) for case in cases]
            for done in concurrent.futures.as_completed(running):
                yield done.result()
        finally:
            pool.shutdown(cancel_futures=True)

    def _run_one(self, case: Case) -> Report:
        try:
            with Place(self._programs, self._directory) as place:
                findings = case.run(place)
        except Exception:  # pylint: disable=broad-exception-caught
            return Report(case.name, traceback.format_exc().splitlines(), set())
        return Report(case.name, *self._judge.judge(case.name, findings))
