# SPDX-License-Identifier: Apache-2.0
"""Layer stacks: images that both programs unpack, to compare what they make of them.

    suite = Suite("links")

    @suite.stack()
    def hard_link_to_a_lower_layer() -> Layers:
        \"\"\"A second name for a file that is there already.\"\"\"
        return [archive(file("f")), archive(hard_link("h", "f"))]

With `each` a function stands for a family of stacks and gets one of its values as argument. Where the programs
are meant to differ, `Reworded` also has layers that say the same in words that umoci 0.4.7 understands: what it
makes of those is what ours must make of the stack.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from typing import Any

from umoci_test import tree_state
from umoci_test.oci_layout import Layer
from umoci_test.tree_state import Difference

from harness.place import Place, Site
from harness.programs import Ending, Outcome, User
from harness.verdict import EXIT, Findings

SomeLayers = list[bytes | Layer]


@dataclasses.dataclass(frozen=True)
class Reworded:
    """Layers, and what they mean; or of which directories umoci 0.4.7 keeps metadata that should be gone."""

    layers: SomeLayers
    plainly: SomeLayers = dataclasses.field(default_factory=list)
    refilled: frozenset[bytes] = frozenset()


Layers = bytes | Layer | SomeLayers | Reworded


@dataclasses.dataclass(frozen=True)
class Stack:
    """A case: an image, and how it is unpacked."""

    name: str
    question: str
    make: Callable[[], Layers]
    flags: tuple[str, ...] = ()
    user: User = User.ROOT
    refused: bool = False  # by both
    image: Mapping[str, Any] = dataclasses.field(default_factory=dict)  # options of Layout.add_image

    def run(self, place: Place) -> Findings:
        """Unpacks with both programs."""
        made = self.make()
        reworded = made if isinstance(made, Reworded) else Reworded(_as_list(made))
        ours, theirs = place.ours(self.user), place.theirs(self.user)
        our_outcome, their_outcome = self._unpack(ours, reworded.layers), self._unpack(theirs, reworded.layers)
        findings = Findings(our_outcome, their_outcome)
        if their_outcome.ending is not our_outcome.ending:
            findings.differences.append(Difference(tree_state.ROOT, EXIT, their_outcome.ending, our_outcome.ending))
        elif our_outcome.ending is Ending.WORKS:
            findings.their_tree, findings.refilled = _tree(theirs), reworded.refilled
            findings.differences = tree_state.compare(findings.their_tree, _tree(ours))
        if self.refused != (their_outcome.ending is our_outcome.ending is Ending.FAILS):
            findings.problems += [f"ours: {our_outcome}", f"theirs: {their_outcome}"]
        if reworded.plainly and our_outcome.ending is Ending.WORKS:
            findings.problems += self._problems_as_reworded(place, reworded.plainly, ours)
        return findings

    def _problems_as_reworded(self, place: Place, plainly: SomeLayers, ours: Site) -> list[str]:
        model = place.theirs(self.user, "plainly")
        outcome = self._unpack(model, plainly)
        if outcome.ending is not Ending.WORKS:
            return [f"the reworded layers cannot be unpacked: {outcome}"]
        return [f"not as reworded: {difference}" for difference in tree_state.compare(_tree(model), _tree(ours))]

    def _unpack(self, site: Site, layers: SomeLayers) -> Outcome:
        site.add_image(layers, **self.image)
        return site.unpack(*self.flags)


def _as_list(layers: bytes | Layer | SomeLayers) -> SomeLayers:
    return layers if isinstance(layers, list) else [layers]


def _tree(site: Site) -> tree_state.Snapshot:
    return tree_state.snapshot(str(site.rootfs))


class Suite:
    """Stacks of one theme, added by decorators."""

    def __init__(self, theme: str) -> None:
        self.theme = theme
        self.cases: list[Stack] = []

    def stack(self, *flags: str, each: Mapping[str, Any] | None = None, **options: Any) -> Callable[..., Any]:
        """For a function that returns layers, lowest first."""

        def add(make: Callable[..., Layers]) -> Callable[..., Layers]:
            name = f"{self.theme}/{make.__name__.replace('_', '-')}"
            question = " ".join((make.__doc__ or "").split())
            assert question, f"{name} does not say what it asks"
            if each is None:
                self.cases.append(Stack(name, question, make, flags, **options))
            for key, value in (each or {}).items():
                self.cases.append(Stack(f"{name}/{key}", question, _bind(make, value), flags, **options))
            return make

        return add


def _bind(make: Callable[..., Layers], value: Any) -> Callable[[], Layers]:
    return lambda: make(value)
