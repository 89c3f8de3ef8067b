# SPDX-License-Identifier: Apache-2.0
"""Runs trials side by side: each case in each of its worlds, on each file system."""

from __future__ import annotations

import concurrent.futures
import dataclasses
import multiprocessing
import os
import resource
import time
from collections.abc import Iterable

from harness.case import Case
from harness.catalogue import all_cases
from harness.judge import Trial
from harness.place import Place, is_tmpfs
from harness.worlds import World

_UMASKS = (0o022, 0o077, 0)


@dataclasses.dataclass(frozen=True)
class Plan:
    """One trial; can be sent to another process."""

    case: str
    world: World
    directory: str
    umask: int

    @property
    def name(self) -> str:
        """Such as "links/loop [root, /tmp, umask 022]"."""
        return f"{self.case} [{self.world.value}, {self.directory}, umask {self.umask:03o}]"


@dataclasses.dataclass(frozen=True)
class Report:
    """What came of a trial."""

    plan: Plan
    problems: list[str]
    seconds: float
    memory_mib: int
    message: str


def directories() -> list[str]:
    """The usual directory for temporary files, and one in memory if there is another."""
    found = [os.environ.get("TMPDIR", "/tmp")]
    if is_tmpfs("/dev/shm") and os.access("/dev/shm", os.W_OK) and not is_tmpfs(found[0]):
        found.append("/dev/shm")
    return found


def plan(cases: Iterable[Case], worlds: Iterable[World], tops: list[str], everywhere: bool) -> list[Plan]:
    """Every case in every world that it is for; umasks take turns.

    Real root works in all directories, others take turns in them, and so do the members of large families
    unless `everywhere` says otherwise.
    """
    wanted = set(worlds)
    plans = []
    for number, case in enumerate(cases):
        for turn, world in enumerate(case.worlds):
            alone = world is World.ROOT and not case.is_one_of_many
            chosen = tops if alone or everywhere else [tops[(number + turn) % len(tops)]]
            for place, top in enumerate(chosen):
                umask = _UMASKS[(number + turn + place) % len(_UMASKS)]
                if world in wanted:
                    plans.append(Plan(case.name, world, top, umask))
    return plans


def run(program: str, plans: list[Plan], jobs: int) -> Iterable[Report]:
    """Yields reports as they come."""
    context = multiprocessing.get_context("fork")
    with concurrent.futures.ProcessPoolExecutor(jobs, context, _prepare_process) as pool:
        running = [pool.submit(_run_one, program, one) for one in plans]
        for done in concurrent.futures.as_completed(running):
            yield done.result()


def _run_one(program: str, one: Plan) -> Report:
    started = time.monotonic()
    with Place(program, one.world, one.umask, one.directory) as place:
        trial = Trial(all_cases()[one.case], place)
        problems = trial.run()
    outcome = trial.outcome
    said = outcome.stderr.decode("utf-8", "replace").strip().splitlines() if outcome else []
    memory = outcome.memory_mib if outcome else 0
    return Report(one, problems, time.monotonic() - started, memory, said[-1] if said else "")


def _prepare_process() -> None:
    os.umask(0)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    # What most systems give; a program that keeps a descriptor for each of many things fails.
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (1024, most))
