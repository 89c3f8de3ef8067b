# SPDX-License-Identifier: Apache-2.0
"""Whether the programs differ where they should, and nowhere else."""

from __future__ import annotations

import dataclasses
import fnmatch
import time
from collections.abc import Callable, Iterable

from umoci_test.tree_state import Difference, Snapshot

from harness.programs import Ending, Outcome

# The field of a difference between how the programs end.
EXIT = "exit"


@dataclasses.dataclass
class Findings:
    """What came of a case. `problems` are wrong whatever the list of intended differences says."""

    ours: Outcome
    theirs: Outcome
    differences: list[Difference] = dataclasses.field(default_factory=list)
    problems: list[str] = dataclasses.field(default_factory=list)
    their_tree: Snapshot = dataclasses.field(default_factory=dict)
    refilled: frozenset[bytes] = frozenset()  # directories that are hidden behind what fills them again


@dataclasses.dataclass(frozen=True)
class Intended:
    """Where the programs differ in one case, or in the cases that a pattern with `*` matches.

    `differs` are lines `PATH: FIELD FIELD...`, fields as in tree_state.ObjectState, and all of them must differ.
    `they` and `we` are how the programs end instead; `saying` must be in our message.
    """

    reason: str
    cases: str
    differs: tuple[str, ...] = ()
    they: Ending = Ending.WORKS
    we: Ending = Ending.WORKS
    saying: str = ""

    def applies_to(self, case: str) -> bool:
        """True if the case is meant."""
        return fnmatch.fnmatchcase(case, self.cases)

    def facts(self) -> set[tuple[str, str]]:
        """The pairs of path and field."""
        if self.they is not self.we:
            return {(".", EXIT)}
        split = [line.rpartition(": ") for line in self.differs]
        return {(path, field) for path, _, fields in split for field in fields.split()}


@dataclasses.dataclass(frozen=True)
class Rule:
    """What may differ in many generated cases; must do so in one of them at least."""

    reason: str
    cases: str
    type: str  # of the objects meant, as in tree_state.ObjectState
    allows: Callable[[Difference], bool]
    is_fresh: bool = False  # umoci 0.4.7 gave the object the time of the run
    is_refilled: bool = False  # see Findings.refilled

    def applies_to(self, case: str) -> bool:
        """True if the case is meant."""
        return fnmatch.fnmatchcase(case, self.cases)


def fact(difference: Difference) -> tuple[str, str]:
    """What `Intended.facts` has of a difference."""
    return difference.path.decode("utf-8", "backslashreplace"), difference.field


class Judge:
    """Knows what is intended."""

    def __init__(self, intended: Iterable[Intended], rules: Iterable[Rule]) -> None:
        self._intended = list(intended)
        self._rules = list(rules)
        # Clocks of file systems tick slowly: what is made from now on may seem a bit older than now.
        self._started_ns = time.time_ns() - 10**9

    def judge(self, case: str, findings: Findings) -> tuple[list[str], set[Rule]]:
        """What is wrong, and the rules that were needed."""
        ours = findings.ours
        problems = list(findings.problems)
        if ours.ending is Ending.CRASHES:
            problems.append(f"ours crashes: {ours.message}")
        entries = [entry for entry in self._intended if entry.applies_to(case)]
        missing = {one: entry for entry in entries for one in entry.facts()}
        rules = [rule for rule in self._rules if rule.applies_to(case)]
        used: set[Rule] = set()
        for difference in findings.differences:
            if missing.pop(fact(difference), None) is not None:
                continue
            if rule := self._rule_for(difference, findings, rules):
                used.add(rule)
                continue
            said = f" (ours {ours}, theirs {findings.theirs})" if difference.field == EXIT else ""
            problems.append(f"{difference}{said}")
        problems += [f"{path}: {field} does not differ any more, see {entry.reason}" for (path, field), entry in missing.items()]
        for entry in entries:
            problems += _ending_problems(entry, findings)
        return problems, used

    def _rule_for(self, difference: Difference, findings: Findings, rules: list[Rule]) -> Rule | None:
        theirs = findings.their_tree.get(difference.path)
        if theirs is None:
            return None
        is_fresh = theirs.mtime_ns >= self._started_ns
        is_refilled = difference.path in findings.refilled
        for rule in rules:
            if rule.type == theirs.type and rule.is_fresh <= is_fresh and rule.is_refilled <= is_refilled and rule.allows(difference):
                return rule
        return None


def _ending_problems(entry: Intended, findings: Findings) -> list[str]:
    problems = []
    for who, outcome, ending in (("ours", findings.ours, entry.we), ("theirs", findings.theirs, entry.they)):
        if outcome.ending is not ending:
            problems.append(f"not {ending}: {who}, {outcome}")
    if entry.saying not in findings.ours.message:
        problems.append(f"ours does not say {entry.saying!r} but {findings.ours.message!r}")
    return problems
